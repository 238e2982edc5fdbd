import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { connections, emails, publications } from '@/db/schema';
import { translatorFor } from '@/i18n/words';
import { refusalOf } from '@/server/foundation/refusal';
import { systemActor } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { readMails } from '@/tests/support/mails';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { actOnDeadlines } from '../approvals/act-on-deadlines';
import { readByLink } from '../approvals/decide-by-link';
import { linkPage } from '../approvals/link-page';
import { listApprovals } from '../approvals/queries';
import { decideAsShown, pressLink } from '../approvals/testing';
import { updatePost } from '../post-edits/update-post';
import { cancelPublication } from '../publications/cancel-publication';
import { listPublications } from '../publications/queries';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { reschedulePublication } from './reschedule-publication';
import { schedulePublications } from './schedule-publications';

const linkWords = translatorFor('en', 'approvalLink');

let db: Db;
let world: World;
let connectionId: string;
const platform = new FakePlatform();
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  world = await createWorld(db, { plan: 'free', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
});

let keys = 0;
async function schedule(options: { text?: string; local?: string; key?: string; to?: string } = {}) {
  const post = await writePost(world.ctx, options.text ?? `Post ${++keys}`);
  const input = {
    postId: post.id,
    version: 1,
    targets: [{ connectionId: options.to ?? connectionId }],
    when: options.local ? ({ kind: 'at', local: options.local } as const) : ({ kind: 'now' } as const),
    requestKey: options.key ?? `key-${++keys}-000`,
  };
  return {
    post,
    input,
    make: (ctx = world.ctx) => schedulePublications({ ...ctx, platforms: platform }, input),
  };
}
const rows = async () => (await listPublications(world.ctx, {})).items;

test('concurrent double clicks create one row, and a third click returns it', async () => {
  const { make } = await schedule();
  const [a, b] = await Promise.all([make(), make()]);
  expect(a.map((p) => p.id)).toEqual(b.map((p) => p.id));
  expect(await make()).toEqual(a);
  expect(await rows()).toHaveLength(1);
});

test('refuses the past, a skipped hour and an invalid date, and stores nothing', async () => {
  for (const local of ['2026-03-02T10:00', '2026-03-29T02:30', '2026-02-30T10:00']) {
    const { make } = await schedule({ local });
    expect(refusalOf(await make().catch((error: unknown) => error))).toMatchObject({ code: 'invalid' });
  }
  expect(await rows()).toEqual([]);
});

test('uses the first of a repeated hour, with a note', async () => {
  const { make } = await schedule({ local: '2026-10-25T02:30' });
  const [publication] = await make();
  expect(publication?.dueAt.toISOString()).toBe('2026-10-25T00:30:00.000Z');
  expect(publication?.note).toSay('twice');
});

test('refuses what cannot be published, and names the invalid field', async () => {
  const long = await schedule({ text: 'x'.repeat(281) });
  await expect(long.make()).rejects.toMatchObject({
    code: 'invalid',
    fields: { 'variants.x': 'X allows 280 characters, and this has 281.' },
  });
  const empty = await schedule({ text: '   ' });
  await expect(empty.make()).rejects.toMatchObject({ code: 'invalid' });
  const other = await schedule({ to: await addConnection(db, world.ctx, 'facebook') });
  await expect(other.make()).rejects.toMatchObject({
    fields: { 'variants.facebook': 'Write a text for FACEBOOK first.' },
  });
  await db.asSystem((tx) =>
    tx.update(connections).set({ status: 'needs_reconnect' }).where(eq(connections.id, connectionId)),
  );
  const broken = await schedule();
  await expect(broken.make()).rejects.toMatchObject({ code: 'invalid' });
  const stranger = await createWorld(db);
  const foreign = await schedule({ to: await addConnection(db, stranger.ctx) });
  await expect(foreign.make()).rejects.toMatchObject({ code: 'not_found' });
});

test('the plan counts posts by local day, and concurrent requests cannot both take the last place', async () => {
  for (let i = 0; i < 4; i++) await (await schedule({ local: `2026-03-03T0${i}:30` })).make();
  // 23:30 UTC on the 2nd is already the 3rd in Berlin.
  const last = [await schedule({ local: '2026-03-03T00:05' }), await schedule({ local: '2026-03-03T23:55' })];
  const settled = await Promise.allSettled(last.map((l) => l.make()));
  expect(settled.map((s) => s.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(settled.find((s) => s.status === 'rejected')).toMatchObject({ reason: { code: 'limit_reached' } });
  const [next] = await (await schedule({ local: '2026-03-04T00:05' })).make();
  // Moving does not bypass the limit, and cancelling frees a place.
  const move = { id: next?.id ?? '', version: 1, local: '2026-03-03T12:00' };
  await expect(reschedulePublication(world.ctx, move)).rejects.toMatchObject({
    code: 'limit_reached',
  });
  const [first] = await rows();
  await cancelPublication(world.ctx, { id: first?.id ?? '', version: 1 });
  expect((await reschedulePublication(world.ctx, move)).version).toBe(2);
});

test('of two concurrent edits of a post, the second receives the newer text in a conflict', async () => {
  const { post, make } = await schedule();
  await updatePost(world.ctx, { id: post.id, version: 1, variants: [{ platform: 'x', text: 'mine' }] });
  await expect(
    updatePost(await actingAs(world, 'operator'), {
      id: post.id,
      version: 1,
      variants: [{ platform: 'x', text: 'theirs' }],
    }),
  ).rejects.toMatchObject({
    code: 'conflict',
    fields: { 'variants.x': 'mine' },
    details: { version: 2 },
  });
  // Nor can a user who has not seen the newer text send an older one.
  await expect(make()).rejects.toMatchObject({ code: 'conflict' });
});

test('refuses a stale cancellation and a viewer', async () => {
  const [publication] = await (await schedule({ local: '2026-03-03T12:00' })).make();
  const id = publication?.id ?? '';
  await reschedulePublication(world.ctx, { id, version: 1, local: '2026-03-03T13:00' });
  await expect(cancelPublication(world.ctx, { id, version: 1 })).rejects.toMatchObject({
    code: 'conflict',
  });
  const viewer = await actingAs(world, 'viewer');
  await expect(cancelPublication(viewer, { id, version: 2 })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

/** A post awaiting approval, with the link token from the owner's e-mail. */
async function reviewed(policy: 'approve' | 'reject' | 'keep', local?: string) {
  await setReview(db, world.ctx, 'review_first', policy);
  const [publication] = await (await schedule(local ? { local } : {})).make(
    await actingAs(world, 'operator'),
  );
  const [approval] = await listApprovals(world.ctx, {});
  const [mail] = await readMails(db, eq(emails.key, `approval-requested:${approval?.id}:${world.userId}`));
  const token = /api\/approvals\/([\w.-]+)/.exec(mail?.html ?? '')?.[1] ?? '';
  if (!publication || !approval) throw new Error('no open approval');
  return { made: publication, approval, token, to: mail?.toAddress };
}
const stateOf = async (id: string) => {
  const [row] = await db.asSystem((tx) => tx.select().from(publications).where(eq(publications.id, id)));
  return row;
};
const deadlines = () =>
  actOnDeadlines({
    db,
    now: world.clock.now(),
    ctxOf: async () => ({ ...world.ctx, actor: systemActor('deadline') }),
  });

test('a post awaiting approval is due now when it is approved after its time', async () => {
  const { made, approval } = await reviewed('keep', '2026-03-02T12:00');
  expect(made.state).toBe('awaiting_approval');
  world.clock.set('2026-03-02T15:00:00Z');
  const operator = await actingAs(world, 'operator');
  await expect(decideAsShown(operator, approval.id, 'approve')).rejects.toMatchObject({ code: 'forbidden' });
  const both = await Promise.allSettled([
    decideAsShown(world.ctx, approval.id, 'approve'),
    decideAsShown(world.ctx, approval.id, 'approve'),
  ]);
  expect(both.filter((b) => b.status === 'fulfilled')).toHaveLength(1);
  expect(both.find((b) => b.status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  expect(await stateOf(made.id)).toMatchObject({
    state: 'scheduled',
    dueAt: world.clock.now(),
    localTime: '2026-03-02T16:00',
  });
});

test.each([
  ['approve', { approved: 1, rejected: 0, kept: 0 }, 'scheduled'],
  ['reject', { approved: 0, rejected: 1, kept: 0 }, 'cancelled'],
  ['keep', { approved: 0, rejected: 0, kept: 1 }, 'awaiting_approval'],
] as const)('the deadline acts exactly once: %s', async (policy, counts, state) => {
  const { made, approval } = await reviewed(policy);
  expect(await deadlines()).toEqual({ approved: 0, rejected: 0, kept: 0, failed: 0 });
  world.clock.advance(24 * 3_600_000);
  const [a, b] = await Promise.all([deadlines(), deadlines()]);
  expect({
    approved: a.approved + b.approved,
    rejected: a.rejected + b.rejected,
    kept: a.kept + b.kept,
  }).toEqual(counts);
  expect(await deadlines()).toEqual({ approved: 0, rejected: 0, kept: 0, failed: 0 });
  expect((await stateOf(made.id))?.state).toBe(state);
  const late = decideAsShown(world.ctx, approval.id, 'approve');
  if (policy === 'keep') {
    await late;
    expect((await stateOf(made.id))?.state).toBe('scheduled');
  } else await expect(late).rejects.toMatchObject({ code: 'conflict' });
});

test('opening an e-mail link decides nothing, and pressing decides once; forged, expired and foreign links are distinguished', async () => {
  const { made, token, to } = await reviewed('reject');
  expect(to).toBe(world.email);
  const gate = world.services;
  const shown = await readByLink(gate, token);
  expect(shown.kind).toBe('open');
  const page = linkPage(shown, { appUrl: 'https://app.test', preferred: 'approve', words: linkWords });
  expect(page.html).toContain(made.text);
  expect((await stateOf(made.id))?.state).toBe('awaiting_approval');
  expect((await readByLink(gate, `${token}x`)).kind).toBe('forged');
  expect((await readByLink(gate, 'e30.e30')).kind).toBe('forged');
  expect((await pressLink(gate, token, 'approve')).kind).toBe('decided');
  expect((await stateOf(made.id))?.state).toBe('scheduled');
  expect((await pressLink(gate, token, 'reject')).kind).toBe('over');
  expect((await stateOf(made.id))?.state).toBe('scheduled');

  const late = await reviewed('reject');
  world.clock.advance(24 * 3_600_000 + 1);
  expect((await pressLink(gate, late.token, 'approve')).kind).toBe('expired');
  expect((await stateOf(late.made.id))?.state).toBe('awaiting_approval');
});

test('the page escapes hostile text', async () => {
  await setReview(db, world.ctx, 'review_first');
  await (await schedule({ text: '<script>alert(1)</script>' })).make(await actingAs(world, 'operator'));
  const [approval] = await listApprovals(world.ctx, {});
  if (!approval) throw new Error('no open approval');
  const page = linkPage(
    { kind: 'open', approval },
    { appUrl: 'https://app.test', preferred: 'approve', words: linkWords },
  );
  expect(page.html).not.toContain('<script>');
});

test('withdraws an approval when all of its posts are cancelled', async () => {
  const { made, approval } = await reviewed('keep');
  await cancelPublication(world.ctx, { id: made.id, version: 1 });
  expect(await listApprovals(world.ctx, { state: 'withdrawn' })).toMatchObject([{ id: approval.id }]);
});
