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

/** Whether the catalogue has facts with this name, or with names that begin with it. */
const isFactName = (name: string): boolean => {
  let at: unknown = facts;
  for (const part of name.split('.').filter(Boolean))
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined;
  return typeof at === 'string' || (name.endsWith('.') && at !== undefined);
};
/** Returns the facts that a source names, either in full or, if the end of the name is computed, by its beginning. */
const factsIn = (source: string): string[] =>
  [...source.matchAll(/['`]([a-z]\w*\.[\w.]+)(?:['`]|\$\{)/g)]
    .map(([, name = '']) => name)
    .filter(isFactName);
/** Returns the facts that a source of `domain` uses from other domains without importing anything from them. */
const foreignFacts = (domain: string, imported: ReadonlySet<string>, source: string): string[] =>
  factsIn(source).filter((name) => {
    const owner = namespaces.get(name.split('.')[0] ?? '');
    return owner !== undefined && owner !== domain && !imported.has(owner);
  });

test.each(domains)('%s uses only its own facts and those of the domains that it imports', (domain) => {
  const sources = readdirSync(path.join(DOMAINS, domain), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(DOMAINS, domain, name))
    .filter((file) => file.endsWith('.ts') && !isTestCode(file))
    .map((file) => ({ file, source: readFileSync(file, 'utf8') }));
  const imported = new Set(
    sources.flatMap(({ file, source }) =>
      importsOf(source).flatMap(({ specifier }) => resolve(specifier, file)?.split('/')[2] ?? []),
    ),
  );
  expect(sources.flatMap(({ source }) => foreignFacts(domain, imported, source))).toEqual([]);
});

test('a fact of a domain that is not imported is detected, in full or with a computed end', () => {
  const source = "fact('publisher.activity.published'); fact(`publisher.problems.$".concat('{why}`);');
  expect(foreignFacts('due', new Set(), source)).toEqual([
    'publisher.activity.published',
    'publisher.problems.',
  ]);
  expect(foreignFacts('due', new Set(['publisher']), source)).toEqual([]);
  expect(foreignFacts('publisher', new Set(), source)).toEqual([]);
  expect(foreignFacts('due', new Set(), "permission: 'posts.publish'")).toEqual([]);
});
