import fc from 'fast-check';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { bodyFields } from './http';
import { parseNested } from './stripe/form';

const app = new Hono().post('/', async (c) => c.json(await bodyFields(c as never)));
const read = async (body: string) => (await app.request('/', { method: 'POST', body })).json();

test('repeated fields become a list in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 2, maxLength: 20 }),
      async (values) => {
        const one = values.map((value) => `a=${value}`).join('&');
        expect(await read(`${one}&b=1&c[]=2`)).toEqual({ a: values, b: '1', c: ['2'] });
      },
    ),
    { numRuns: 20 },
  );
});

test('the time per field does not grow with the number of fields', async () => {
  const many = 100_000;
  // Copying the list for each field would exceed the test's time-out.
  expect(await read('a=1&'.repeat(many))).toEqual({ a: Array(many).fill('1') });
  const nested = parseNested(new URLSearchParams('a[]=1&'.repeat(many)));
  expect(Object.keys(nested.a ?? {})).toHaveLength(many);
});
