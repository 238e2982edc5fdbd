import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { Ctx, SandboxEnv } from '../http';
import { argumentsOf, firstWrong, isOn, jsonOf, listOf, objectOf, readBody, signsIn, textOf } from './body';

/** Returns what a function reads of a request. */
async function read<T>(work: (c: Ctx) => Promise<T>, init: RequestInit, query = ''): Promise<T> {
  let found: { value: T } | undefined;
  const app = new Hono<SandboxEnv>();
  app.all('*', async (c) => {
    found = { value: await work(c) };
    return c.text('');
  });
  await app.fetch(new Request(`http://sandbox.test/${query}`, init));
  if (!found) throw new Error('The request was not handled');
  return found.value;
}

const form = (fields: Record<string, string | File>) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return { method: 'POST', body };
};
const json = (body: string) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } });

test('fields come from JSON, a form or a form with files', async () => {
  expect((await read(readBody, json('{"a":1,"b":[2]}'))).fields).toEqual({ a: 1, b: [2] });
  const plain = { method: 'POST', body: new URLSearchParams('a=1&b[]=2') };
  expect((await read(readBody, plain)).fields).toEqual({ a: '1', b: ['2'] });
  const { fields, files } = await read(readBody, form({ a: '1', f: new File(['x'], 'x.txt') }));
  expect(fields).toEqual({ a: '1' });
  expect(await files.get('f')?.text()).toBe('x');
});

test('a body that cannot be read is empty', async () => {
  const broken = {
    method: 'POST',
    body: 'x',
    headers: { 'content-type': 'multipart/form-data; boundary=a' },
  };
  for (const request of [json('{"a":'), json('[1]'), broken])
    expect(await read(readBody, request)).toEqual({ fields: {}, files: new Map() });
});

test('a body can be read twice', async () => {
  const twice = async (c: Ctx) => [await readBody(c), await readBody(c)].map(({ fields }) => fields);
  expect(await read(twice, form({ a: '1' }))).toEqual([{ a: '1' }, { a: '1' }]);
});

test('arguments come from the address as well, and those of the body win', async () => {
  expect((await read(argumentsOf, json('{"a":2}'), '?a=1&b=3')).fields).toEqual({ a: 2, b: '3' });
  expect((await read(argumentsOf, {}, '?a=1')).fields).toEqual({ a: '1' });
});

test('values of another type are empty', () => {
  expect([textOf('a'), textOf(1), textOf(undefined)]).toEqual(['a', '', '']);
  expect([objectOf({ a: 1 }), objectOf([1]), objectOf(null)]).toEqual([{ a: 1 }, {}, {}]);
  expect([listOf([1]), listOf({ length: 1 }), listOf(undefined)]).toEqual([[1], [], []]);
  expect([true, 'true', '1', 'false', 1, undefined].map(isOn)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([jsonOf('{"a":1}'), jsonOf({ a: 1 }), jsonOf('{'), jsonOf(undefined)]).toEqual([
    { a: 1 },
    { a: 1 },
    undefined,
    undefined,
  ]);
});

test('signs are counted as people count them', () => {
  expect(['', 'a', '🖋️', '👩‍👩‍👧'].map(signsIn)).toEqual([0, 1, 1, 1]);
});

test('the first condition that holds has the words', () => {
  const checks = (first: boolean, second: boolean) =>
    firstWrong([
      [first, 'one'],
      [second, 'two'],
    ]);
  expect([checks(true, true), checks(false, true), checks(false, false)]).toEqual(['one', 'two', undefined]);
});
