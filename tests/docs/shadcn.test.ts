import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importsOf, resolve } from '@/scripts/imports.mjs';

const run = promisify(execFile);
const copy = mkdtempSync(path.join(tmpdir(), 'tributary-shadcn-'));
const under = (folder: string) => readdirSync(path.join(copy, folder), { recursive: true }).map(String);
const added = ['components/ui/rating.tsx', 'components/ui/use-rating.ts'];
let before: string[] = [];

// Copies only what the command reads from a project, and blocks the registry, so that the item's file is its only source.
beforeAll(async () => {
  const needed = ['components.json', 'package.json', 'tsconfig.json', 'next.config.ts', 'biome.json'];
  for (const name of [...needed, 'app/globals.css', 'components/ui'])
    cpSync(name, path.join(copy, name), { recursive: true });
  symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'));
  before = under('components');
  const nowhere = 'http://127.0.0.1:9';
  await run(
    process.execPath,
    [
      path.resolve('node_modules/shadcn/dist/index.js'),
      'add',
      path.resolve('tests/docs/fixtures/rating.json'),
      '--yes',
      '--cwd',
      copy,
    ],
    { env: { ...process.env, REGISTRY_URL: nowhere, https_proxy: nowhere, http_proxy: nowhere } },
  );
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test("shadcn's command adds a component and its hook to our folders, and nothing else", () => {
  const found = under('components').filter((name) => !before.includes(name));
  expect(found.map((name) => `components/${name}`).sort()).toEqual(added);
  expect(readFileSync(path.join(copy, 'app/globals.css'), 'utf8')).toBe(
    readFileSync('app/globals.css', 'utf8'),
  );
});

test('the imports of the added component resolve to our cn, our button and its own hook', () => {
  const imports = importsOf(readFileSync(path.join(copy, 'components/ui/rating.tsx'), 'utf8')).map(
    ({ specifier }) => specifier,
  );
  expect(imports).toContain('@/components/ui/cn');
  expect(imports.filter((name) => name.startsWith('@/') && !resolve(name, added[0] ?? ''))).toEqual([
    '@/components/ui/use-rating',
  ]);
});

test('the formatter adapts the added component to our style, and our theme has its colours', async () => {
  const biome = path.resolve('node_modules/@biomejs/biome/bin/biome');
  // The copy is not a git repository.
  const only = ['--vcs-enabled=false', ...added];
  await run(process.execPath, [biome, 'check', '--write', ...only], { cwd: copy });
  const text = readFileSync(path.join(copy, 'components/ui/rating.tsx'), 'utf8');
  expect(text).toContain("import { cn } from '@/components/ui/cn';");
  const theme = readFileSync('app/globals.css', 'utf8');
  for (const [, colour] of text.matchAll(/\b(?:bg|text)-([a-z-]+)\b/g))
    expect(theme).toContain(`--color-${colour}:`);
});
