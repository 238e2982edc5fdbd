/**
 * Reads the catalogue (i18n/messages/<locale>/**.json, and each platform's server/connectors/<id>/messages/<locale>.json) and writes
 * i18n/messages/<locale>.ts, which loads it, and i18n/message-types.ts, which gives TypeScript each message's parameters. With --check it
 * writes only the types, and fails if a generated file in the repository is out of date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const catalogue = join(root, 'i18n', 'messages');
const folders = (at) =>
  readdirSync(at, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

/** Returns the files of a language as `[path in the catalogue, file]`: `[['facts', 'accounts'], '…/facts/accounts.json']`. */
export function messageFiles(locale) {
  const files = [];
  const visit = (folder, path) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (entry.isDirectory()) visit(join(folder, entry.name), [...path, entry.name]);
      else if (entry.name.endsWith('.json'))
        files.push([[...path, entry.name.slice(0, -5)], join(folder, entry.name)]);
    }
  };
  visit(join(catalogue, locale), []);
  const connectors = join(root, 'server', 'connectors');
  for (const id of folders(connectors)) {
    const file = join(connectors, id, 'messages', `${locale}.json`);
    if (existsSync(file)) files.push([['facts', 'platforms', id], file]);
  }
  return files;
}

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const nest = (entries) => {
  const tree = {};
  for (const [path, leaf] of entries) {
    let at = tree;
    for (const part of path.slice(0, -1)) {
      at[camel(part)] ??= {};
      at = at[camel(part)];
    }
    at[camel(path.at(-1))] = leaf;
  }
  return tree;
};
const key = (name) => (/^[a-z_$][\w$]*$/i.test(name) ? name : `'${name}'`);
const print = (tree, leaf, separator, indent = '  ') =>
  Object.entries(tree)
    .map(([name, value]) =>
      typeof value === 'object' && value !== null
        ? `${indent}${key(name)}: {\n${print(value, leaf, separator, `${indent}  `)}\n${indent}}${separator}`
        : `${indent}${leaf(name, value)}${separator}`,
    )
    .join('\n');

/** Returns the source of the module that loads a language's messages. */
export function indexOf(locale) {
  const files = messageFiles(locale);
  const name = (path) => camel(path.join('-'));
  const imports = files.map(([path, file]) => {
    const from = relative(root, file);
    const spec = from.startsWith('i18n') ? `./${relative(catalogue, file)}` : `@/${from}`;
    return { line: `import ${name(path)} from '${spec}';`, spec };
  });
  imports.sort(
    (a, b) => Number(b.spec.startsWith('@')) - Number(a.spec.startsWith('@')) || (a.spec < b.spec ? -1 : 1),
  );
  const tree = nest(files.map(([path]) => [path, name(path)]));
  const leaf = (property, value) => (property === value ? property : `${key(property)}: ${value}`);
  return `// Made by scripts/messages.mjs.\n${imports.map(({ line }) => line).join('\n')}\n\nexport default {\n${print(tree, leaf, ',')}\n};\n`;
}

/** Returns the types of the English messages, each with its literal text. */
export function typesOf(locale) {
  const tree = nest(
    messageFiles(locale).map(([path, file]) => [path, JSON.parse(readFileSync(file, 'utf8'))]),
  );
  const leaf = (property, value) => `${key(property)}: ${JSON.stringify(value)}`;
  return `// Made by scripts/messages.mjs.\nexport interface Messages {\n${print(tree, leaf, ';')}\n}\n`;
}

const write = (file, text) => {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
};

/** Writes the files generated from the catalogue. With `check`, returns the outdated ones in the repository instead of writing them. */
export function writeMessages({ check = false } = {}) {
  const stale = [];
  for (const locale of folders(catalogue)) {
    const file = join(catalogue, `${locale}.ts`);
    if (!check) write(file, indexOf(locale));
    else if (!existsSync(file) || readFileSync(file, 'utf8') !== indexOf(locale))
      stale.push(relative(root, file));
  }
  write(join(root, 'i18n', 'message-types.ts'), typesOf('en'));
  return stale;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = writeMessages({ check: process.argv.includes('--check') });
  for (const file of stale) console.error(`${file} is not up to date: run node scripts/messages.mjs`);
  if (stale.length > 0) process.exitCode = 1;
}
