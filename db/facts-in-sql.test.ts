import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import en from '@/i18n/messages/en';

const root = path.dirname(import.meta.dirname);
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The SQL files, and the code whose templates may contain SQL. */
const files = [
  ...readdirSync(path.join(root, 'db')).map((name) => `db/${name}`),
  ...['server', 'inngest'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name}`,
    ),
  ),
].filter((file) => /\.sql$|(?<!\.test)\.ts$/.test(file));

/** Returns the SQL up to the parenthesis that closes the enclosing call, or up to the next comma on its level. */
function argument(text: string): string {
  let depth = 0;
  for (const { index, 0: sign } of text.matchAll(/[(),]/g)) {
    if (sign === '(') depth++;
    else if (depth === 0) return text.slice(0, index);
    else if (sign === ')') depth--;
  }
  return text;
}

/** Returns the names of the facts that SQL creates: `'fact', 'a.b'`, including alternatives in a `case`, and `"fact":"a.b"`. */
function factsIn(text: string): string[] {
  const made = [...text.matchAll(/'fact'\s*,/g)].flatMap(({ index, 0: whole }) => [
    ...argument(text.slice(index + whole.length)).matchAll(/'(\w+(?:\.\w+)+)'/g),
  ]);
  return [...made, ...text.matchAll(/"fact"\s*:\s*"([^"]*)"/g)].map((match) => match[1] ?? '');
}

/** The catalogue's message of that name. */
const messageOf = (key: string): unknown =>
  key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], en.facts);

test('facts are found in SQL at any nesting level', () => {
  expect(factsIn(`jsonb_build_object('fact', 'a.b', 'params', jsonb_build_object('fact', 'c.d.e'))`)).toEqual(
    ['a.b', 'c.d.e'],
  );
  expect(factsIn(`('fact', case x when 'some' then coalesce('a.b') else 'c.d' end), 'no.fact'`)).toEqual([
    'a.b',
    'c.d',
  ]);
  expect(factsIn(`'[{"label":{"fact":"a.b"}}, {"fact": "c"}]'`)).toEqual(['a.b', 'c']);
});

test('every fact that SQL creates has a message', () => {
  const named = files.flatMap((file) => factsIn(read(file)).map((key) => ({ file, key })));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ key }) => typeof messageOf(key) !== 'string')).toEqual([]);
});
