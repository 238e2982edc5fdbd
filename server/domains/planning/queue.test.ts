import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { publications, topics } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { updatePost } from '../post-edits/update-post';
import { cancelPublication } from '../publications/cancel-publication';
import { listPublications } from '../publications/queries';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { getQueue, nextSlots, planCalendar } from './queue';
import { reorderQueue } from './reorder-queue';
import { reschedulePublication } from './reschedule-publication';
import { schedulePublications } from './schedule-publications';
import { getPlan } from './settings';
import { everyDay } from './testing';

let db: Db;
let world: World;
let connectionId: string;
const platform = new FakePlatform();
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  // 11:00 on a Monday in Berlin.
  world = await createWorld(db, { plan: 'pro', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
});

/** Creates a follow-up of a publication. */
const follow = async (
  of: { id: string; postId: string; variantId: string },
  kind: 'repost' | 'reply' | 'post',
  dueAt: Date,
  more: Partial<typeof publications.$inferInsert> = {},
) => {
  const id = newId('publication');
  await db.asSystem((tx) =>
    tx.insert(publications).values({
      id,
      workspaceId: world.workspaceId,
      postId: of.postId,
      variantId: of.variantId,
      connectionId,
      kind,
      followsId: of.id,
      text: kind === 'repost' ? '' : 'Thank you',
      dueAt,
      localTime: `${dueAt.toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' }).slice(0, 16).replace(' ', 'T')}`,
      timeZone: 'Europe/Berlin',
      state: 'scheduled',
      marker: id,
      requestKey: `follow-up:${of.id}:${id}`,
      createdBy: `user:${world.userId}`,
      createdAt: world.clock.now(),
      ...more,
    }),
  );
  return id;
};

let keys = 0;
const queueUp = async (to: string[] = [connectionId], topicId: string | null = null) => {
  const post = await writePost(world.ctx, `Post ${++keys}`);
  if (topicId) await updatePost(world.ctx, { id: post.id, version: 1, topicId });
  return schedulePublications(
    { ...world.ctx, platforms: platform },
    {
      postId: post.id,
      version: topicId ? 2 : 1,
      targets: to.map((id) => ({ connectionId: id })),
      when: { kind: 'next_slot' },
      requestKey: `key-${++keys}-000`,
    },
  );
};
const queue = () => getQueue(world.ctx, { connectionId });
const addTopic = async (slug: string) => {
  const id = newId('topic');
  await db.asSystem((tx) =>
    tx.insert(topics).values({ id, workspaceId: world.workspaceId, slug, audience: 'a', tone: 't' }),
  );
  return id;
};

test('posts that are queued concurrently take consecutive slots, each only once', async () => {
  await everyDay(db, world.ctx, connectionId, [9 * 60, 12 * 60, 18 * 60]);
  await Promise.all(Array.from({ length: 12 }, () => queueUp()));
  const { items } = await queue();
  expect(items.map((i) => i.localTime)).toEqual(
    ['02T12:00', '02T18:00', '03T09:00', '03T12:00', '03T18:00', '04T09:00', '04T12:00', '04T18:00']
      .concat(['05T09:00', '05T12:00', '05T18:00', '06T09:00'])
      .map((d) => `2026-03-${d}`),
  );
  expect(items.every((i) => i.inSlot)).toBe(true);
});

test('a slot is taken by any post at its time, and freed when that post is cancelled or moved', async () => {
  await everyDay(db, world.ctx, connectionId, [9 * 60, 12 * 60]);
  const post = await writePost(world.ctx, 'By hand');
  const [byHand] = await schedulePublications(
    { ...world.ctx, platforms: platform },
    {
      postId: post.id,
      version: 1,
      targets: [{ connectionId }],
      when: { kind: 'at', local: '2026-03-02T12:00' },
      requestKey: 'by-hand-1',
    },
  );
  const [first] = await queueUp();
  expect(first?.localTime).toBe('2026-03-03T09:00');
  await reschedulePublication(world.ctx, { id: byHand?.id ?? '', version: 1, local: '2026-03-02T12:01' });
  expect((await queueUp())[0]?.localTime).toBe('2026-03-02T12:00');
  await cancelPublication(world.ctx, { id: first?.id ?? '', version: 1 });
  expect((await queueUp())[0]?.localTime).toBe('2026-03-03T09:00');
});

test('a slot for a topic takes only that topic, and each account uses its own slots', async () => {
  const [tech, memes] = [await addTopic('tech'), await addTopic('memes')];
  const other = await addConnection(db, world.ctx);
  await everyDay(db, world.ctx, connectionId, [12 * 60], tech);
  await everyDay(db, world.ctx, connectionId, [15 * 60]);
  await everyDay(db, world.ctx, other, [20 * 60]);
  const preview = await nextSlots(world.ctx, { connectionIds: [connectionId, other], topicId: memes });
  expect(preview.items.map((i) => i.slot?.local)).toEqual(['2026-03-02T15:00', '2026-03-02T20:00']);
  const rows = await queueUp([connectionId, other], memes);
  expect(rows.map((r) => [r.connectionId, r.localTime])).toEqual([
    [connectionId, '2026-03-02T15:00'],
    [other, '2026-03-02T20:00'],
  ]);
  expect((await queueUp([connectionId], tech))[0]?.localTime).toBe('2026-03-02T12:00');
});

test('an account without a slot is refused, and nothing is created for any account', async () => {
  const other = await addConnection(db, world.ctx);
  await everyDay(db, world.ctx, connectionId, [12 * 60]);
  await expect(queueUp([connectionId, other])).rejects.toMatchObject({
    code: 'invalid',
    details: { reason: 'no_slot' },
  });
  expect((await listPublications(world.ctx, {})).items).toEqual([]);
});

test('slots on days on which the plan is full are skipped, by the workspace’s local days', async () => {
  world = await createWorld(db, { plan: 'free', timeZone: 'Asia/Kathmandu' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
  // 00:15 in Kathmandu is the day before in UTC.
  await everyDay(db, world.ctx, connectionId, [15, 60, 120, 180, 240, 300, 23 * 60 + 45]);
  const made = [];
  for (let i = 0; i < 7; i++) made.push(...(await queueUp()));
  // It is 15:45 on the 2nd. At most five posts are published per day.
  expect(made.map((m) => m.localTime)).toEqual([
    '2026-03-02T23:45',
    '2026-03-03T00:15',
    '2026-03-03T01:00',
    '2026-03-03T02:00',
    '2026-03-03T03:00',
    '2026-03-03T04:00',
    '2026-03-04T00:15',
  ]);
});

test('a slot in a skipped hour moves to the first minute after it, and the plan reports it', async () => {
  world.clock.set('2026-03-28T12:00:00Z');
  await everyDay(db, world.ctx, connectionId, [150]);
  const { items } = await nextSlots(world.ctx, { connectionIds: [connectionId] });
  expect(items[0]?.slot).toMatchObject({ local: '2026-03-29T03:00' });
  expect(items[0]?.slot?.at.toISOString()).toBe('2026-03-29T01:00:00.000Z');
  expect(items[0]?.slot?.note).toSay('does not exist');
  expect((await getPlan(world.ctx)).notes[0]?.note).toSay('02:30 does not exist');
  expect((await queueUp())[0]).toMatchObject({ localTime: '2026-03-29T03:00' });
  expect((await queueUp())[0]).toMatchObject({ localTime: '2026-03-30T02:30' });
});

test('reordering keeps the queue’s times, moves each post to its place, and can be undone', async () => {
  await everyDay(db, world.ctx, connectionId, [9 * 60, 12 * 60, 18 * 60]);
  for (let i = 0; i < 6; i++) await queueUp();
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 2 }), async (picked) => {
      const before = (await queue()).items;
      const items = picked.map((i) => before[i]).filter((b) => b !== undefined);
      const answer = await reorderQueue(world.ctx, {
        connectionId,
        items: items.map(({ id, version }) => ({ id, version })),
      });
      const after = (await queue()).items;
      expect(after.map((a) => a.localTime)).toEqual(before.map((b) => b.localTime));
      const places = [...picked].sort((a, b) => a - b);
      expect(places.map((i) => after[i]?.id)).toEqual(items.map((i) => i.id));
      for (const [i, row] of after.entries()) {
        const old = before.find((b) => b.id === row.id);
        const moved = old?.localTime !== row.localTime;
        expect(row.version).toBe((old?.version ?? 0) + (moved ? 1 : 0));
        if (!picked.includes(i)) expect(row.id).toBe(before[i]?.id);
      }
      // Undo with the old order and the new versions.
      const versions = new Map(answer.items.map((a) => [a.id, a.version]));
      const back = places.map((i) => before[i]?.id ?? '');
      await reorderQueue(world.ctx, {
        connectionId,
        items: back.map((id) => ({ id, version: versions.get(id) ?? 0 })),
      });
      expect((await queue()).items.map((q) => q.id)).toEqual(before.map((b) => b.id));
    }),
    { numRuns: 25 },
  );
});

test('of two concurrent reorderings of a queue, the second fails with a conflict and changes nothing', async () => {
  await everyDay(db, world.ctx, connectionId, [9 * 60, 12 * 60, 18 * 60]);
  for (let i = 0; i < 3; i++) await queueUp();
  const seen = (await queue()).items.map(({ id, version }) => ({ id, version }));
  const [a, b, c] = seen;
  if (!a || !b || !c) throw new Error('expected three queued posts');
  const both = await Promise.allSettled([
    reorderQueue(world.ctx, { connectionId, items: [c, b, a] }),
    reorderQueue(world.ctx, { connectionId, items: [b, c, a] }),
  ]);
  expect(both.map((s) => s.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find((s) => s.status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  // The claim for the old time is void.
  const rows = await db.asSystem((tx) => tx.select().from(publications).where(eq(publications.id, a.id)));
  expect(rows[0]).toMatchObject({ version: 2, claimToken: null, state: 'scheduled' });
});

test('follow-ups are distinguished from posts in the queue and have no marker of their own', async () => {
  await everyDay(db, world.ctx, connectionId, [12 * 60]);
  const [post] = await queueUp();
  if (!post) throw new Error('expected one queued post');
  const createdBy = 'system:evergreen';
  const due = new Date('2026-03-03T08:00:00Z');
  const repost = await follow(post, 'repost', due, { createdBy });
  const reply = await follow(post, 'reply', new Date('2026-03-03T09:00:00Z'), { createdBy });
  expect(
    (await queue()).items.map(({ id, kind, followsId, madeBy }) => [id, kind, followsId, madeBy]),
  ).toEqual([
    [post.id, 'post', null, null],
    [repost, 'repost', post.id, null],
    [reply, 'reply', post.id, null],
  ]);
  const { marks } = await planCalendar(world.ctx, {
    from: new Date('2026-03-01T00:00:00Z'),
    to: new Date('2026-03-08T00:00:00Z'),
  });
  expect(marks).toEqual({});
  // A thread part belongs to its post. It is neither listed nor counted.
  await follow(post, 'reply', due, { requestKey: `after:${post.id}`, state: 'queued' });
  expect((await queue()).items).toHaveLength(3);
  expect((await getPlan(world.ctx)).connections[0]?.waiting).toBe(3);
});

test('reposts and follow-ups keep their time, so that no day exceeds the plan’s limit', async () => {
  world = await createWorld(db, { plan: 'free', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
  await everyDay(db, world.ctx, connectionId, [12 * 60, 13 * 60, 14 * 60, 15 * 60, 16 * 60]);
  for (let i = 0; i < 6; i++) await queueUp();
  const before = (await queue()).items;
  const [first, last] = [before[0], before[5]];
  if (!first || !last) throw new Error('expected six queued posts');
  expect(last.localTime).toBe('2026-03-03T12:00');
  const repost = await follow(first, 'repost', new Date('2026-03-02T15:30:00Z'));
  const of = (id: string) => ({ id, version: 1 });
  // Otherwise the sixth post would move to the full Monday.
  const { items } = await reorderQueue(world.ctx, { connectionId, items: [of(last.id), of(repost)] });
  expect(items).toEqual([
    { id: repost, version: 1, dueAt: new Date('2026-03-02T15:30:00Z') },
    { id: last.id, version: 1, dueAt: last.dueAt },
  ]);
  // Posts around a repost still exchange their times.
  const fifth = before[4];
  if (!fifth) throw new Error('expected six queued posts');
  await reorderQueue(world.ctx, { connectionId, items: [of(last.id), of(repost), of(fifth.id)] });
  const after = new Map((await queue()).items.map((item) => [item.id, item.localTime]));
  expect([after.get(last.id), after.get(repost), after.get(fifth.id)]).toEqual([
    fifth.localTime,
    '2026-03-02T16:30',
    last.localTime,
  ]);
});

test('refuses posts being sent, another account, another workspace and a viewer', async () => {
  await everyDay(db, world.ctx, connectionId, [12 * 60, 18 * 60]);
  await queueUp();
  await queueUp();
  const items = (await queue()).items.map(({ id, version }) => ({ id, version }));
  const viewer = await actingAs(world, 'viewer');
  await expect(reorderQueue(viewer, { connectionId, items })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const other = await addConnection(db, world.ctx);
  await expect(reorderQueue(world.ctx, { connectionId: other, items })).rejects.toMatchObject({
    code: 'not_found',
  });
  const stranger = await createWorld(db);
  await expect(reorderQueue(stranger.ctx, { connectionId, items })).rejects.toMatchObject({
    code: 'not_found',
  });
  world.clock.set('2026-03-02T11:00:01Z');
  await expect(reorderQueue(world.ctx, { connectionId, items: items.reverse() })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('the queue shows the free slots between its posts, across pages', async () => {
  await everyDay(db, world.ctx, connectionId, [12 * 60]);
  for (let i = 0; i < 5; i++) await queueUp();
  const items = (await queue()).items;
  await cancelPublication(world.ctx, { id: items[1]?.id ?? '', version: 1 });
  const first = await getQueue(world.ctx, { connectionId, limit: 2 });
  expect(first.items.map((i) => i.localTime)).toEqual(['2026-03-02T12:00', '2026-03-04T12:00']);
  expect(first.free.map((f) => f.local)).toEqual(['2026-03-03T12:00']);
  const second = await getQueue(world.ctx, { connectionId, limit: 5, cursor: first.nextCursor });
  expect(second.items.map((i) => i.localTime)).toEqual(['2026-03-05T12:00', '2026-03-06T12:00']);
  expect(second.free[0]?.local).toBe('2026-03-07T12:00');
  const { free } = await planCalendar(world.ctx, {
    from: new Date('2026-03-01T00:00:00Z'),
    to: new Date('2026-03-08T00:00:00Z'),
  });
  expect(free.map((f) => f.local)).toEqual(['2026-03-03T12:00', '2026-03-07T12:00']);
});
