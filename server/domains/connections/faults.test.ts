import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resetLimits } from '@/server/connectors/host/throttle';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf } from '@/server/connectors/registry';
import { plain } from '@/tests/support/plain';
import { callPlatform } from './call-platform';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox } from './testing';

let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench();
});
afterAll(() => bench.close());

it('too many requests while publishing stop the next ones, in every process', async () => {
  resetLimits();
  const { handler, seen } = bench;
  const w = await bench.another();
  const done = await connectSandbox(handler, w.ctx, 'x', 'devnotes_leo');
  const connectionId = done.connectionIds[0] ?? '';
  await handler.world.faults.add({ platform: 'x', operation: 'createPosts', kind: '429', count: 1 });
  const input = { text: 'Too many', idempotencyKey: '429' };
  const publish = () => callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input });
  await expect(publish()).rejects.toMatchObject({ kind: 'rate_limited', options: { retryAfter: 60 } });
  const before = seen.length;
  resetLimits();
  await expect(publish()).rejects.toMatchObject({ kind: 'rate_limited' });
  expect(seen.length).toBe(before);
  w.clock.advance(61_000);
  await expect(publish()).resolves.toHaveProperty('remoteId');
});

it('an account stays connected if only the permission to list choices is missing', async () => {
  const w = await bench.another();
  const done = await connectSandbox(bench.handler, w.ctx, 'x', 'devnotes_leo');
  const connectionId = done.connectionIds[0] ?? '';
  const functions = (await connectorOf('x'))?.functions as { choices?: () => Promise<never> };
  functions.choices = async () => {
    throw new ConnectorFault('reauth', plain('No.'), { forbidden: true });
  };
  try {
    const input = { field: 'board', search: '', cursor: null };
    await expect(
      callPlatform({ ctx: w.ctx, connectionId, capability: 'choices', input }),
    ).rejects.toMatchObject({ kind: 'reauth' });
  } finally {
    delete functions.choices;
  }
  expect((await bench.row(connectionId)).status).toBe('active');
});

describe('limits and refusals that a stand-in knows from its platform', () => {
  const DAY = 80_000;
  const cases = [
    ['x', 'createPosts', 'day_limit', 'rate_limited', DAY],
    ['x', 'createPosts', 'too_fast', 'rate_limited', 1800],
    ['facebook', 'fbFeed', 'day_limit', 'rate_limited', DAY],
    ['facebook', 'fbFeed', 'app_limit', 'rate_limited', 60],
    ['facebook', 'fbFeed', 'too_fast', 'rate_limited', 3600],
    ['x', 'createPosts', 'other_error', 'rejected', /in_reply_to_tweet_id` value \[12\] is not valid/],
    ['facebook', 'fbFeed', 'other_error', 'rejected', /The parameter link is not an address/],
  ] as const;
  it.each(cases)('%s %s: %s is %s', async (platform, operation, kind, expected, detail) => {
    resetLimits();
    const { handler } = bench;
    const w = await bench.another();
    const account = platform === 'x' ? 'devnotes_leo' : 'leo.sandoval';
    const done = await connectSandbox(handler, w.ctx, platform, account);
    const connectionId = done.connectionIds[0] ?? '';
    await handler.world.faults.add({ platform, operation, kind, count: 1 });
    const input = { text: `${kind} on ${platform}`, idempotencyKey: kind };
    const publish = () => callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input });
    const error = await publish().catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: expected });
    if (typeof detail === 'number') {
      const { retryAfter = 0 } = (error as ConnectorFault).options;
      expect(retryAfter).toBeGreaterThanOrEqual(detail);
      // Minutes are rounded up.
      expect(retryAfter).toBeLessThan(detail + 61);
    } else expect((error as ConnectorFault).fact).toSay(detail);
    if (kind === 'day_limit') {
      // Nothing more is sent until the day is over, by any process.
      resetLimits();
      await expect(publish()).rejects.toMatchObject({ kind: 'rate_limited' });
      w.clock.advance((DAY + 60) * 1000);
      await expect(publish()).resolves.toHaveProperty('remoteId');
    }
  });

  it('Etsy’s daily limit and its list of errors', async () => {
    resetLimits();
    const { handler } = bench;
    const w = await bench.another();
    const done = await connectSandbox(handler, w.ctx, 'etsy', 'miraokafor');
    const connectionId = done.connectionIds[0] ?? '';
    const views = () =>
      callPlatform({ ctx: w.ctx, connectionId, capability: 'views', input: { remoteIds: ['1'] } });
    const fault = (kind: 'day_limit' | 'other_error') =>
      handler.world.faults.add({ platform: 'etsy', operation: 'getListingsByListingIds', kind, count: 1 });
    await fault('other_error');
    const refused = (await views().catch((e: unknown) => e)) as ConnectorFault;
    expect(refused.fact).toSay('Etsy did not accept this. It said: title: contains invalid characters');
    await fault('day_limit');
    await expect(views()).rejects.toMatchObject({ kind: 'rate_limited', options: { retryAfter: DAY } });
  });
});
