import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import en from '@/i18n/messages/en';

const root = path.dirname(import.meta.dirname);
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The files of SQL, and the code that may have SQL in its templates. */
const files = [
  ...readdirSync(path.join(root, 'db')).map((name) => `db/${name}`),
  ...['server', 'inngest'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name}`,
    ),
  ),
].filter((file) => /\.sql$|(?<!\.test)\.ts$/.test(file));

/** A piece of SQL up to the bracket that closes what it stands in, or up to the comma after it. */
function argument(text: string): string {
  let depth = 0;
  for (const { index, 0: sign } of text.matchAll(/[(),]/g)) {
    if (sign === '(') depth++;
    else if (depth === 0) return text.slice(0, index);
    else if (sign === ')') depth--;
  }
  return text;
}

/** The names of facts that SQL makes: `'fact', 'a.b'`, also where a `case` chooses between them, and `"fact":"a.b"`. */
function factsIn(text: string): string[] {
  const made = [...text.matchAll(/'fact'\s*,/g)].flatMap(({ index, 0: whole }) => [
    ...argument(text.slice(index + whole.length)).matchAll(/'(\w+(?:\.\w+)+)'/g),
  ]);
  return [...made, ...text.matchAll(/"fact"\s*:\s*"([^"]*)"/g)].map((match) => match[1] ?? '');
}

/** The message of that name. */
const messageOf = (key: string): unknown =>
  key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], en.facts);

test('a fact is found in SQL wherever it stands', () => {
  expect(factsIn(`jsonb_build_object('fact', 'a.b', 'params', jsonb_build_object('fact', 'c.d.e'))`)).toEqual(
    ['a.b', 'c.d.e'],
  );
  expect(factsIn(`('fact', case x when 'some' then coalesce('a.b') else 'c.d' end), 'no.fact'`)).toEqual([
    'a.b',
    'c.d',
  ]);
  expect(factsIn(`'[{"label":{"fact":"a.b"}}, {"fact": "c"}]'`)).toEqual(['a.b', 'c']);
});

test('every fact that SQL makes has its message', () => {
  const named = files.flatMap((file) => factsIn(read(file)).map((key) => ({ file, key })));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ key }) => typeof messageOf(key) !== 'string')).toEqual([]);
});
