import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  idsForbiddenIn,
  platformNamesIn,
  platformNamesInMessages,
  platformNamesInSql,
} from '@/scripts/platform-names.mjs';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';

const NO_PRODUCT = new Set(['docs', 'node_modules', 'public', 'scripts', 'test-results', 'tests']);
const top = readdirSync('.', { withFileTypes: true }).filter(
  ({ name }) => !name.startsWith('.') && !NO_PRODUCT.has(name),
);
const files = top.flatMap((entry) =>
  entry.isDirectory()
    ? readdirSync(entry.name, { recursive: true, encoding: 'utf8' }).map((file) => `${entry.name}/${file}`)
    : [entry.name],
);

/** Returns what a file must not contain: `file:line text`. */
function namesIn(file: string): string[] {
  const find = /\.tsx?$/.test(file)
    ? platformNamesIn
    : file.endsWith('.sql')
      ? (source: string, _: string, ids: ReadonlySet<string>) => platformNamesInSql(source, ids)
      : /^i18n\/messages\/.*\.json$/.test(file)
        ? (source: string, _: string, ids: ReadonlySet<string>) => platformNamesInMessages(source, ids)
        : null;
  if (!find) return [];
  return find(readFileSync(file, 'utf8'), file, idsForbiddenIn(file, PLATFORM_IDS)).map(
    ({ line, text }) => `${file}:${line} ${text}`,
  );
}

test('only a platform’s own folders name it', () => {
  expect(files.flatMap(namesIn)).toEqual([]);
});

const IDS = ['x', 'facebook', 'ghost'];
const found = (source: string, file = 'components/a.tsx', exists?: (file: string) => boolean) =>
  platformNamesIn(source, file, idsForbiddenIn(file, IDS), exists).map(({ text }) => text);

describe('in code it finds', () => {
  test.each([
    ["const a = platform === 'x';", "'x'"],
    ['const a = <Counter platform="x" />;', '"x"'],
    ["const a = new Set(['facebook']);", "'facebook'"],
    ["type A = 'facebook' | null;", "'facebook'"],
    ['const a = `facebook`;', '`facebook`'],
    ["const a = ['platform:x'];", "'platform:x'"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code
    ['const a = `${b} platform:x`;', '} platform:x`'],
    ["t('facts.platforms.x.summary');", "'facts.platforms.x.summary'"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code
    ['t(`platforms.facebook.${key}`);', '`platforms.facebook.${'],
    ["fetch('/sandbox/x/2/tweets');", "'/sandbox/x/2/tweets'"],
    ["fetch('http://localhost/facebook/me');", "'http://localhost/facebook/me'"],
    ['const a = /^\\/sandbox\\/x\\/2/;', '/^\\/sandbox\\/x\\/2/'],
    ['const a = /(twitter|facebook) post/;', '/(twitter|facebook) post/'],
    ["sql`platform = 'x' and true`;", "`platform = 'x' and true`"],
    ['env().X_CLIENT_ID;', 'X_CLIENT_ID'],
    ['const a = { FACEBOOK_CLIENT_SECRET: 1 };', 'FACEBOOK_CLIENT_SECRET'],
    ['const a = { facebook: 1 };', 'facebook'],
    ['const a: Record<string, number> = { x: 180 };', 'x'],
    ['const a = { x: 180 } satisfies Partial<Record<PlatformId, number>>;', 'x'],
    ['const a: Readonly<{ [P in PlatformId]?: number }> = { x: 1, other: 2 };', 'x'],
    ["const a = { 'ghost': 1 };", "'ghost'"],
  ])('a name: %s', (source, name) => {
    expect(found(source)).toContain(name);
  });

  test('every key of a record of platforms, with its line', () => {
    const source = 'const a = {\n  x: 1,\n  facebook: 2,\n  other: 3,\n};';
    expect(platformNamesIn(source, 'a.ts', new Set(IDS))).toEqual([
      { line: 2, text: 'x' },
      { line: 3, text: 'facebook' },
    ]);
    expect(found('interface A { x: number; facebook: number }')).toEqual(['x', 'facebook']);
  });

  test.each([
    "import { xFace } from '@/server/connectors/x/face';",
    "import type { XPost } from '../server/connectors/x/face';",
    "export { xFace } from '@/server/connectors/x/face';",
    "const a = import('@/server/connectors/x/face');",
    "let a: import('@/server/connectors/x/face').A;",
  ])('an import: %s', (source) => {
    const exists = (file: string) => file === 'server/connectors/x/face.ts';
    expect(found(source, 'components/a.tsx', exists)).toEqual([expect.stringContaining('connectors/x/face')]);
  });

  test('an import from a stand-in, and from another platform', () => {
    expect(
      found("import '../facebook/auth';", 'server/sandbox/x/a.ts', (file) => file.endsWith('auth.ts')),
    ).toEqual(['../facebook/auth']);
    expect(found("import './auth';", 'server/sandbox/x/a.ts', (file) => file.endsWith('auth.ts'))).toEqual(
      [],
    );
  });
});

test.each([
  'const a = { x: 1, y: 2 };',
  'const a = { x };',
  'interface A { x: number; width: number }',
  "const a = axis === 'y' ? b.x : c;",
  'const a = <Button variant="ghost" />;',
  "const a = <Button variant={on ? 'secondary' : 'ghost'} />;",
  "const VARIANTS = ['default', 'ghost'];",
  "cva('', { variants: { variant: { ghost: 'bg-muted', outline: '' } } });",
  'sql`x.token = y.token`;',
  'const a = /x+/;',
  "const a = 'https://x.com/';",
  "const a = 'On Facebook, x is a letter';",
  "import a from 'twitter-text';",
])('ignores what is no platform: %s', (source) => {
  expect(found(source)).toEqual([]);
});

test('finds names in messages and in SQL', () => {
  const ids = new Set(IDS);
  const inMessages = (source: string) => platformNamesInMessages(source, ids).map(({ line }) => line);
  expect(inMessages('{\n"facebook": "a"}')).toEqual([2]);
  expect(inMessages('"a": "{platform, select, x {a} other {b}}"')).toEqual([1]);
  expect(inMessages('"a": "{kind, select, gif {a} facebook {b} other {c}}"')).toEqual([1]);
  expect(inMessages('"a": "On Facebook, {kind, select, gif {a} other {b}}", "onX": "x {y}"')).toEqual([]);
  expect(platformNamesInSql("select 1\nwhere platform = 'x'", ids)).toEqual([
    { line: 2, text: "where platform = 'x'" },
  ]);
});

test('a file may name only its own platform, or those for which there is a reason', () => {
  const forbidden = (file: string) => [...idsForbiddenIn(file, [...IDS, 'telegram'])];
  expect(forbidden('server/connectors/x/index.ts')).toEqual(['facebook', 'ghost', 'telegram']);
  expect(forbidden('server/sandbox/facebook/routes.ts')).toEqual(['x', 'ghost', 'telegram']);
  expect(forbidden('server/telegram/bot.ts')).toEqual(IDS);
  for (const file of [
    'server/connectors/generated/ids.ts',
    'i18n/messages/en.ts',
    'i18n/messages/en/marketing.json',
    'db/seed/content.ts',
    'app/(marketing)/page.tsx',
    'server/connectors/x/text.test.ts',
  ])
    expect(forbidden(file)).toEqual([]);
  expect(forbidden('i18n/messages/en/compose.json')).toHaveLength(4);
});
