import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { publications } from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { setFollowUpRule } from '../follow-ups/set-follow-up-rule';
import { listPosts } from '../posts/queries';
import { getPublication } from '../publications/queries';
import { addConnection } from '../publisher/testing';
import { connectionsToRead, followPublished, lookSince } from './due';
import { readResults } from './read-results';
import { FOLLOWED_MS, nextReadAt, retryReadAt } from './schedule';
import { FakeResults, publishedPost, resultsOf, rule } from './testing';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('reading times', () => {
  const born = new Date('2026-03-02T10:00:00Z');
  const after = fc.integer({ min: 0, max: 40 * 24 * HOUR }).map((ms) => new Date(born.getTime() + ms));

  it('are frequent at first, then ever rarer, and end after 30 days', () => {
    const times: Date[] = [];
    for (let at: Date | null = born; at; at = nextReadAt(born, at, null)) times.push(at);
    const last = times.at(-1);
    expect(last?.getTime()).toBe(born.getTime() + FOLLOWED_MS);
    expect(times.length).toBeLessThan(45);
    const gaps = times.slice(1).map((t, i) => t.getTime() - (times[i]?.getTime() ?? 0));
    expect(gaps.slice(0, -1)).toEqual([...gaps.slice(0, -1)].sort((a, b) => a - b));
  });

  it('are always in the future, at a rule’s end at the latest, and never after the 30 days', () => {
    fc.assert(
      fc.property(after, fc.option(after), (now, end) => {
        const next = nextReadAt(born, now, end);
        if (now.getTime() - born.getTime() >= FOLLOWED_MS) return next === null;
        if (!next) return false;
        const within = next > now && next.getTime() <= born.getTime() + FOLLOWED_MS;
        return end && end > now
          ? within && next <= end && next.getTime() - now.getTime() <= 30 * MINUTE
          : within;
      }),
    );
  });

  it('back off after failures, by at most a day', () => {
    fc.assert(
      fc.property(after, fc.integer({ min: 1, max: 60 }), fc.option(fc.double()), (now, failures, wait) => {
        const next = retryReadAt(born, now, failures, wait === null || Number.isNaN(wait) ? undefined : wait);
        if (now.getTime() - born.getTime() >= FOLLOWED_MS) return next === null;
        const delay = (next?.getTime() ?? 0) - now.getTime();
        return delay >= MINUTE && delay <= 24 * HOUR;
      }),
    );
  });
});

describe('reading results', () => {
  let db: Db;
  let world: World;
  let port: FakeResults;
  let connectionId: string;
  const read = () =>
    readResults({ ctx: { ...world.ctx, platforms: port }, input: { connectionId, platform: 'x' } });
  const follow = () => followPublished({ db, clock: world.clock, platforms: port });
  const due = async () =>
    (await connectionsToRead({ db, clock: world.clock })).filter((d) => d.workspaceId === world.workspaceId);

  beforeAll(async () => {
    db = await freshDb();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    world = await createWorld(db);
    port = new FakeResults();
    connectionId = await addConnection(db, world.ctx);
  });

  it('follows each published post once, and no draft, reply or platform without results', async () => {
    const { id } = await publishedPost(db, world.ctx, connectionId);
    const reply = await publishedPost(db, world.ctx, connectionId);
    const etsy = await addConnection(db, world.ctx, 'etsy');
    const silent = await publishedPost(db, world.ctx, etsy);
    await db.asSystem((tx) =>
      tx.update(publications).set({ kind: 'reply', followsId: id }).where(eq(publications.id, reply.id)),
    );
    expect(await follow()).toBe(1);
    expect(await follow()).toBe(0);
    expect((await resultsOf(db, id)).nextReadAt).toEqual(new Date(world.clock.now().getTime() + 15 * MINUTE));
    await expect(resultsOf(db, silent.id)).rejects.toThrow();
    expect(await due()).toEqual([]);
    world.clock.advance(16 * MINUTE);
    expect(await due()).toEqual([{ workspaceId: world.workspaceId, connectionId, platform: 'x' }]);
  });

  it('follows all new posts in one sweep, however many there are', async () => {
    for (let i = 0; i < 5; i++) await publishedPost(db, world.ctx, connectionId);
    expect(await followPublished({ db, clock: world.clock, platforms: port, batch: 2 })).toBe(5);
    expect(await follow()).toBe(0);
  });

  it('searches posts published since the last sweep, and once a day all 30 days', async () => {
    const old = await publishedPost(db, world.ctx, connectionId);
    world.clock.advance(3 * HOUR);
    const fresh = await publishedPost(db, world.ctx, connectionId);
    const last = new Date(world.clock.now().getTime() - 10 * MINUTE);
    const sweep = (at: Date | null) => followPublished({ db, clock: world.clock, platforms: port, last: at });
    expect(await sweep(last)).toBe(1);
    await resultsOf(db, fresh.id);
    expect(await sweep(last)).toBe(0);
    world.clock.advance(24 * HOUR);
    expect(await sweep(last)).toBe(1);
    await resultsOf(db, old.id);
    const now = world.clock.now();
    expect(lookSince(now, null)).toEqual(new Date(now.getTime() - FOLLOWED_MS));
  });

  it('stores the numbers, and treats missing ones as unknown, not 0', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId);
    await follow();
    port.told.set(remoteId, { likes: 12, replies: 0, reposts: null, views: null });
    world.clock.advance(16 * MINUTE);
    expect(await read()).toEqual({ read: 1, gone: 0, missed: 0, reached: [] });
    const shown = await getPublication(world.ctx, { id });
    expect(shown.results).toMatchObject({
      likes: 12,
      replies: 0,
      reposts: null,
      views: null,
      readAt: world.clock.now(),
    });
    expect((await resultsOf(db, id)).nextReadAt).toEqual(new Date(world.clock.now().getTime() + 30 * MINUTE));
    const { items } = await listPosts(world.ctx, {});
    expect(items[0]?.results).toEqual({ likes: 12, replies: 0, reposts: null, readAt: world.clock.now() });
    expect(await read()).toEqual({ read: 0, gone: 0, missed: 0, reached: [] });
  });

  it('sums results for the library, however large the numbers are', async () => {
    const largest = 2_147_483_647;
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId);
    const again = await publishedPost(db, world.ctx, connectionId);
    const first = await getPublication(world.ctx, { id });
    await db.asSystem((tx) =>
      tx.update(publications).set({ postId: first.postId }).where(eq(publications.id, again.id)),
    );
    await follow();
    for (const one of [remoteId, again.remoteId]) port.told.set(one, { likes: largest });
    world.clock.advance(16 * MINUTE);
    await read();
    const { items } = await listPosts(world.ctx, {});
    expect(items.find((post) => post.id === first.postId)?.results).toMatchObject({ likes: 2 * largest });
  });

  it('reads in batches, and retries posts missing from a response', async () => {
    const made = [];
    for (let i = 0; i < 7; i++) made.push(await publishedPost(db, world.ctx, connectionId));
    await follow();
    for (const { remoteId } of made.slice(1)) port.told.set(remoteId, { likes: 1 });
    port.size = 3;
    world.clock.advance(16 * MINUTE);
    expect(await read()).toMatchObject({ read: 6, missed: 1 });
    expect(port.calls.map((c) => c.length)).toEqual([3, 3, 1]);
    const left = await resultsOf(db, made[0]?.id ?? '');
    expect(left).toMatchObject({
      readAt: null,
      likes: null,
      failures: 1,
      problem: 'X did not report results for this post.',
    });
    expect(left.nextReadAt).toEqual(new Date(world.clock.now().getTime() + 10 * MINUTE));
  });

  it('reports that a post is gone, keeps its last numbers and stops reading it', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId, { followUpRule: rule() });
    await follow();
    port.told.set(remoteId, { likes: 5 });
    world.clock.advance(16 * MINUTE);
    await read();
    port.told.set(remoteId, { gone: true });
    world.clock.advance(HOUR);
    // A single report is not enough: Facebook reports the same for a post that is temporarily not shown.
    expect(await read()).toMatchObject({ gone: 0, missed: 1 });
    expect(await resultsOf(db, id)).toMatchObject({ gone: false, followUpState: null });
    port.told.set(remoteId, { likes: 5 });
    world.clock.advance(10 * MINUTE);
    expect(await read()).toMatchObject({ read: 1 });
    expect(await resultsOf(db, id)).toMatchObject({ missingSince: null, problem: null });
    port.told.set(remoteId, { gone: true });
    world.clock.advance(HOUR);
    await read();
    // A failed round does not count as a second report.
    port.fault = { kind: 'transient' };
    world.clock.advance(10 * MINUTE);
    await read();
    expect(await resultsOf(db, id)).toMatchObject({ gone: false, missingSince: expect.any(Date) });
    port.fault = null;
    world.clock.advance(HOUR);
    expect(await read()).toMatchObject({ gone: 1 });
    expect(await resultsOf(db, id)).toMatchObject({
      likes: 5,
      gone: true,
      nextReadAt: null,
      problem: 'X no longer shows this post.',
      followUpState: 'over',
    });
  });

  it('waits as long as the platform requests, for everything that is due there', async () => {
    const one = await publishedPost(db, world.ctx, connectionId);
    const two = await publishedPost(db, world.ctx, connectionId);
    await follow();
    world.clock.advance(16 * MINUTE);
    port.size = 1;
    port.fault = { kind: 'rate_limited', retryAfter: 900 };
    expect(await read()).toMatchObject({ read: 0, missed: 1 });
    expect(port.calls).toHaveLength(1);
    for (const { id } of [one, two])
      expect((await resultsOf(db, id)).nextReadAt).toEqual(
        new Date(world.clock.now().getTime() + 15 * MINUTE),
      );
    expect(await due()).toEqual([]);
  });

  it('reads other accounts while one platform fails', async () => {
    const other = await addConnection(db, world.ctx, 'facebook');
    const mine = await publishedPost(db, world.ctx, connectionId);
    const theirs = await publishedPost(db, world.ctx, other, { platform: 'facebook' });
    await follow();
    world.clock.advance(16 * MINUTE);
    port.fault = { kind: 'transient' };
    await read();
    port.fault = null;
    port.told.set(theirs.remoteId, { likes: 3 });
    await readResults({
      ctx: { ...world.ctx, platforms: port },
      input: { connectionId: other, platform: 'facebook' },
    });
    expect(await resultsOf(db, mine.id)).toMatchObject({ readAt: null, failures: 1 });
    expect(await resultsOf(db, theirs.id)).toMatchObject({ likes: 3, failures: 0 });
  });

  it('resumes after a crash, and concurrent runs read nothing twice', async () => {
    const { remoteId } = await publishedPost(db, world.ctx, connectionId);
    await follow();
    port.told.set(remoteId, { likes: 1 });
    world.clock.advance(16 * MINUTE);
    port.meanwhile = async () => {
      throw new Error('the process ended');
    };
    await expect(read()).rejects.toThrow('the process ended');
    port.meanwhile = undefined;
    expect(await due()).toEqual([]);
    world.clock.advance(11 * MINUTE);
    const both = await Promise.all([read(), read()]);
    expect(both.map((r) => r.read).sort()).toEqual([0, 1]);
  });

  it('goes on after a run that crashed while the clock was ahead', async () => {
    const { remoteId } = await publishedPost(db, world.ctx, connectionId);
    await follow();
    port.told.set(remoteId, { likes: 1 });
    world.clock.advance(20 * 24 * HOUR);
    port.meanwhile = async () => {
      throw new Error('the process ended');
    };
    await expect(read()).rejects.toThrow('the process ended');
    port.meanwhile = undefined;
    world.clock.advance(16 * MINUTE - 20 * 24 * HOUR);
    expect(await due()).toHaveLength(1);
    expect(await read()).toMatchObject({ read: 1 });
    expect(await due()).toEqual([]);
  });

  it('discards a reading that arrives after another run has taken over', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId);
    await follow();
    world.clock.advance(16 * MINUTE);
    const other = new FakeResults();
    other.told.set(remoteId, { likes: 5 });
    port.told.set(remoteId, { likes: 1 });
    port.meanwhile = async () => {
      port.meanwhile = undefined;
      world.clock.advance(11 * MINUTE);
      await readResults({
        ctx: { ...world.ctx, platforms: other },
        input: { connectionId, platform: 'x' },
      });
    };
    await read();
    expect(other.calls).toEqual([[remoteId]]);
    expect(await resultsOf(db, id)).toMatchObject({ likes: 5, leaseToken: null });
  });

  it('marks a rule as reached together with the reading', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId, { followUpRule: rule() });
    await follow();
    port.told.set(remoteId, { likes: 9 });
    world.clock.advance(16 * MINUTE);
    expect((await read()).reached).toEqual([]);
    port.told.set(remoteId, { likes: 10 });
    world.clock.advance(30 * MINUTE);
    expect((await read()).reached).toEqual([id]);
    expect(await resultsOf(db, id)).toMatchObject({ followUpState: 'reached', followUpCount: 10 });
  });

  it('ends a rule at its deadline, and reports the last number', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId, { followUpRule: rule() });
    const blind = await publishedPost(db, world.ctx, connectionId, { followUpRule: rule() });
    await follow();
    port.told.set(remoteId, { likes: 9 });
    world.clock.advance(24 * HOUR - MINUTE);
    await read();
    expect((await resultsOf(db, id)).followUpState).toBeNull();
    // The last reading is scheduled for the deadline itself.
    expect((await resultsOf(db, id)).nextReadAt).toEqual(new Date(world.clock.now().getTime() + MINUTE));
    world.clock.advance(10 * MINUTE);
    await read();
    expect(await resultsOf(db, id)).toMatchObject({
      followUpState: 'over',
      followUpNote: 'It had 9 likes after 24 hours, fewer than 10, so there was no follow-up.',
    });
    expect((await resultsOf(db, blind.id)).followUpNote).toSay(/could not read its results in time/);
    // Later numbers change nothing.
    port.told.set(remoteId, { likes: 900 });
    world.clock.advance(12 * HOUR);
    expect((await read()).reached).toEqual([]);
  });

  it('shows a rule’s period in hours, as the rule does', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId, {
      followUpRule: rule({ withinHours: 50 }),
    });
    await follow();
    port.told.set(remoteId, { likes: 9 });
    world.clock.advance(50 * HOUR);
    await read();
    expect((await resultsOf(db, id)).followUpNote).toEqual(
      'It had 9 likes after 50 hours, fewer than 10, so there was no follow-up.',
    );
  });

  it('does not fire on a number that was read too late', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId, { followUpRule: rule() });
    await follow();
    port.told.set(remoteId, { likes: 500 });
    world.clock.advance(3 * 24 * HOUR);
    expect((await read()).reached).toEqual([]);
    expect((await resultsOf(db, id)).followUpNote).toSay(/^We could not check in time/);
  });

  it('leaves a rule that changed during a reading to the next reading', async () => {
    const { id, remoteId } = await publishedPost(db, world.ctx, connectionId, { followUpRule: rule() });
    await follow();
    port.told.set(remoteId, { likes: 20 });
    world.clock.advance(16 * MINUTE);
    port.meanwhile = async () => {
      port.meanwhile = undefined;
      await setFollowUpRule(world.ctx, { id, followUpRule: rule({ atLeast: 30 }) });
    };
    expect((await read()).reached).toEqual([]);
    // Read once for the old rule, which no longer exists, and immediately again for the new one, which is not reached.
    expect(port.calls).toHaveLength(2);
    expect((await resultsOf(db, id)).followUpState).toBeNull();
  });
});
