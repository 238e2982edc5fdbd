/**
 * Writes the files of a new platform: the connector's folder, the folder of a small stand-in, and its settings in .env.example. They compile
 * and pass the compliance suite, with an invented API; comments that begin with `FILL IN` say what to replace by the vendor's. Asks for what
 * is missing if somebody is at the terminal. docs/adding-a-platform.md explains what follows.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from './lib.mjs';
import { AUTHS, capabilities, complete, idProblem, KINDS, MEDIA } from './new-platform/choices.mjs';
import { connectorFiles } from './new-platform/connector.mjs';
import { standInFiles } from './new-platform/stand-in.mjs';

const USAGE = `npm run new:platform -- <id> --name <name> --capabilities <list>
  --kind ${KINDS.join('|')}   what Tributary does there; default: api
  --auth ${AUTHS.join('|')}           how people sign in; default: oauth2
  --media ${MEDIA.join('|')}   how posts take pictures; default: none
  --server                           people name their server
Capabilities: ${capabilities().join(', ')}`;

/** Returns the files of a platform: path in the project → text. Not formatted. */
export function platformFiles(chosen) {
  const { id } = chosen;
  const within = (folder, files) =>
    Object.entries(files).map(([name, text]) => [`server/${folder}/${id}/${name}`, text]);
  return Object.fromEntries([
    ...within('connectors', connectorFiles(chosen)),
    ...within('sandbox', standInFiles(chosen)),
  ]);
}

/** Returns .env.example with the settings of a platform after those of the others. */
export function withSettings(example, { id, name, kind, auth, server }) {
  if (kind !== 'api' || auth !== 'oauth2' || server) return example;
  const page = `https://developers.${id}.example/apps`;
  const entry = `# ${name}: ${page}\n${id.toUpperCase()}_CLIENT_ID=\n${id.toUpperCase()}_CLIENT_SECRET=\n`;
  const last = [...example.matchAll(/^# [^\n]*\n\w+_CLIENT_ID=\n\w+_CLIENT_SECRET=\n/gm)].at(-1);
  if (!last) throw new Error('.env.example has no settings of platforms');
  const at = last.index + last[0].length;
  return example.slice(0, at) + entry + example.slice(at);
}

/** Returns what comes next, in order. */
export function nextSteps({ id, name, kind, auth, server }) {
  const doc = 'docs/adding-a-platform.md';
  const own = kind === 'api';
  const steps = [
    `npx vitest run tests/compliance/filled-in.test.ts -t ${id}\n     lists what to replace, which is marked FILL IN: face, manifest, messages${own ? ', wire, transform, faults, index, then the stand-in' : ''}\n     (${doc}, The parts)`,
    own &&
      auth === 'oauth2' &&
      !server &&
      'Correct the page in .env.example, where it is the one of setUp in the manifest.',
    'npm run platforms after a new or deleted file, npm run messages after a change of messages',
    own &&
      `Say in contract.ts what the vendor has published, then: npm run contracts -- ${id}\n     (${doc}, Contracts)`,
    own && `npx vitest run tests/compliance/platforms.test.ts -t "${name}"\n     (${doc}, Compliance)`,
    'npm run verify, and a line in CHANGELOG.md',
  ].filter(Boolean);
  return steps.map((step, i) => `  ${i + 1}. ${step}`);
}

async function asked(given) {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return given;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ask = async (question, standard) =>
    (await terminal.question(`${question}${standard ? ` [${standard}]` : ''}: `)).trim() || standard;
  try {
    const id = given.id ?? (await ask('Id (its folder and its path, such as pond)', ''));
    const problem = idProblem(id);
    if (problem) return { ...given, id };
    const name = given.name ?? (await ask('Name as people write it', id[0].toUpperCase() + id.slice(1)));
    const kind = given.kind ?? (await ask(`Kind (${KINDS.join(', ')})`, 'api'));
    if (kind === 'announced') return { ...given, id, name, kind };
    const list = given.capabilities ?? (await ask(`Capabilities (${capabilities().join(', ')})`, 'publish'));
    const auth = given.auth ?? (kind === 'api' ? await ask('Sign-in (oauth2, fields)', 'oauth2') : 'none');
    const media =
      given.media ??
      (await ask(`Pictures (${MEDIA.join(', ')})`, list.includes('upload') ? 'ahead' : 'none'));
    return { ...given, id, name, kind, capabilities: list, auth, media };
  } finally {
    terminal.close();
  }
}

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

async function main() {
  const text = { type: 'string' };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: text,
      kind: text,
      capabilities: text,
      auth: text,
      media: text,
      server: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const given = await asked({ ...values, id: positionals[0] });
  const { chosen, problems } =
    given.id && given.name ? complete(given) : { problems: ['Give an id and a name.'] };
  if (!chosen) {
    for (const problem of problems) console.error(problem);
    console.error(`\n${USAGE}`);
    process.exitCode = 1;
    return;
  }
  const files = platformFiles(chosen);
  for (const [file, content] of Object.entries(files)) {
    const to = join(root, file);
    if (existsSync(to)) throw new Error(`${file} exists`);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, content);
    console.log(`  ${file}`);
  }
  const example = join(root, '.env.example');
  writeFileSync(example, withSettings(readFileSync(example, 'utf8'), chosen));
  run(
    'npx',
    'biome',
    'check',
    '--write',
    ...new Set(Object.keys(files).map((file) => dirname(file).split('/').slice(0, 3).join('/'))),
  );
  run('npm', 'run', '--silent', 'platforms');
  run('node', 'scripts/messages.mjs');
  console.log(`\n${chosen.name} is in the lists. What comes next:`);
  for (const step of nextSteps(chosen)) console.log(step);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
