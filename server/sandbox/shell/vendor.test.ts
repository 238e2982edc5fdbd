import { expect, test } from 'vitest';
import { type Ctx, json, Refusal } from '../http';
import { closestLimit } from './api';
import { limitHeaders, refuser, vendorOf } from './vendor';

const error = (status: number, words: string, headers: Record<string, string> = {}) =>
  json({ words }, status, headers);
const pond = vendorOf('pond', error, {
  no_credential: [401, 'none'],
  bad_credential: () => new Response('own', { status: 418 }),
  no_scope: ({ scope }) => [403, `needs ${scope}`],
  too_many: (p) => [429, 'slow down', limitHeaders('x-limit')(p)],
  not_there: [404, 'gone'],
  invalid: ({ text, field }) => [400, `${field}: ${text}`],
  forbidden: [403, 'no'],
  conflict: [409, 'twice'],
  server_error: [500, 'broken'],
});
const c = {} as Ctx;

test('each problem has its error, by its arguments or as a response', async () => {
  const shown = async (response: Response) => [response.status, await response.text()];
  expect(await shown(pond.problem(c, { is: 'no_credential' }))).toEqual([401, '{"words":"none"}']);
  // An answer can be read once, so that each request needs another.
  expect(await shown(pond.problem(c, { is: 'no_credential' }))).toEqual([401, '{"words":"none"}']);
  expect(await shown(pond.problem(c, { is: 'bad_credential' }))).toEqual([418, 'own']);
  expect(await shown(pond.problem(c, { is: 'no_scope', scope: 'swim' }))).toEqual([
    403,
    '{"words":"needs swim"}',
  ]);
  const invalid = pond.problem(c, { is: 'invalid', text: 'too deep', field: 'depth' });
  expect(await shown(invalid)).toEqual([400, '{"words":"depth: too deep"}']);
});

test('a refusal carries the error', async () => {
  const refuse = refuser(error);
  const refusal = (() => {
    try {
      return refuse(404, 'gone');
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(refusal).toBeInstanceOf(Refusal);
  expect((refusal as Refusal).response.status).toBe(404);
});

test('the headers of a limit', () => {
  const limit = { limit: 10, reset: 1_700_000_000 };
  const { headers } = pond.problem(c, { is: 'too_many', rule: null, ...limit });
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-limit-limit': '10',
    'x-limit-remaining': '0',
    'x-limit-reset': '1700000000',
  });
  expect(limitHeaders('x', 'iso')({ ...limit, remaining: 3 })).toEqual({
    'x-limit': '10',
    'x-remaining': '3',
    'x-reset': '2023-11-14T22:13:20.000Z',
  });
});

test('the limit that is the closest to being reached has the headers', () => {
  const state = (remaining: number) => ({ limit: 10, remaining, reset: 0, allowed: true });
  const headers = closestLimit(({ remaining }) => ({ left: String(remaining) }));
  expect(headers({ api: state(5), own: state(2) }, c)).toEqual({ left: '2' });
  expect(headers({}, c)).toEqual({});
});
