import { expect, test } from 'vitest';
import { keyed } from './keyed';

const failure = (fields: object) => Object.assign(new Error('Stripe'), fields);
const otherParameters = failure({ type: 'StripeIdempotencyError', statusCode: 400 });
const replayedFailure = failure({ type: 'StripeAPIError', headers: { 'idempotent-replayed': 'true' } });

/** Runs a keyed call whose first attempts fail with the given errors, and returns the keys that it used. */
async function keysUsed(params: object, ...failures: Error[]): Promise<string[]> {
  const keys: string[] = [];
  await keyed('customer:ws_1', params, async (_params, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    const error = failures[keys.length - 1];
    if (error) throw error;
  });
  return keys;
}

test('the same call uses the same key, and a call with other parameters uses another', async () => {
  expect(await keysUsed({ email: 'a@example.com' })).toEqual(await keysUsed({ email: 'a@example.com' }));
  expect(await keysUsed({ email: 'a@example.com' })).not.toEqual(await keysUsed({ email: 'b@example.com' }));
});

test.each([
  ['was used with other parameters', otherParameters],
  ['only replays a failure', replayedFailure],
])('a key that %s is replaced once', async (_name, error) => {
  const [first, second, ...more] = await keysUsed({}, error);
  expect(second).not.toBe(first);
  expect(more).toEqual([]);
  await expect(keysUsed({}, error, error)).rejects.toBe(error);
});

test('a key in use or any other failure is not retried under another key', async () => {
  for (const error of [
    failure({ type: 'StripeIdempotencyError', code: 'idempotency_key_in_use' }),
    failure({ type: 'StripeAPIError' }),
    failure({ type: 'StripeConnectionError' }),
  ])
    await expect(keysUsed({}, error)).rejects.toBe(error);
});
