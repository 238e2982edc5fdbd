import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Db } from '@/db/client';
import { actions, alerts, connections, publicationAttempts, publications } from '@/db/schema';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { claimDue } from '@/server/domains/due/claim-due';
import { ManualClock } from '@/server/foundation/clock';
import { inEnglish } from '@/server/foundation/facts';
import { freshDb } from '@/tests/support/db';
import { schedulePost } from '@/tests/support/publisher';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { decideApproval } from '../approvals/decide-approval';
import { checkConnection } from '../connections/check-connection';
import { disconnect } from '../connections/disconnect';
import { setTransport } from '../connections/load-target';
import { availablePlatforms, listConnections } from '../connections/queries';
import { signInWithFields } from '../connections/sign-in';
import { updatePost } from '../post-edits/update-post';
import { stopEverything } from '../posting-control/stop-everything';
import { stopPosting } from '../posting-control/stop-posting';
import { undoStop } from '../posting-control/undo-stop';
import { createPost } from '../posts/create-post';
import { cancelPublication } from '../publications/cancel-publication';
import { getPublication } from '../publications/queries';
import { lookUpPublication } from '../publisher/look-up-publication';
import { publishDue } from '../publisher/publish-due';
import { recoverStuck } from '../publisher/recover-stuck';
import { setReview } from '../publisher/testing';
import { listTodo } from '../todo/queries';
import { remindOfWork } from '../todo/remind-of-work';
import { completeAsShown } from '../todo/testing';

vi.mock('@/server/connectors/generated/ids', async (original) => {
  const { PLATFORM_IDS } = await original<{ PLATFORM_IDS: readonly string[] }>();
  return { PLATFORM_IDS: [...PLATFORM_IDS, 'handmade'] };
});
vi.mock('@/server/connectors/generated/faces', async (original) => ({
  faces: {
    ...(await original<{ faces: object }>()).faces,
    handmade: (await import('./test-manual-platform')).HANDMADE,
  },
}));
vi.mock('@/server/connectors/generated/manifests', async (original) => ({
  manifests: {
    ...(await original<{ manifests: object }>()).manifests,
    handmade: (await import('./test-manual-platform')).HANDMADE,
  },
}));

const HANDMADE_ID = 'handmade' as PlatformId;
const HOUR = 3_600_000;
let db: Db;
let w: World;
let on: string;
let sent = 0;
beforeAll(async () => {
  db = await freshDb();
  setTransport(async () => {
    sent++;
    throw new Error('nothing may be sent');
  });
});
afterAll(async () => {
  setTransport(undefined);
  await db.close();
});
const connect = (profile: string) => signInWithFields(w.ctx, { platform: HANDMADE_ID, values: { profile } });
beforeEach(async () => {
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
  w = await createWorld(db, {
    plan: 'agency',
    timeZone: 'UTC',
    clock: new ManualClock('2026-03-02T10:00:00Z'),
  });
  await setReview(db, w.ctx, 'post_at_once');
  sent = 0;
  on = (await connect('handmade.test/@mira')).connectionIds[0] ?? '';
});

const write = (text = 'A story') =>
  createPost(w.ctx, {
    title: text,
    variants: [{ platform: HANDMADE_ID, text, link: 'https://example.com/a' }],
  });
const schedule = async (text?: string, at?: string) =>
  schedulePost({ ctx: w.ctx }, { post: await write(text), on, at });
const run = async () => {
  await claimDue({ db, clock: w.clock });
  return publishDue({ ctx: w.ctx, input: { connectionId: on } });
};
const state = (id: string) => getPublication(w.ctx, { id });
const todo = async () => (await listTodo(w.ctx)).actions;
const task = async () => {
  const [action] = await todo();
  if (!action) throw new Error('there is no task');
  return action;
};
const openAlerts = () =>
  db
    .asSystem((tx) => tx.select().from(alerts).where(eq(alerts.workspaceId, w.workspaceId)))
    .then((all) => all.filter(({ resolved }) => !resolved));

test('an account is connected by the address of its page, without a sign-in', async () => {
  expect(await connect('https://www.HANDMADE.test/@mira')).toMatchObject({
    code: 'renewed',
    connectionIds: [on],
  });
  for (const wrong of ['', 'elsewhere.test/@mira', 'https://handmade.test/', 'not an address'])
    await expect(connect(wrong)).rejects.toMatchObject({
      code: 'invalid',
      fields: { 'values.profile': expect.anything() },
    });
  const [row] = await listConnections(w.ctx);
  expect(row).toMatchObject({
    remoteName: '@mira',
    remoteUrl: 'https://handmade.test/@mira',
    environment: 'live',
  });
  const offered = (await availablePlatforms(w.ctx)).find(({ id }) => id === HANDMADE_ID);
  expect(offered).toMatchObject({ state: 'connectable', environments: ['live'] });
  expect(offered?.signIn.fields.map(({ id, secret }) => [id, secret])).toEqual([['profile', false]]);
  expect(await checkConnection(w.ctx, { id: on })).toMatchObject({ ok: true });
  expect(await disconnect(w.ctx, { id: on })).toMatchObject({ access: 'ended' });
  expect(await checkConnection(w.ctx, { id: on })).toMatchObject({ ok: false });
  expect(sent).toBe(0);
});

test('a post that is due becomes a task with its steps, text and files, and is published at the URL that is given', async () => {
  const { id } = await schedule('A story');
  expect(await todo()).toEqual([]);
  expect(await run()).toMatchObject({ handedOver: 1, published: 0 });
  expect(await state(id)).toMatchObject({ state: 'handed_over', permalink: null });
  const action = await task();
  expect(action.work).toMatchObject({
    editor: 'https://handmade.test/new',
    text: 'A story\n\nhttps://example.com/a',
    media: [],
  });
  expect(inEnglish(action.title)).toContain('“A story”');
  expect(inEnglish(action.work?.steps ?? '').split('\n')).toHaveLength(2);
  expect(action.deadlineAt).toEqual(new Date(w.clock.now().getTime() + 24 * HOUR));
  for (const permalink of [
    undefined,
    'https://elsewhere.test/@mira/story-4711',
    'https://handmade.test/@mira',
  ])
    await expect(
      completeAsShown(w.ctx, { id: action.id, answer: 'posted', ...(permalink ? { permalink } : {}) }),
    ).rejects.toMatchObject({ code: 'invalid', fields: { permalink: expect.anything() } });
  await completeAsShown(w.ctx, {
    id: action.id,
    answer: 'posted',
    permalink: 'handmade.test/@mira/story-4711',
  });
  expect(await state(id)).toMatchObject({
    state: 'published',
    permalink: 'https://handmade.test/@mira/story-4711',
    publishedAt: w.clock.now(),
    known: true,
  });
  expect(await todo()).toEqual([]);
  await expect(completeAsShown(w.ctx, { id: action.id, answer: 'not_posted' })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(sent).toBe(0);
});

test('two posts cannot be at one URL, and the lane does not wait for an answer', async () => {
  const all = [await schedule('One'), await schedule('Two')];
  expect(await run()).toMatchObject({ handedOver: 2 });
  const [one, two] = await todo();
  const permalink = 'https://handmade.test/@mira/story-4711';
  await completeAsShown(w.ctx, { id: one?.id ?? '', answer: 'posted', permalink });
  await expect(
    completeAsShown(w.ctx, { id: two?.id ?? '', answer: 'posted', permalink }),
  ).rejects.toMatchObject({ code: 'invalid' });
  const states = await Promise.all(all.map(async ({ id }) => (await state(id)).state));
  expect(states.sort()).toEqual(['handed_over', 'published']);
});

test('a post that nobody made is cancelled, and one that is cancelled is asked for no more', async () => {
  const first = await schedule('One');
  await run();
  await completeAsShown(w.ctx, { id: (await task()).id, answer: 'not_posted' });
  expect((await state(first.id)).state).toBe('cancelled');
  const second = await schedule('Two');
  await run();
  const { version } = await state(second.id);
  await cancelPublication(w.ctx, { id: second.id, version });
  expect(await todo()).toEqual([]);
  expect((await state(second.id)).state).toBe('cancelled');
});

test('a reminder is raised once after the deadline, and ends with the task', async () => {
  const { id } = await schedule();
  await run();
  const remind = () => remindOfWork({ db, now: w.clock.now(), ctxOf: async () => w.ctx });
  expect(await remind()).toMatchObject({ reminded: 0 });
  w.clock.advance(24 * HOUR);
  expect(await remind()).toEqual({ reminded: 1, failed: 0 });
  expect(await remind()).toEqual({ reminded: 0, failed: 0 });
  const [alert] = await openAlerts();
  expect(alert).toMatchObject({ key: `publication:${id}:by-hand`, href: `/todo#${(await task()).id}` });
  // Dismissed, it does not come back.
  await db.asSystem((tx) => tx.update(alerts).set({ resolved: true, resolvedAt: w.clock.now() }));
  expect(await remind()).toEqual({ reminded: 0, failed: 0 });
  expect(await openAlerts()).toEqual([]);
  await completeAsShown(w.ctx, { id: (await task()).id, answer: 'not_posted' });
  expect(await openAlerts()).toEqual([]);
});

test('nobody is asked while everything is stopped, and clearing the queue takes the task back until that is undone', async () => {
  const waiting = await schedule('Later', '2026-03-02T11:00');
  const { id } = await schedule('Now');
  await run();
  expect(await todo()).toHaveLength(1);
  const stopped = await stopPosting(w.ctx);
  expect(stopped.stop?.count).toBe(2);
  expect(await todo()).toEqual([]);
  expect((await state(id)).state).toBe('cancelled');
  await undoStop(w.ctx, { id: stopped.stop?.id ?? '' });
  expect((await state(id)).state).toBe('scheduled');
  await stopEverything(w.ctx);
  w.clock.advance(HOUR);
  expect(await run()).toMatchObject({ published: 0 });
  expect(await todo()).toEqual([]);
  expect((await state(waiting.id)).state).toBe('scheduled');
});

test('a post that has to be approved is asked for only after that', async () => {
  await setReview(db, w.ctx, 'review_first');
  const operator = await actingAs(w, 'operator');
  const { id, approvalId } = await schedulePost({ ctx: operator }, { post: await write(), on });
  expect(await run()).toMatchObject({ published: 0 });
  expect((await state(id)).state).toBe('awaiting_approval');
  const [approval] = (await listTodo(w.ctx)).approvals;
  await decideApproval(w.ctx, {
    id: approvalId ?? '',
    decision: 'approve',
    fingerprint: approval?.fingerprint ?? '',
  });
  expect(await run()).toMatchObject({ handedOver: 1 });
});

test('a post that a person was asked to make is not edited behind their back', async () => {
  const post = await write('As asked');
  await schedulePost({ ctx: w.ctx }, { post, on });
  await run();
  await expect(
    updatePost(w.ctx, {
      id: post.id,
      version: 1,
      title: post.title,
      variants: [{ platform: HANDMADE_ID, text: 'Changed' }],
    }),
  ).rejects.toMatchObject({ code: 'conflict' });
  expect((await task()).work?.text).toContain('As asked');
});

test('a process that ends before it asked leaves a post that is asked for later, once', async () => {
  const { id } = await schedule();
  await claimDue({ db, clock: w.clock });
  // What a start leaves behind if the process ends right after it.
  await db.asSystem(async (tx) => {
    const [row] = await tx.select().from(publications).where(eq(publications.id, id));
    await tx
      .update(publications)
      .set({ state: 'publishing', attempts: 1, claimedUntil: new Date(w.clock.now().getTime() + 60_000) })
      .where(eq(publications.id, id));
    await tx.insert(publicationAttempts).values({
      id: 'att_by_hand',
      workspaceId: row?.workspaceId ?? '',
      publicationId: id,
      number: 1,
      startedAt: w.clock.now(),
    });
  });
  for (let i = 0; i < 10 && (await state(id)).state !== 'handed_over'; i++) {
    w.clock.advance(90_000);
    const { lookUps } = await recoverStuck({ db, clock: w.clock });
    for (const input of lookUps) await lookUpPublication({ ctx: w.ctx, input });
    await run();
  }
  expect((await state(id)).state).toBe('handed_over');
  expect(await todo()).toHaveLength(1);
  expect(sent).toBe(0);
});

test('a post on an account that was disconnected fails with that reason, and nobody is asked', async () => {
  const { id } = await schedule();
  await db.asSystem((tx) =>
    tx.update(connections).set({ status: 'needs_reconnect' }).where(eq(connections.id, on)),
  );
  expect(await run()).toMatchObject({ failed: 1 });
  expect((await state(id)).state).toBe('failed');
  const open = await db.asSystem((tx) => tx.select().from(actions).where(eq(actions.subjectId, id)));
  expect(open).toEqual([]);
});
