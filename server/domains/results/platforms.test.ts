import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resetLimits } from '@/server/connectors/host/throttle';
import type { Transport } from '@/server/connectors/host/transport';
import { isConnectorFault } from '@/server/connectors/kit/types';
import type { AppError } from '@/server/foundation/errors';
import { callPlatform } from '../connections/call-platform';
import { type Bench, connectionsBench } from '../connections/test-bench';
import { connectSandbox } from '../connections/testing';

const HOUR = 3_600_000;
let bench: Bench;
const accounts: Record<string, string> = {};

beforeAll(async () => {
  bench = await connectionsBench();
  for (const [platform, account] of [
    ['x', 'mira_draws'],
    ['facebook', 'mira.okafor'],
  ] as const) {
    const { connectionIds } = await connectSandbox(bench.handler, bench.world.ctx, platform, account);
    accounts[platform] = connectionIds[0] ?? '';
  }
});
afterAll(() => bench.close());
beforeEach(() => {
  resetLimits();
  bench.wrap = null;
});

const read = (platform: string, ...remoteIds: string[]) =>
  callPlatform({
    ctx: bench.world.ctx,
    connectionId: accounts[platform] ?? '',
    capability: 'engagement',
    input: { remoteIds },
  });
const publish = (platform: string, input: { text: string; repostOf?: string; replyTo?: string }) =>
  callPlatform({
    ctx: bench.world.ctx,
    connectionId: accounts[platform] ?? '',
    capability: 'publish',
    input: { ...input, idempotencyKey: input.text },
  });
const remove = (platform: string, remoteId: string) =>
  callPlatform({
    ctx: bench.world.ctx,
    connectionId: accounts[platform] ?? '',
    capability: 'remove',
    input: { remoteId },
  });
/** Answers every reading and every repost with this instead of the sandbox's response; tokens are still renewed. */
const answering = (body: unknown, status = 200): void => {
  bench.wrap =
    (inner): Transport =>
    async (wire) => {
      if (!/[?&]ids=|\/retweets$/.test(wire.url)) return inner(wire);
      wire.onSent?.();
      return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    };
};
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (isConnectorFault(error) ? error.kind : (error as AppError).code),
  );

describe.each(['x', 'facebook'])('%s', (platform) => {
  it('reports the results of several posts, which grow over time and are the same when read again', async () => {
    const one = await publish(platform, { text: `First on ${platform}` });
    const two = await publish(platform, { text: `Second on ${platform}?` });
    bench.world.clock.advance(6 * HOUR);
    const early = await read(platform, one.remoteId, two.remoteId);
    expect(early.map((e) => e.remoteId)).toEqual([one.remoteId, two.remoteId]);
    expect(await read(platform, one.remoteId, two.remoteId)).toEqual(early);
    bench.world.clock.advance(24 * HOUR);
    const late = await read(platform, one.remoteId, two.remoteId);
    for (const [i, { likes }] of late.entries()) expect(likes ?? -1).toBeGreaterThan(early[i]?.likes ?? 1e9);
    // A Page's views need a permission that is not requested, so they are unknown, not zero.
    expect(late.map((e) => e.views === null)).toEqual([platform === 'facebook', platform === 'facebook']);
    expect(bench.seen.at(-1)?.url).toMatch(/ids=/);
  });

  it('reports which posts are gone, together with the results of the others', async () => {
    const made = [];
    for (let i = 0; i < 5; i++)
      made.push((await publish(platform, { text: `Part ${i} on ${platform}` })).remoteId);
    await remove(platform, made[1] ?? '');
    await remove(platform, made[4] ?? '');
    const said = await read(platform, ...made);
    expect(said.map((e) => e.gone).length).toBe(5);
    expect(
      said
        .filter((e) => e.gone)
        .map((e) => e.remoteId)
        .sort(),
    ).toEqual([made[1], made[4]].sort());
    expect(said.filter((e) => !e.gone).every((e) => e.likes !== null)).toBe(true);
  });

  it('maps rate limits and failures to the host’s fault kinds', async () => {
    const { remoteId } = await publish(platform, { text: `Waits on ${platform}` });
    const operation = platform === 'x' ? 'getPostsByIds' : 'fbPosts';
    await bench.handler.world.faults.add({ platform, operation, kind: '429', count: 1 });
    expect(await faultOf(read(platform, remoteId))).toBe('rate_limited');
    bench.world.clock.advance(HOUR);
    await bench.handler.world.faults.add({ platform, operation, kind: '500_before', count: 1 });
    expect(await faultOf(read(platform, remoteId))).toBe('transient');
    answering('nonsense');
    expect(await faultOf(read(platform, remoteId))).toBe('transient');
  });
});

describe('invalid numbers', () => {
  it('are unknown individually on X', async () => {
    answering({
      data: [
        {
          id: '11',
          public_metrics: {
            like_count: -4,
            reply_count: 3,
            repost_count: 1e300,
            impression_count: 'many',
          },
        },
        { id: '12', public_metrics: { like_count: 2.5, retweet_count: 7 } },
        { id: '13' },
        { id: '99', public_metrics: { like_count: 1 } },
      ],
      errors: [
        { type: 'https://api.x.com/2/problems/not-authorized-for-resource', resource_id: '14' },
        { type: 'https://api.x.com/2/problems/resource-not-found', value: '15' },
      ],
    });
    const nothing = { gone: false, likes: null, replies: null, reposts: null, views: null };
    expect(await read('x', '11', '12', '13', '14', '15')).toEqual([
      { ...nothing, remoteId: '11', replies: 3 },
      { ...nothing, remoteId: '12', reposts: 7 },
      { ...nothing, remoteId: '13' },
      { ...nothing, remoteId: '15', gone: true },
    ]);
  });

  it('are unknown on Facebook, where a post without shares has none', async () => {
    const total = (n: unknown) => ({ data: [], summary: { total_count: n } });
    answering({
      '1_1': { id: '1_1', reactions: total(-1), comments: total(4), shares: { count: 'x' } },
      '1_2': { id: '1_2', reactions: 'many', comments: total(0) },
      // A malformed post or malformed shares must not prevent the others from being read.
      '1_4': { id: { odd: true }, reactions: total(9) },
      '1_5': 'gone fishing',
      '1_6': { id: '1_6', reactions: total(2), comments: total(1), shares: 'three' },
    });
    expect(await read('facebook', '1_1', '1_2', '1_3', '1_4', '1_5', '1_6')).toEqual([
      { remoteId: '1_1', gone: false, likes: null, replies: 4, reposts: null, views: null },
      { remoteId: '1_2', gone: false, likes: null, replies: 0, reposts: 0, views: null },
      { remoteId: '1_6', gone: false, likes: 2, replies: 1, reposts: null, views: null },
    ]);
  });
});

describe('a Facebook batch without any result', () => {
  const none = { error: { code: 100, error_subcode: 33, message: 'Unsupported get request.' } };

  it('says nothing about the posts if the URL does not exist', async () => {
    answering('<html>Not found</html>', 404);
    const from = bench.seen.length;
    expect(await faultOf(read('facebook', '1_1', '1_2', '1_3'))).toBe('rejected');
    expect(bench.seen.length - from).toBe(1);
    expect(await faultOf(read('facebook', '1_1'))).toBe('rejected');
  });

  it('points to the Page rather than the posts if all are reported missing', async () => {
    answering(none, 400);
    expect(await faultOf(read('facebook', '1_1', '1_2', '1_3'))).toBe('rejected');
    expect(await read('facebook', '1_1')).toMatchObject([{ remoteId: '1_1', gone: true }]);
  });
});

describe('a repost on X', () => {
  it('exists once, however often it is requested', async () => {
    const { remoteId } = await publish('x', { text: 'Worth a repost' });
    const [before] = await read('x', remoteId);
    const repost = await publish('x', { text: 'a', repostOf: remoteId });
    expect(repost.remoteId).toBe(`repost:${remoteId}`);
    expect(await publish('x', { text: 'a', repostOf: remoteId })).toEqual(repost);
    const [after] = await read('x', remoteId);
    expect(after?.reposts).toBe((before?.reposts ?? 0) + 1);
  });

  it('counts as done if X reports that it was done before', async () => {
    answering({ title: 'Forbidden', detail: 'You have already retweeted this Tweet.', status: 403 }, 403);
    expect((await publish('x', { text: 'b', repostOf: '77' })).remoteId).toBe('repost:77');
  });

  it('may be retried after an unknown outcome, but not if the post is gone', async () => {
    const { remoteId } = await publish('x', { text: 'Breaks off' });
    await bench.handler.world.faults.add({
      platform: 'x',
      operation: 'repostPost',
      kind: 'reset_after',
      count: 1,
    });
    expect(await faultOf(publish('x', { text: 'c', repostOf: remoteId }))).toBe('transient');
    await publish('x', { text: 'c', repostOf: remoteId });
    await remove('x', remoteId);
    expect(await faultOf(publish('x', { text: 'c', repostOf: remoteId }))).toBe('rejected');
  });
});

describe('a missing permission', () => {
  it.each([
    [
      'x',
      403,
      {
        title: 'Forbidden',
        detail:
          'You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only.',
      },
    ],
    ['facebook', 400, { error: { code: 200, message: 'Permissions error', type: 'OAuthException' } }],
  ] as const)('to read results on %s does not prevent publishing', async (platform, status, body) => {
    answering(body, status);
    const before = bench.seen.length;
    const kind = platform === 'facebook' ? 'reauth' : 'transient';
    expect(await faultOf(read(platform, platform === 'facebook' ? '1_1' : '1'))).toBe(kind);
    // The token is valid; renewing it would not add permissions.
    expect(bench.seen.slice(before)).toHaveLength(1);
    bench.wrap = null;
    expect((await bench.row(accounts[platform] ?? '')).status).toBe('active');
    await publish(platform, { text: `Goes out all the same on ${platform}` });
  });

  it('to read results on X does not renew the token', async () => {
    answering({ title: 'Forbidden', detail: 'Not permitted to access this with this scope.' }, 403);
    const from = bench.seen.length;
    for (let i = 0; i < 3; i++) expect(await faultOf(read('x', '1'))).toBe('reauth');
    expect(bench.seen.slice(from).filter((s) => s.url.includes('token'))).toEqual([]);
    expect(bench.seen.length - from).toBe(3);
  });

  it('to comment on Facebook fails only the comment', async () => {
    const { remoteId } = await publish('facebook', { text: 'With a comment' });
    bench.wrap =
      (inner): Transport =>
      async (wire) => {
        if (!wire.url.includes('/comments')) return inner(wire);
        wire.onSent?.();
        const error = { code: 200, error_subcode: 1, message: 'Permissions error', type: 'OAuthException' };
        return {
          status: 403,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ error }),
        };
      };
    expect(await faultOf(publish('facebook', { text: 'First', replyTo: remoteId }))).toBe('rejected');
    bench.wrap = null;
    expect((await bench.row(accounts.facebook ?? '')).status).toBe('active');
  });
});
