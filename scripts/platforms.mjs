/**
 * Writes the lists of all platforms (server/connectors/generated/), from the folders in server/connectors/ that have a face.ts, and of all
 * stand-ins (server/sandbox/generated/), from the folders in server/sandbox/ that export one, and what the foundation knows of them: their
 * settings (from the manifests) and the larger bodies that their stand-ins accept (from server/sandbox/<id>/large-bodies.json). With --check
 * it writes nothing, and fails if a file is out of date.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './lib.mjs';

const connectors = join(root, 'server', 'connectors');
const sandbox = join(root, 'server', 'sandbox');
/** The folders beside those of the platforms. */
const SHARED = ['kit', 'host', 'generated'];

/** Returns the ids of all platforms in display order: by the face's `order`, then by id. Throws if a face has none. */
export function platformIds() {
  return readdirSync(connectors, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !SHARED.includes(entry.name))
    .filter(({ name: id }) => existsSync(join(connectors, id, 'face.ts')))
    .map(({ name: id }) => {
      const order = /^ {2}order: (\d+),$/m.exec(readFileSync(join(connectors, id, 'face.ts'), 'utf8'))?.[1];
      if (order === undefined) throw new Error(`server/connectors/${id}/face.ts has no "order"`);
      return { id, order: Number(order) };
    })
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

/** Returns the names of a platform's settings, which are those of our client there, if its manifest says how to set one up. */
function settingsOf(id) {
  if (!/^ {2}setUp: /m.test(readFileSync(join(connectors, id, 'manifest.ts'), 'utf8'))) return [];
  const base = id.toUpperCase().replaceAll('-', '_');
  return [`${base}_CLIENT_ID`, `${base}_CLIENT_SECRET`];
}

/** Returns the requests to a platform's stand-in that may have a larger body than others, as patterns of their paths. */
function bodiesOf(id) {
  const file = join(root, 'server', 'sandbox', id, 'large-bodies.json');
  if (!existsSync(file)) return [];
  return JSON.parse(readFileSync(file, 'utf8')).map(
    ({ path, method = 'POST', credential = 'bearer', bytes }) => ({
      path: `/${id}${path}`,
      method,
      credential,
      bytes,
    }),
  );
}

/** Returns the ids of all stand-ins: those of platforms in display order, then others. A stand-in's index.ts exports it by its id. */
export function standInIds() {
  const ids = readdirSync(sandbox, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(sandbox, entry.name, 'index.ts')))
    .map(({ name }) => name);
  const platforms = platformIds().filter((id) => ids.includes(id));
  return [...platforms, ...ids.filter((id) => !platforms.includes(id)).sort()];
}

const has = (id, file) => existsSync(join(connectors, id, file));
const imports = (lines) => [...lines].sort().join('\n');

/** Returns the generated files: path below server/ → text. */
export function generatedFiles(ids = platformIds(), standIns = standInIds()) {
  const own = ids.filter((id) => has(id, 'text.ts'));
  const connected = ids.filter((id) => has(id, 'index.ts'));
  const withTables = standIns.filter((id) => existsSync(join(sandbox, id, 'tables.ts')));
  const checked = ids.filter((id) => has(id, 'contract.ts'));
  const note = '// Written by scripts/platforms.mjs.\n';
  const record = (entries) => entries.map(([id, value]) => `  ${id}: ${value},\n`).join('');
  const set = ids.map((id) => [id, settingsOf(id)]).filter(([, settings]) => settings.length > 0);
  return {
    'foundation/platform-settings.ts': `${note}
/** The settings of this installation that each platform takes, by their names in the environment. */
export const PLATFORM_SETTINGS = {
${record(set.map(([id, settings]) => [id, `[${settings.map((name) => `'${name}'`).join(', ')}]`]))}} as const;
`,
    'foundation/http/sandbox-bodies.ts': `${note}
/** Requests to the sandbox that may have a larger body than others: the pattern of the path below it, and the maximum size. */
export const SANDBOX_BODIES: readonly {
  readonly path: string;
  readonly method: 'POST' | 'PUT';
  /** A credential in the address is a part of the path. */
  readonly credential: 'bearer' | 'address';
  readonly bytes: number;
}[] = [
${ids
  .flatMap(bodiesOf)
  .map(
    ({ path, method, credential, bytes }) =>
      `  { path: '${path.replaceAll('\\', '\\\\')}', method: '${method}', credential: '${credential}', bytes: ${bytes} },\n`,
  )
  .join('')}];
`,
    'connectors/generated/ids.ts': `${note}
/** Platforms that Tributary knows, in display order. */
export const PLATFORM_IDS = [${ids.map((id) => `'${id}'`).join(', ')}] as const;
export type PlatformId = (typeof PLATFORM_IDS)[number];
`,
    'connectors/generated/faces.ts': `${note}${imports([
      ...ids.map((id) => `import { ${id}Face } from '../${id}/face';`),
      `import type { Face } from '../kit/face';`,
      `import type { PlatformId } from './ids';`,
    ])}

/** The faces of all platforms, light enough for the browser. */
export const faces = {
${record(ids.map((id) => [id, `${id}Face`]))}} as const satisfies { [P in PlatformId]: Face & { id: P } };
`,
    'connectors/generated/manifests.ts': `${note}${imports([
      ...ids.map((id) => `import { ${id}Manifest } from '../${id}/manifest';`),
      `import type { Manifest } from '../kit/manifest';`,
      `import type { PlatformId } from './ids';`,
    ])}

/** The manifests of all platforms: pure data without connectors. The browser gets only their faces. */
export const manifests = {
${record(ids.map((id) => [id, `${id}Manifest`]))}} as const satisfies { [P in PlatformId]: Manifest & { id: P } };
`,
    'connectors/generated/connectors.ts': `${note}${imports([
      `import type { Connector } from '../kit/connector';`,
      `import type { PlatformId } from './ids';`,
      `import type { manifests } from './manifests';`,
    ])}

type Load<P extends PlatformId> = (typeof manifests)[P] extends { kind: 'api' }
  ? () => Promise<Connector & { manifest: { id: P } }>
  : null;

/** Loads the connector of a platform, at its first use, so that a start loads none; null if there is none. */
export const connectors = {
${record(ids.map((id) => [id, connected.includes(id) ? `() => import('../${id}').then(({ ${id} }) => ${id})` : 'null']))}} satisfies { [P in PlatformId]: Load<P> };
`,
    'connectors/generated/text-rules.ts': `${note}${imports([
      `import type { TextRules } from '../kit/text';`,
      ...own.map((id) => `import { ${id}TextRules } from '../${id}/text';`),
      `import type { faces } from './faces';`,
      `import type { PlatformId } from './ids';`,
    ])}

/** The platforms whose face says that they have rules of their own. */
type WithOwnRules = {
  [P in PlatformId]: (typeof faces)[P] extends { post: { text: { rules: 'own' } } } ? P : never;
}[PlatformId];

export const ownTextRules: Readonly<Record<WithOwnRules, TextRules>> = {
${record(own.map((id) => [id, `${id}TextRules`]))}};
`,
    'sandbox/generated/stand-ins.ts': `${note}${imports([
      ...standIns.map((id) => `import { ${id} } from '../${id}';`),
      `import type { StandIn } from '../stand-in';`,
    ])}

/** The stand-ins of all platforms, in display order. */
export const standIns: readonly StandIn[] = [${standIns.join(', ')}];
`,
    'sandbox/generated/tables.ts': `${note}${imports([
      ...withTables.map((id) => `import { ${id}Tables } from '../${id}/tables';`),
      `import type { PgTable } from 'drizzle-orm/pg-core';`,
      `import { commonTables } from '../schema';`,
    ])}

/** All tables of the sandbox. */
export const sandboxTables: readonly PgTable[] = [${['commonTables', ...withTables.map((id) => `${id}Tables`)].map((list) => `...${list}`).join(', ')}];
`,
    'connectors/generated/contracts.ts': `${note}${imports([
      ...checked.map((id) => `import { ${id}Contract } from '../${id}/contract';`),
      `import type { PlatformContract } from '@/tests/contracts/define';`,
      `import type { PlatformId } from './ids';`,
    ])}

/** For tests: what each platform's requests are checked against; null if nothing is. */
export const contracts: Readonly<Record<PlatformId, PlatformContract | null>> = {
${record(ids.map((id) => [id, checked.includes(id) ? `${id}Contract` : 'null']))}};
`,
  };
}

/** A file whatever its line breaks and the order of its imports, which the formatter changes. */
function formOf(code) {
  const [imports, rest] = [/^import [^;]*;$/gm, /[\s,]+/g];
  const sorted = [...code.matchAll(imports)].map(([one]) => one.replace(rest, ' ')).sort();
  return `${sorted.join('\n')}\n${code.replace(imports, '').replace(rest, '')}`;
}

const fileOf = (name) => join(root, 'server', name);

/** Returns the paths below server/ of generated files that differ from what the folders say. */
export const staleFiles = (wanted = generatedFiles()) =>
  Object.entries(wanted)
    .filter(([name, text]) => {
      const file = fileOf(name);
      return !existsSync(file) || formOf(readFileSync(file, 'utf8')) !== formOf(text);
    })
    .map(([name]) => name);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const stale = staleFiles();
    for (const name of stale) console.error(`server/${name} is out of date. Run: npm run platforms`);
    process.exit(stale.length > 0 ? 1 : 0);
  }
  for (const [name, text] of Object.entries(generatedFiles())) {
    mkdirSync(dirname(fileOf(name)), { recursive: true });
    writeFileSync(fileOf(name), text);
  }
}
