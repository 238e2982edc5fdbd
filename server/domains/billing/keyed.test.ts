import { expect, test } from 'vitest';
import { keyed } from './keyed';

const failure = (fields: object) => Object.assign(new Error('Stripe'), fields);
const otherParameters = failure({ type: 'StripeIdempotencyError', statusCode: 400 });
const replayedFailure = failure({ type: 'StripeAPIError', headers: { 'idempotent-replayed': 'true' } });

/** Runs a keyed call of which the first attempts fail so, and answers the keys that it used. */
async function keysUsed(params: object, ...failures: Error[]): Promise<string[]> {
  const keys: string[] = [];
  await keyed('customer:ws_1', params, async (_params, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    const error = failures[keys.length - 1];
    if (error) throw error;
  });
  return keys;
}

test('the same call has the same key, and one with other parameters another', async () => {
  expect(await keysUsed({ email: 'a@example.com' })).toEqual(await keysUsed({ email: 'a@example.com' }));
  expect(await keysUsed({ email: 'a@example.com' })).not.toEqual(await keysUsed({ email: 'b@example.com' }));
});

test.each([
  ['is held for other parameters', otherParameters],
  ['only repeats a failure', replayedFailure],
])('a key that %s is given up once', async (_name, error) => {
  const [first, second, ...more] = await keysUsed({}, error);
  expect(second).not.toBe(first);
  expect(more).toEqual([]);
  await expect(keysUsed({}, error, error)).rejects.toBe(error);
});

test('a key in use and any other failure are not tried again under another key', async () => {
  for (const error of [
    failure({ type: 'StripeIdempotencyError', code: 'idempotency_key_in_use' }),
    failure({ type: 'StripeAPIError' }),
    failure({ type: 'StripeConnectionError' }),
  ])
    await expect(keysUsed({}, error)).rejects.toBe(error);
});
