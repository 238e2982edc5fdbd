// Reads import statements and resolves them to files. Existing tools need TypeScript's old compiler API. Imports no package, because `npm
// test` uses this file before anything is installed.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib.mjs';

/**
 * Files that exist only for tests: `*.test.ts`, `testing.ts`, `test-*.ts`, `contract.ts`, `contract-*.ts`, everything in folders of such
 * names, and the list of all contracts.
 */
export const TEST_ONLY =
  /\.test\.tsx?$|(^|\/)(testing|test-[\w-]+|contract(-[\w-]+)?)(\/|\.tsx?$)|\/generated\/contracts\.ts$/;
/** Whether a file's code runs only in tests. */
export const isTestCode = (file) => TEST_ONLY.test(file) || file.startsWith('tests/');

const IMPORT =
  /(?:^|[\n;}])\s*(?:import|export)\s+(type\s)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** Returns the imports of a source text: the specifier, and whether it imports only types. */
export function importsOf(source) {
  return [...source.matchAll(IMPORT)].map((m) => ({ specifier: m[2] ?? m[3], types: m[1] !== undefined }));
}

const isFile = (file) => {
  const full = path.join(root, file);
  return existsSync(full) && statSync(full).isFile();
};

/** Resolves a specifier to a file of the project: undefined for a package, null if no file is found. */
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
