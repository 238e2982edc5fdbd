import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** Folders with generated files, which are not part of the project. All paths are relative to the project's root. */
const MADE = /^(node_modules|\.git|\.next|\.data|test-results|playwright-report|coverage)$/;
const files = listed('');
function listed(folder: string): string[] {
  return readdirSync(folder || '.', { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return MADE.test(name) ? [] : listed(name);
    return [name];
  });
}
const folders = new Set(files.flatMap((file) => parents(file)));
function parents(file: string): string[] {
  const folder = path.posix.dirname(file);
  return folder === '.' ? [] : [folder, ...parents(folder)];
}

const read = (file: string) => readFileSync(file, 'utf8');
const documents = files.filter((file) => file.endsWith('.md'));
const withoutBlocks = (text: string) => text.replace(/```[\s\S]*?```/g, '');

/** Returns the anchor that GitHub generates for a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
const anchorsOf = (text: string) =>
  [...withoutBlocks(text).matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));

/** Returns the broken relative links of a document. */
function deadLinks(file: string, text: string): string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [target = '', anchor] = link.split('#');
      if (target === '') return !anchorsOf(text).includes(anchor ?? '');
      const to = path.posix.join(path.posix.dirname(file), target);
      if (!existsSync(to)) return true;
      return anchor !== undefined && !anchorsOf(read(to)).includes(anchor);
    });
}

const NAMES_FILE = /^[\w.()[\]-]+(\/[\w.()[\]-]+)*\.(tsx?|mjs|sql|md|ya?ml)$/;
const NAMES_FOLDER = /^(app|components|db|docs|emails|inngest|scripts|server|tests)\/[\w./()[\]-]*$/;
/** Returns the files and folders that a document names in backticks and that do not exist. A file may be named by the end of its path. */
function missingFiles(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)]
    .map((match) => match[1] ?? '')
    .filter((name) =>
      NAMES_FILE.test(name)
        ? !files.some((file) => file === name || file.endsWith(`/${name}`))
        : NAMES_FOLDER.test(name) && !folders.has(name.replace(/\/$/, '')),
    );
}

const { scripts, engines } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  engines: { node: string };
};
/** Returns the npm scripts that a text mentions and that do not exist. */
function missingScripts(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((name) => !(name in scripts));
}

describe.each(documents)('%s', (file) => {
  it('has no dead link', () => expect(deadLinks(file, read(file))).toEqual([]));
  it('names files that exist', () => expect(missingFiles(read(file))).toEqual([]));
  it('names npm scripts that exist', () => expect(missingScripts(read(file))).toEqual([]));
});

it('finds dead links, missing files and missing scripts in a document', () => {
  const text =
    '# One\n[a](two.md) [b](README.md) [c](#one) [d](#two) [e](README.md#try-it) `db/none.ts` `db/client.ts` `db/none/` npm run none';
  expect(deadLinks('some.md', text)).toEqual(['two.md', '#two']);
  expect(missingFiles(text)).toEqual(['db/none.ts', 'db/none/']);
  expect(missingScripts(text)).toEqual(['none']);
});

it('the workflow runs existing scripts on the Node version of .nvmrc', () => {
  const workflow = read('.github/workflows/test.yml');
  expect(missingScripts(workflow)).toEqual([]);
  expect(workflow).toMatch(/npm test\b/);
  expect(workflow).toMatch(/npm start\b/);
  expect(workflow.match(/node-version-file: \.nvmrc/g)).toHaveLength(
    workflow.match(/actions\/setup-node/g)?.length ?? 0,
  );
});

it('.nvmrc has the oldest major version of Node that package.json allows', () => {
  const oldest = /^>=(\d+)/.exec(engines.node)?.[1];
  expect(oldest).toBeDefined();
  expect(read('.nvmrc').trim()).toBe(oldest);
});
