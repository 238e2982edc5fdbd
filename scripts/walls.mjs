// Enforces the import rules of CONTRIBUTING.md: imports run in one direction.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { adapterBreaches } from './adapter-imports.mjs';
import { isTestCode, resolve, TEST_ONLY } from './imports.mjs';
import { root } from './lib.mjs';
import { moduleImports } from './module-record.mjs';
import { ROLE_FILE, roleChecksIn, roleNames } from './role-checks.mjs';
import { mustHaveNoSentences, sentencesIn } from './sentences.mjs';
import { textCutsIn } from './text-cuts.mjs';

const ADAPTERS =
  /^(app\/|components\/|proxy\.ts|instrumentation\.ts|server\/(trpc|telegram|rest|robots)\/|server\/auth|inngest\/|cli\/)/;
/** The rules: files matching `from` must not import files matching `to`. `values` allows type-only imports. */
export const RULES = [
  { name: 'domains do not import adapters', from: /^server\/domains\//, to: ADAPTERS },
  {
    name: 'verbs import only the database, connectors and foundation',
    from: /^server\/verbs\//,
    to: /^(app|components|inngest|emails)\/|^server\/(domains|trpc|sandbox|auth)/,
  },
  {
    name: 'adapters define no verbs',
    from: /^(app|components|inngest|cli)\/|^server\/(trpc|telegram|rest|robots)\//,
    to: /^server\/verbs\/define\.ts$/,
    values: true,
  },
  {
    name: 'procedures are built from verbs',
    from: /^(?!server\/trpc\/)/,
    to: /^server\/trpc\/procedure\.ts$/,
  },
  {
    name: 'connectors import only foundation',
    from: /^server\/connectors\//,
    to: /^(app|components|db|inngest|emails)\/|^server\/(domains|trpc|sandbox)\//,
  },
  {
    name: 'foundation imports nothing above it',
    from: /^server\/foundation\//,
    to: /^(app|components|db|inngest|emails)\/|^server\/(?!foundation\/)/,
  },
  {
    name: 'the catalogue imports only foundation and messages',
    from: /^i18n\//,
    to: /^(?!i18n\/|server\/foundation\/|server\/connectors\/[\w-]+\/messages\/)/,
  },
  {
    name: 'foundation, the database, verbs, connectors and the sandbox store facts and format no messages',
    from: /^(db|server\/(foundation|verbs|connectors|sandbox))\//,
    to: /^i18n\/(?!message-types\.ts$)/,
    values: true,
  },
  {
    name: 'domains store facts and format only their e-mails and title cards',
    from: /^server\/domains\/(?!emails\/|listings\/cover\.ts$)/,
    to: /^i18n\/(?!(message-types|locales)\.ts$)/,
    values: true,
  },
  {
    name: 'the sandbox shares no code with connectors and domains',
    from: /^server\/sandbox\//,
    to: /^(app|components|inngest|emails)\/|^server\/(connectors|domains|trpc)\//,
  },
  {
    name: 'only its route and the seed mount the sandbox',
    from: /^(?!server\/sandbox\/|app\/sandbox\/|db\/seed\/|backup\/restore\.ts$|tests\/)/,
    to: /^server\/sandbox\//,
  },
  {
    name: 'a restore only creates the tables of the sandbox',
    from: /^backup\//,
    to: /^server\/sandbox\/(?!create-tables\.ts$)/,
  },
  {
    name: 'the database imports only foundation',
    from: /^db\/(?!seed\/)/,
    to: /^(app|components|inngest|emails)\/|^server\/(?!foundation\/)/,
  },
  {
    name: 'only the start of the app and its own command import backups',
    from: /^(?!backup\/|inngest\/|tests\/|scripts\/)/,
    to: /^backup\//,
  },
  {
    name: 'pages get only the faces of platforms, without addresses and scopes',
    from: /^(app|components)\//,
    to: /^server\/connectors\/([\w-]+\/)?(manifest|manifests|registry|connectors)\.ts$/,
    values: true,
  },
  { name: 'components do not import the database', from: /^components\//, to: /^db\//, values: true },
  { name: 'components do not import pages', from: /^components\//, to: /^app\// },
  { name: 'the app does not import tests', from: /^(?!tests\/|scripts\/)/, to: /^tests\// },
  { name: 'only tests import test helpers', from: /^(?!tests\/|scripts\/)/, to: TEST_ONLY },
];

/** Describes every violation in a map of file name to imports (`{ to, types }`). */
export function breaches(graph) {
  const found = [];
  for (const [from, imports] of graph) {
    for (const { to, types } of imports) {
      if (TEST_ONLY.test(from)) continue;
      for (const rule of RULES)
        if (rule.from.test(from) && rule.to.test(to) && !(rule.values && types))
          found.push(`${rule.name}: ${from} imports ${to}`);
    }
  }
  return [
    ...found,
    ...circles(graph),
    ...folderCircles(graph, 'domains', /^server\/domains\/([\w-]+)\//),
    ...folderCircles(graph, 'components', /^components\/([\w-]+)\//),
  ];
}

/**
 * Checks that the folders matched by `pattern` form a tree: a folder that one imports, even for a type, must not lead back to it. Returns
 * the imports that close a cycle, file by file.
 */
function folderCircles(graph, kind, pattern) {
  const folderOf = (file) => pattern.exec(file)?.[1];
  const uses = new Map();
  for (const [from, imports] of graph) {
    const folder = folderOf(from);
    if (!folder || TEST_ONLY.test(from)) continue;
    for (const { to } of imports) {
      const other = folderOf(to);
      if (!other || other === folder) continue;
      const others = uses.get(folder) ?? uses.set(folder, new Map()).get(folder);
      others.set(other, [...(others.get(other) ?? []), `${from} imports ${to}`]);
    }
  }
  const reaches = (from, to, seen = new Set()) => {
    if (from === to) return true;
    seen.add(from);
    return [...(uses.get(from)?.keys() ?? [])].some((next) => !seen.has(next) && reaches(next, to, seen));
  };
  const found = [];
  for (const [folder, others] of uses)
    for (const [other, lines] of others)
      if (reaches(other, folder))
        found.push(...lines.map((line) => `circular imports of ${kind} (${folder}, ${other}): ${line}`));
  return found;
}

function circles(graph) {
  const state = new Map();
  const found = [];
  const visit = (file, trail) => {
    state.set(file, 'open');
    for (const { to, types } of graph.get(file) ?? []) {
      if (types) continue;
      if (state.get(to) === 'open')
        found.push(`circular import: ${[...trail.slice(trail.indexOf(to)), to].join(' → ')}`);
      else if (!state.has(to)) visit(to, [...trail, to]);
    }
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file, [file]);
  return found;
}

/** Returns the English sentences in code that must take its texts from the catalogue. */
function sentences() {
  const files = [
    ...sources(),
    ...readdirSync(path.join(root, 'db'))
      .filter((name) => name.endsWith('.sql'))
      .map((name) => `db/${name}`),
  ];
  return files
    .filter((file) => mustHaveNoSentences(file) && !TEST_ONLY.test(file))
    .flatMap((file) =>
      sentencesIn(readFileSync(path.join(root, file), 'utf8'), file).map(
        ({ line, text }) =>
          `an English sentence outside the catalogue: ${file}:${line} “${text.slice(0, 80)}”`,
      ),
    );
}

/** Returns the checks of roles outside the file that defines what each role allows. */
function roleChecks(texts) {
  const roles = roleNames(texts.get(ROLE_FILE) ?? '');
  return [...texts]
    .filter(([file]) => file !== ROLE_FILE && !isTestCode(file))
    .flatMap(([file, text]) =>
      roleChecksIn(text, file, roles).map(
        ({ line, text: check }) => `a check of a role instead of a permission: ${file}:${line} ${check}`,
      ),
    );
}

/** Returns the places that may cut a text inside a character. */
function textCuts(texts) {
  return [...texts]
    .filter(([file]) => !isTestCode(file))
    .flatMap(([file, text]) =>
      textCutsIn(text, file).map(
        ({ line, text: cut }) =>
          `a cut that may be inside a character (use truncateText): ${file}:${line} ${cut}`,
      ),
    );
}

function sources() {
  const files = [];
  const walk = (relative) => {
    for (const entry of readdirSync(path.join(root, relative), { withFileTypes: true })) {
      const name = path.posix.join(relative, entry.name);
      if (entry.isDirectory()) walk(name);
      else if (/\.tsx?$/.test(name)) files.push(name);
    }
  };
  for (const folder of ['app', 'backup', 'components', 'db', 'emails', 'i18n', 'inngest', 'server', 'tests'])
    walk(folder);
  return [...files, 'proxy.ts', 'instrumentation.ts'];
}

if (process.argv[1] && path.resolve(process.argv[1]) === path.join(root, 'scripts', 'walls.mjs')) {
  const graph = new Map();
  const texts = new Map();
  const lost = [];
  for (const file of sources()) {
    const imports = [];
    const text = readFileSync(path.join(root, file), 'utf8');
    texts.set(file, text);
    for (const { specifier, names } of moduleImports(text, file)) {
      if (specifier === null) continue;
      const to = resolve(specifier, file);
      if (to === null) lost.push(`unresolved: ${file} imports ${specifier}`);
      else if (to) imports.push({ to, types: names?.length === 0 });
    }
    graph.set(file, imports);
  }
  const found = [
    ...lost,
    ...breaches(graph),
    ...adapterBreaches(texts),
    ...roleChecks(texts),
    ...textCuts(texts),
    ...sentences(),
  ];
  for (const line of found) console.error(line);
  console.log(
    `${graph.size} files, ${[...graph.values()].flat().length} imports, ${found.length} violations`,
  );
  process.exit(found.length > 0 ? 1 : 0);
}
