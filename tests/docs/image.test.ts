import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importsOf, resolve } from '@/scripts/imports.mjs';

/** What the Dockerfile copies into the image, without the build of the app, which contains its own code. */
const copied = [...readFileSync('Dockerfile', 'utf8').matchAll(/^COPY --from=build .*?(\/app\/.*) \S+$/gm)]
  .flatMap(([, sources = '']) => sources.split(' '))
  .map((source) => source.replace('/app/', ''));
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};
const packageOf = (specifier: string) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

/** Returns what a script imports, directly or not, and the image does not contain: files, and packages for development only. */
function missingFor(script: string): string[] {
  const files = new Set([script]);
  const missing = new Set<string>();
  for (const file of files) {
    if (!copied.some((part) => file === part || file.startsWith(`${part}/`))) missing.add(file);
    if (!/\.(tsx?|mjs)$/.test(file)) continue;
    for (const { specifier, types } of importsOf(readFileSync(file, 'utf8'))) {
      if (types) continue;
      const to = resolve(specifier, file);
      if (to) files.add(to);
      else if (to === undefined && !specifier.startsWith('node:') && !(packageOf(specifier) in dependencies))
        missing.add(specifier);
    }
  }
  return [...missing];
}

test('the image contains everything that the backup commands run', () => {
  expect(copied).toContain('backup');
  expect(missingFor('scripts/backup.mjs')).toEqual([]);
});

test('a missing file and a package for development are found', () => {
  expect(missingFor('tests/compose/run.ts')).toEqual(
    expect.arrayContaining(['tests/compose/run.ts', 'tests/support/neighbours.ts', 'yaml']),
  );
});
