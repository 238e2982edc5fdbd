import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { connections, publications } from '@/db/schema';
import { english } from '@/i18n/words';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { listApprovals } from '../approvals/queries';
import { decideAsShown } from '../approvals/testing';
import { saveDefaultFollowUpRule } from '../follow-up-rules/default-follow-up-rule';
import { setFollowUpRule } from '../follow-ups/set-follow-up-rule';
import { updatePost } from '../post-edits/update-post';
import { cancelPublication } from '../publications/cancel-publication';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { rule } from '../results/testing';
import { changeSeries } from './change-series';
import { createSeries } from './create-series';
import { endSeries } from './end-series';
import { getSeries, listSeries } from './list-series';
import { reschedulePublication } from './reschedule-publication';
import { topUpSeries, workspacesWithSeries } from './top-up-series';

let db: Db;
let world: World;
let connectionId: string;
const platform = new FakePlatform();
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  // 11:00 on Monday, 2 March, in Berlin. Daylight saving time begins on the 29th.
  world = await createWorld(db, { plan: 'pro', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
});

let keys = 0;
type Input = Parameters<typeof createSeries>[1];
async function repeat(over: Partial<Input> = {}, text = `Again ${++keys}`, ctx = world.ctx) {
  const post = await writePost(ctx, text);
  const input: Input = {
    postId: post.id,
    version: 1,
    targets: [{ connectionId }],
    unit: 'week',
    every: 1,
    weekdays: [1],
    startDay: '2026-03-02',
    time: '12:00',
    ends: { kind: 'never' },
    requestKey: `series-${++keys}`,
    ...over,
  };
  const created = await createSeries({ ...ctx, platforms: platform }, input);
  return { post, input, ...created };
}
const rows = async () =>
  (
    await db.asSystem((tx) =>
      tx.select().from(publications).where(eq(publications.workspaceId, world.workspaceId)),
    )
  ).sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
const waiting = async (id: string) => (await getSeries(world.ctx, { id })).waiting;
const topUp = () => topUpSeries({ ctx: { ...world.ctx, platforms: platform } });
const versionOf = async (id: string) => (await getSeries(world.ctx, { id })).series.version;

test('a weekly post keeps its local time across a clock change, 60 days ahead', async () => {
  const { id, made } = await repeat();
  expect(made).toBe(9);
  const own = await waiting(id);
  expect(new Set(own.map((o) => o.localTime.slice(11)))).toEqual(new Set(['12:00']));
  expect(own.map((o) => o.dueAt.toISOString().slice(5, 16))).toEqual([
    ...['03-02T11:00', '03-09T11:00', '03-16T11:00', '03-23T11:00'],
    ...['03-30T10:00', '04-06T10:00', '04-13T10:00', '04-20T10:00', '04-27T10:00'],
  ]);
});

test('a skipped hour moves to the first minute after it, with a note', async () => {
  const { id } = await repeat({ unit: 'day', weekdays: [], time: '02:30', startDay: '2026-03-28' });
  const [, skipped] = await waiting(id);
  expect(skipped).toMatchObject({ day: '2026-03-29', localTime: '2026-03-29T03:00' });
  const [shown] = (await listSeries(world.ctx, {})).items;
  expect(shown?.next[1]).toMatchObject({
    local: '2026-03-29T03:00',
    note: expect.toSay('02:30 does not exist'),
  });
  expect(shown?.rule).toEqual('Every day at 02:30');
});

test('a double click returns the first series, and topping up adds each new day once', async () => {
  const { id, input } = await repeat();
  expect((await createSeries({ ...world.ctx, platforms: platform }, input)).id).toBe(id);
  await Promise.all([topUp(), topUp()]);
  expect(await rows()).toHaveLength(9);
  world.clock.advance(14 * 86_400_000);
  await Promise.all([topUp(), topUp(), topUp()]);
  expect(new Set((await rows()).map((r) => r.localTime)).size).toBe(11);
  expect(await rows()).toHaveLength(11);
  expect(await workspacesWithSeries(db)).toContain(world.workspaceId);
});

test('creates at most 50 occurrences ahead per account, and the rule’s count covers all top-ups', async () => {
  const { id } = await repeat({ unit: 'day', ends: { kind: 'after', count: 70 } });
  expect(await waiting(id)).toHaveLength(50);
  for (let i = 0; i < 4; i++) {
    world.clock.advance(30 * 86_400_000);
    await topUp();
  }
  expect(await rows()).toHaveLength(70);
  expect((await rows()).at(-1)?.localTime).toBe('2026-05-10T12:00');
  expect((await getSeries(world.ctx, { id })).series.state).toBe('ended');
});

test('does not recreate an occurrence that was cancelled or moved by hand', async () => {
  const { id } = await repeat();
  const [first, second] = await waiting(id);
  await cancelPublication(world.ctx, { id: first?.id ?? '', version: 1 });
  await reschedulePublication(world.ctx, { id: second?.id ?? '', version: 1, local: '2026-03-10T15:00' });
  await topUp();
  expect((await rows()).map((r) => [r.state, r.localTime]).slice(0, 2)).toEqual([
    ['cancelled', '2026-03-02T12:00'],
    ['scheduled', '2026-03-10T15:00'],
  ]);
  expect(await rows()).toHaveLength(9);
});

test('moving a whole series leaves occurrences that were moved by hand, and increments the versions', async () => {
  const { id } = await repeat();
  const [, second] = await waiting(id);
  await reschedulePublication(world.ctx, { id: second?.id ?? '', version: 1, local: '2026-03-09T15:00' });
  const { changed } = await changeSeries(
    { ...world.ctx, platforms: platform },
    { id, version: 1, scope: { kind: 'all' }, time: '18:30' },
  );
  expect(changed).toBe(8);
  const after = await waiting(id);
  expect(after.map((o) => o.localTime).slice(0, 3)).toEqual([
    '2026-03-02T18:30',
    '2026-03-09T15:00',
    '2026-03-16T18:30',
  ]);
  expect(after.every((o) => o.version === 2)).toBe(true);
  await topUp();
  expect(await rows()).toHaveLength(9);
  await expect(
    changeSeries(
      { ...world.ctx, platforms: platform },
      { id, version: 1, scope: { kind: 'all' }, time: '09:00' },
    ),
  ).rejects.toMatchObject({ code: 'conflict' });
});

test('changing this and later days splits the series, and both parts share its count', async () => {
  const { id } = await repeat({ ends: { kind: 'after', count: 6 } });
  const later = await changeSeries(
    { ...world.ctx, platforms: platform },
    { id, version: 1, scope: { kind: 'later', day: '2026-03-23' }, time: '09:15' },
  );
  expect(later.id).not.toBe(id);
  expect((await waiting(id)).map((o) => o.localTime)).toEqual(
    ['02', '09', '16'].map((d) => `2026-03-${d}T12:00`),
  );
  expect((await waiting(later.id)).map((o) => o.localTime)).toEqual([
    '2026-03-23T09:15',
    '2026-03-30T09:15',
    '2026-04-06T09:15',
  ]);
  await topUp();
  expect(await rows()).toHaveLength(6);
  await expect(
    changeSeries(
      { ...world.ctx, platforms: platform },
      { id, version: await versionOf(id), scope: { kind: 'later', day: '2026-03-24' }, time: '09:15' },
    ),
  ).rejects.toMatchObject({ code: 'invalid' });
});

test('ending a series from a day on or entirely cancels pending occurrences and leaves published ones', async () => {
  const { id } = await repeat();
  const [first] = await rows();
  await db.asSystem((tx) =>
    tx
      .update(publications)
      .set({ state: 'published' })
      .where(eq(publications.id, first?.id ?? '')),
  );
  expect(await endSeries(world.ctx, { id, version: 1, scope: { kind: 'later', day: '2026-03-30' } })).toEqual(
    { cancelled: 5 },
  );
  expect((await waiting(id)).map((o) => o.day)).toEqual(['2026-03-09', '2026-03-16', '2026-03-23']);
  expect(await endSeries(world.ctx, { id, version: 2, scope: { kind: 'all' } })).toEqual({
    cancelled: 3,
  });
  await topUp();
  const states = (await rows()).map((r) => r.state);
  expect(states.filter((s) => s === 'published')).toHaveLength(1);
  expect(states.filter((s) => s === 'cancelled')).toHaveLength(8);
  await expect(endSeries(world.ctx, { id, version: 3, scope: { kind: 'all' } })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('an edit from one day on and the newest text for more occurrences keep the times', async () => {
  const { id, post } = await repeat({}, 'Old words');
  await updatePost(world.ctx, {
    id: post.id,
    version: 1,
    variants: [{ platform: 'x', text: 'New words' }],
    from: '2026-04-06',
  });
  expect((await rows()).map((r) => r.text)).toEqual([
    ...Array(5).fill('Old words'),
    ...Array(4).fill('New words'),
  ]);
  const before = (await waiting(id)).map((o) => o.localTime);
  await changeSeries(
    { ...world.ctx, platforms: platform },
    { id, version: 1, scope: { kind: 'later', day: '2026-03-16' }, newestText: true },
  );
  const live = (await rows()).filter((r) => r.state === 'scheduled');
  expect(live.map((r) => r.localTime)).toEqual(before);
  expect(live.map((r) => r.text)).toEqual(['Old words', 'Old words', ...Array(7).fill('New words')]);
});

test('the newest text keeps the follow-up rule of each day', async () => {
  await saveDefaultFollowUpRule(
    { ...world.ctx, platforms: platform },
    { followUpRule: rule({ atLeast: 50 }), seen: null },
  );
  const { id, post } = await repeat({}, 'Old words');
  const [first, second] = await rows();
  await setFollowUpRule(
    { ...world.ctx, platforms: platform },
    { id: first?.id ?? '', followUpRule: rule({ atLeast: 7 }) },
  );
  await setFollowUpRule({ ...world.ctx, platforms: platform }, { id: second?.id ?? '', followUpRule: null });
  await updatePost(world.ctx, { id: post.id, version: 1, variants: [{ platform: 'x', text: 'New words' }] });
  await changeSeries(
    { ...world.ctx, platforms: platform },
    { id, version: 1, scope: { kind: 'all' }, newestText: true },
  );
  const live = (await rows()).filter((r) => r.state === 'scheduled');
  expect(live.map((r) => r.text)).toEqual(Array(9).fill('New words'));
  expect(live.map((r) => r.followUpRule?.atLeast ?? null)).toEqual([7, null, ...Array(7).fill(50)]);
});

test('where posts need approval, one approval covers the series including later occurrences', async () => {
  await setReview(db, world.ctx, 'review_first');
  const operator = await actingAs(world, 'operator');
  const { id } = await repeat({}, 'Asked', operator);
  expect(new Set((await rows()).map((r) => r.state))).toEqual(new Set(['awaiting_approval']));
  const open = await listApprovals(world.ctx, {});
  expect(open).toHaveLength(1);
  await decideAsShown(world.ctx, open[0]?.id ?? '', 'approve');
  world.clock.advance(7 * 86_400_000);
  await topUp();
  expect((await rows()).map((r) => r.state)).toEqual(Array(10).fill('scheduled'));
  // A newer text needs approval again.
  await changeSeries(
    { ...operator, platforms: platform },
    { id, version: await versionOf(id), scope: { kind: 'all' }, newestText: true },
  );
  expect(await listApprovals(world.ctx, {})).toHaveLength(1);
  const rejected = await repeat({}, 'Refused', operator);
  const all = await listApprovals(world.ctx, {});
  for (const approval of all) await decideAsShown(world.ctx, approval.id, 'reject');
  await topUp();
  expect((await getSeries(world.ctx, { id: rejected.id })).series).toMatchObject({
    state: 'ended',
    problem: 'It ended because its posts were not approved.',
  });
});

test('a repeated post that is approved weeks late is published once, not once for each week', async () => {
  await setReview(db, world.ctx, 'review_first');
  await repeat({}, 'Late', await actingAs(world, 'operator'));
  world.clock.advance(15 * 86_400_000);
  const [open] = await listApprovals(world.ctx, {});
  await decideAsShown(world.ctx, open?.id ?? '', 'approve');
  const all = await rows();
  expect(all.filter((r) => r.state === 'cancelled').map((r) => r.localTime)).toEqual([
    '2026-03-02T12:00',
    '2026-03-09T12:00',
  ]);
  expect(all.filter((r) => r.state === 'scheduled' && r.dueAt <= world.clock.now())).toHaveLength(1);
});

test('days on which the plan is full and accounts that need attention are reported and retried', async () => {
  world = await createWorld(db, { plan: 'free', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
  for (let i = 0; i < 5; i++) await repeat({ weekdays: [3], time: `1${i}:00` });
  const { id, made } = await repeat({ unit: 'day', weekdays: [], ends: { kind: 'on', day: '2026-03-08' } });
  expect(made).toBe(6);
  const { series } = await getSeries(world.ctx, { id });
  expect(series.problem).toSay('limit for 4 Mar 2026 is reached');
  const wednesday = (await rows()).find((r) => r.localTime === '2026-03-04T10:00');
  await cancelPublication(world.ctx, { id: wednesday?.id ?? '', version: 1 });
  expect(await topUp()).toEqual({ made: 1 });
  expect((await getSeries(world.ctx, { id })).series.problem).toBeNull();
  await db.asSystem((tx) =>
    tx.update(connections).set({ status: 'needs_reconnect' }).where(eq(connections.id, connectionId)),
  );
  world.clock.advance(2 * 86_400_000);
  await topUp();
  expect(
    (await listSeries(world.ctx, {})).items.some(
      (s) => s.problem && english(s.problem).includes('Reconnect'),
    ),
  ).toBe(true);
});

test('refuses invalid rules with their field, a viewer and another workspace', async () => {
  await expect(repeat({ weekdays: [] })).rejects.toMatchObject({
    fields: { weekdays: 'Choose at least one day.' },
  });
  await expect(repeat({ ends: { kind: 'on', day: '2026-03-01' } })).rejects.toMatchObject({
    code: 'invalid',
  });
  await expect(
    repeat({ startDay: '2026-02-01', ends: { kind: 'on', day: '2026-02-28' } }),
  ).rejects.toMatchObject({
    fields: { startDay: 'All of these times have passed. Choose a later start or end.' },
  });
  await expect(repeat({ startDay: '2026-02-30' })).rejects.toThrow();
  expect(await rows()).toEqual([]);
  const { id } = await repeat();
  const scope = { kind: 'all' } as const;
  await expect(endSeries(await actingAs(world, 'viewer'), { id, version: 1, scope })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const stranger = await createWorld(db);
  await expect(endSeries(stranger.ctx, { id, version: 1, scope })).rejects.toMatchObject({
    code: 'not_found',
  });
});
