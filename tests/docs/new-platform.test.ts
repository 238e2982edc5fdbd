import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API } from 'typescript/unstable/sync';
import { afterAll, expect, test } from 'vitest';
import { capabilities, complete, type Given } from '@/scripts/new-platform/choices.mjs';
import { platformFiles, withSettings } from '@/scripts/new-platform.mjs';
import { termsOf } from '@/server/connectors/kit/capabilities';

const root = process.cwd();
const copy = mkdtempSync(path.join(tmpdir(), 'tributary-new-platform-'));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Returns the errors of these files of the copy. Checks no other file, which would take several times as long. */
function errorsIn(files: readonly string[]): string[] {
  const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as {
    compilerOptions: object;
  };
  const config = path.join(copy, 'tsconfig.json');
  const sources = files.filter((file) => file.endsWith('.ts'));
  const options = { ...compilerOptions, incremental: false, plugins: [] };
  writeFileSync(config, JSON.stringify({ compilerOptions: options, files: sources }));
  const api = new API({ cwd: copy });
  try {
    const [project] = api.updateSnapshot({ openProjects: [config] }).getProjects();
    if (!project) throw new Error('There is no project to check');
    return sources.flatMap((file) => {
      const full = path.join(copy, file);
      if (!project.program.getSourceFile(full)) return [`${file} is not checked`];
      return [
        ...project.program.getSyntacticDiagnostics(full),
        ...project.program.getSemanticDiagnostics(full),
      ].map(({ text }) => `${file}: ${text}`);
    });
  } finally {
    api.close();
  }
}

/** One platform for each way of signing in, of taking pictures, and each kind. */
const PLATFORMS: readonly Given[] = [
  {
    id: 'pond',
    name: 'Pond',
    capabilities: 'publish,lookup,remove,upload,engagement',
    auth: 'oauth2',
    media: 'ahead',
  },
  { id: 'brook', name: 'Brook', capabilities: 'publish', auth: 'fields', media: 'with_post' },
  { id: 'creek', name: 'Creek', capabilities: 'publish,lookup', media: 'by_address', server: true },
  { id: 'lake', name: 'Lake', capabilities: 'publish,remove', auth: 'fields', server: true },
  { id: 'shoal', name: 'Shoal', capabilities: 'list,syncSales' },
  { id: 'reef', name: 'Reef', kind: 'manual', capabilities: 'publish', media: 'with_post' },
  { id: 'sea', name: 'Sea', kind: 'announced' },
];

function chosenOf(given: Given) {
  const { chosen, problems } = complete(given);
  if (!chosen) throw new Error(problems.join('\n'));
  return chosen;
}

function run(command: string, ...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

test('new platforms are in the lists after `npm run platforms`, are formatted and compile', () => {
  for (const folder of ['db', 'emails', 'i18n', 'inngest', 'scripts', 'server', 'tests'])
    cpSync(path.join(root, folder), path.join(copy, folder), { recursive: true });
  for (const file of ['biome.json', 'package.json']) cpSync(path.join(root, file), path.join(copy, file));
  writeFileSync(path.join(copy, '.gitignore'), 'node_modules\n');
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  const files = PLATFORMS.flatMap((given) => Object.entries(platformFiles(chosenOf(given))));
  for (const [file, text] of files) {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    writeFileSync(path.join(copy, file), text);
  }
  const stale = run(process.execPath, 'scripts/platforms.mjs', '--check');
  expect(stale).toMatchObject({ status: 1, said: expect.stringContaining('ids.ts is out of date') });
  for (const script of [['platforms.mjs'], ['platforms.mjs', '--check'], ['messages.mjs']])
    expect(run(process.execPath, `scripts/${script[0]}`, ...script.slice(1))).toMatchObject({ status: 0 });
  for (const [list, ids] of [
    ['server/connectors/generated/ids.ts', PLATFORMS],
    ['server/sandbox/generated/stand-ins.ts', PLATFORMS.filter(({ kind }) => kind === undefined)],
  ] as const)
    for (const { id } of ids) expect(readFileSync(path.join(copy, list), 'utf8')).toContain(id);
  const folders = [...new Set(files.map(([file]) => file.split('/').slice(0, 3).join('/')))];
  const formatted = run('node_modules/.bin/biome', 'check', '--write', ...folders);
  expect(formatted, formatted.said).toMatchObject({ status: 0 });
  expect(errorsIn(files.map(([file]) => file))).toEqual([]);
}, 120_000);

test.each<[Partial<Given>, RegExp]>([
  [{ id: 'x' }, /taken: server\/connectors\/x\//],
  [{ id: 'kit' }, /taken/],
  [{ id: 'stripe' }, /taken: server\/sandbox\/stripe\//],
  [{ id: 'delete' }, /a word that the code uses/],
  [{ id: 'Pond' }, /lower-case/],
  [{ id: '../pond' }, /lower-case/],
  [{ name: ' ' }, /--name is empty/],
  [{ name: "Pond'" }, /--name has a character/],
  [{ kind: 'robot' }, /--kind is one of api, manual, announced/],
  [{ auth: 'saml' }, /--auth is one of/],
  [{ auth: 'none' }, /needs a sign-in/],
  [{ capabilities: '' }, /needs --capabilities/],
  [{ capabilities: 'publish,fly' }, /no capability "fly"/],
  [{ capabilities: 'lookup' }, /about posts: add publish/],
  [{ capabilities: 'publish,upload' }, /upload and --media ahead belong together/],
  [{ media: 'ahead' }, /upload and --media ahead belong together/],
  [{ kind: 'announced' }, /can do nothing yet/],
  [{ kind: 'manual', capabilities: 'publish,remove' }, /only publish on a manual platform/],
  [{ kind: 'manual', media: 'by_address' }, /adds the files to the post/],
  [{ kind: 'manual', server: true }, /has no servers/],
])('refuses %j', (changed, problem) => {
  const { problems } = complete({ id: 'pond', name: 'Pond', capabilities: 'publish', ...changed });
  expect(problems?.join('\n')).toMatch(problem);
});

test('knows every capability', () => {
  expect(capabilities()).toContain('publish');
  for (const one of capabilities()) expect(termsOf(one as 'publish').repeat).toBeTypeOf('string');
  expect(capabilities().length).toBeGreaterThan(15);
});

test('settings go to those of the other platforms, where the installation has to be registered', () => {
  const example = '# A: https://a.com\nA_CLIENT_ID=\nA_CLIENT_SECRET=\n# More\nMORE=\n';
  const [pond, brook, creek] = PLATFORMS.map(chosenOf);
  if (!pond || !brook || !creek) throw new Error('they are missing');
  expect(withSettings(example, pond)).toBe(
    example.replace(
      '# More',
      '# Pond: https://developers.pond.example/apps\nPOND_CLIENT_ID=\nPOND_CLIENT_SECRET=\n# More',
    ),
  );
  for (const other of [brook, creek]) expect(withSettings(example, other)).toBe(example);
});
