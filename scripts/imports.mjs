// Reads import statements and finds the files that they mean. The known tools need TypeScript's old compiler API. `npm test` uses this
// file before anything is installed, so it imports no package.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib.mjs';

/** Files that are there for tests only: `*.test.ts`, `testing.ts`, `test-*.ts`, and all in folders of such names. */
export const TEST_ONLY = /\.test\.tsx?$|(^|\/)(testing|test-[\w-]+)(\/|\.tsx?$)/;
/** Code that runs in tests only. */
export const isTestCode = (file) => TEST_ONLY.test(file) || file.startsWith('tests/');

const IMPORT =
  /(?:^|[\n;}])\s*(?:import|export)\s+(type\s)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** The imports of a source text: specifier, and whether only types come through. */
export function importsOf(source) {
  return [...source.matchAll(IMPORT)].map((m) => ({ specifier: m[2] ?? m[3], types: m[1] !== undefined }));
}

const isFile = (file) => {
  const full = path.join(root, file);
  return existsSync(full) && statSync(full).isFile();
};

/** The file of the project that a specifier means, or undefined for a package. */
export function resolve(specifier, from, exists = isFile) {
  const base = specifier.startsWith('@/')
    ? specifier.slice(2)
    : specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(from), specifier)
      : undefined;
  if (base === undefined) return undefined;
  for (const end of ['', '.ts', '.tsx', '.mjs', '.json', '/index.ts', '/index.tsx']) {
    if (exists(base + end)) return base + end;
  }
  return null;
}
