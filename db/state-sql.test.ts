import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  ACTION_STATES,
  APPROVAL_STATES,
  EMAIL_STATES,
  LISTING_STATES,
  MEDIA_STATES,
  PRICE_CHANGE_STATES,
  PUBLICATION_STATES,
} from './schema/states';
import { withStates } from './state-sql';

const MACHINES: readonly (readonly string[])[] = [
  PUBLICATION_STATES,
  MEDIA_STATES,
  APPROVAL_STATES,
  ACTION_STATES,
  LISTING_STATES,
  PRICE_CHANGE_STATES,
  EMAIL_STATES,
];
const word = (states: readonly string[]) => `['"](?:${states.join('|')})['"]`;
const ANY = word([...new Set(MACHINES.flat())]);
/** Matches `in ('scheduled', …` in a statement's text, and an array of two or more states of one machine. */
const LISTS = [
  new RegExp(`\\bin\\s*\\(\\s*${ANY}`, 'g'),
  new RegExp(`\\barray\\s*\\[\\s*${ANY}`, 'g'),
  new RegExp(`\\b(?:notI|i)nArray\\([^;]*?,\\s*\\[\\s*${ANY}`, 'g'),
  ...MACHINES.map(
    (states) => new RegExp(`\\[\\s*${word(states)}\\s*(?:,\\s*${word(states)}\\s*)+,?\\s*\\]`, 'g'),
  ),
];
/** Returns the hand-written lists in TypeScript. */
const inTypeScript = (text: string) => LISTS.flatMap((list) => text.match(list) ?? []);
/** Returns the literal states in SQL. SQL must refer to states by name, so that none can be mistyped. */
const inSql = (text: string) =>
  text.replaceAll(/--.*$/gm, '').match(new RegExp(word([...PUBLICATION_STATES, ...ACTION_STATES]), 'g')) ??
  [];

const root = path.join(import.meta.dirname, '..');
const sources = ['db', 'server/domains', 'inngest'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
    path.posix.join(folder, name),
  ),
);
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');

test('no statement contains a hand-written list of states', () => {
  const texts = sources.filter(
    (name) =>
      name.endsWith('.ts') && !/\.test\.ts$|testing|\/test-/.test(name) && name !== 'db/schema/states.ts',
  );
  expect(texts.length).toBeGreaterThan(300);
  const found = texts.flatMap((name) => inTypeScript(read(name)).map((list) => `${name}: ${list}`));
  expect(found).toEqual([]);
});

test('SQL files refer to every state by its name in the transition table', () => {
  const files = sources.filter((name) => /^db\/[\w-]+\.sql$/.test(name));
  expect(files).toContain('db/functions.sql');
  expect(files.flatMap((name) => inSql(read(name)).map((state) => `${name}: ${state}`))).toEqual([]);
  for (const name of files) expect(withStates(read(name))).not.toMatch(/\{\w+:\w+\}/);
});

test('hand-written lists are detected in every syntax', () => {
  for (const text of [
    "where p.state in ('scheduled','queued')",
    "where p.state not in ( 'failed' )",
    "state = any(array['open'])",
    "inArray(listings.state, ['pending', 'delisting'])",
    "notInArray(publications.state, [\n  'published',\n])",
    "const GOING = ['scheduled', 'queued'] as const;",
  ])
    expect(inTypeScript(text)).not.toEqual([]);
  for (const text of ["eq(publications.state, 'failed')", "platform in ('x','etsy')", "['title', 'failed']"])
    expect(inTypeScript(text)).toEqual([]);
  expect(inSql("-- 'queued'\nset state = 'queued'")).toEqual(["'queued'"]);
});

test("names in SQL are replaced by the table's states, and an unknown name is refused", () => {
  expect(withStates('in ({before:failUnready})')).toBe("in ('scheduled','queued')");
  expect(withStates('= {after:start}')).toBe("= 'publishing'");
  expect(withStates('in ({publications:lane})')).toBe("in ('scheduled','queued','publishing')");
  expect(withStates('= {action:open} and x @> \'{"a": 1}\'')).toBe("= 'open' and x @> '{\"a\": 1}'");
  for (const wrong of [
    '{before:publsh}',
    '{publication:qeued}',
    '{publications:constructor}',
    '{state:draft}',
  ])
    expect(() => withStates(wrong)).toThrow(wrong);
});
