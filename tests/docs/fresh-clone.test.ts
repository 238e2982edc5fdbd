import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { importsOf, resolve } from '@/scripts/imports.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8');

/** Returns the packages that a script and its files import statically, before its first line runs. */
function packagesAtStart(script: string): string[] {
  const files = new Set([script]);
  const packages: string[] = [];
  // `await import('…')` runs later, when the packages may already be installed.
  for (const file of files)
    for (const { specifier } of importsOf(read(file).replaceAll(/\bimport\(/g, 'later('))) {
      const to = resolve(specifier, file, (name) => existsSync(`${root}${name}`));
      if (to) files.add(to);
      else if (!specifier.startsWith('node:')) packages.push(`${file} imports ${specifier}`);
    }
  return packages;
}

test.each(['scripts/start.mjs', 'scripts/test.mjs'])('%s needs no installed package to start', (script) => {
  expect(packagesAtStart(script)).toEqual([]);
});

test('a script that needs a package is detected', () => {
  expect(packagesAtStart('scripts/walls.mjs')).toEqual([
    'scripts/module-record.mjs imports oxc-parser',
    'scripts/role-checks.mjs imports oxc-parser',
    'scripts/sentences.mjs imports oxc-parser',
    'scripts/text-cuts.mjs imports oxc-parser',
  ]);
});
