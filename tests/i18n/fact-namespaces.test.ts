import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { importsOf, isTestCode, resolve } from '@/scripts/imports.mjs';

const DOMAINS = 'server/domains';
const { facts } = messagesOf('en');
const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const domains = readdirSync(DOMAINS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const namespaces = new Map(domains.map((domain) => [camel(domain), domain]));

/** Whether the catalogue has facts of this name, or of names that begin with it. */
const isFactName = (name: string): boolean => {
  let at: unknown = facts;
  for (const part of name.split('.').filter(Boolean))
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined;
  return typeof at === 'string' || (name.endsWith('.') && at !== undefined);
};
/** The facts that a source names: whole, or the beginning of one whose end is computed. */
const factsIn = (source: string): string[] =>
  [...source.matchAll(/['`]([a-z]\w*\.[\w.]+)(?:['`]|\$\{)/g)]
    .map(([, name = '']) => name)
    .filter(isFactName);
/** The domains whose facts a file of one domain takes without importing anything of them. */
const taken = (domain: string, imported: ReadonlySet<string>, source: string): string[] =>
  factsIn(source).filter((name) => {
    const owner = namespaces.get(name.split('.')[0] ?? '');
    return owner !== undefined && owner !== domain && !imported.has(owner);
  });

test.each(domains)('%s makes facts of its own and of the domains that it uses', (domain) => {
  const sources = readdirSync(path.join(DOMAINS, domain), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(DOMAINS, domain, name))
    .filter((file) => file.endsWith('.ts') && !isTestCode(file))
    .map((file) => ({ file, source: readFileSync(file, 'utf8') }));
  const imported = new Set(
    sources.flatMap(({ file, source }) =>
      importsOf(source).flatMap(({ specifier }) => resolve(specifier, file)?.split('/')[2] ?? []),
    ),
  );
  expect(sources.flatMap(({ source }) => taken(domain, imported, source))).toEqual([]);
});

test('a fact of a domain that is not used is found, whole or with a computed end', () => {
  const source = "fact('publisher.activity.published'); fact(`publisher.problems.$".concat('{why}`);');
  expect(taken('due', new Set(), source)).toEqual(['publisher.activity.published', 'publisher.problems.']);
  expect(taken('due', new Set(['publisher']), source)).toEqual([]);
  expect(taken('publisher', new Set(), source)).toEqual([]);
  expect(taken('due', new Set(), "permission: 'posts.publish'")).toEqual([]);
});
