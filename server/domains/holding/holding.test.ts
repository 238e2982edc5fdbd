import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import {
  actions,
  alerts,
  approvals,
  emails,
  postingSettings,
  publicationAttempts,
  publications,
  workspaces,
} from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { actingAs, addMember, createWorld, type World } from '@/tests/support/world';
import { callPlatform } from '../connections/call-platform';
import { answerMissed } from '../publishing/answer-missed';
import { cancelPublication } from '../publishing/cancel-publication';
import { claimDue } from '../publishing/claim-due';
import { publishDue } from '../publishing/publish-due';
import { getPublication } from '../publishing/queries';
import { recoverStuck } from '../publishing/recover-stuck';
import { schedulePublications } from '../publishing/schedule-publications';
import type { Publication } from '../publishing/schemas';
import { addConnection, FakePlatform, setReview, writePost } from '../publishing/testing';
import { completeAction } from '../todo/complete-action';
import { dismissAction } from '../todo/dismiss-action';
import { listTodo } from '../todo/queries';
import { pausePosting } from './pause-posting';
import { getPosting } from './queries';
import { startPosting } from './start-posting';
import { stopEverything } from './stop-everything';
import { stopPosting } from './stop-posting';
import { tellOfUntoldStops } from './tell-members';
import { undoStop } from './undo-stop';

let db: Db;
let world: World;
let platform: FakePlatform;
let connectionId: string;
let keys = 0;

beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
  await db.asSystem((tx) => tx.update(workspaces).set({ heldAt: null, heldFor: null, heldBy: null }));
  world = await createWorld(db, { plan: 'agency', timeZone: 'Europe/Berlin' });
  await setReview(db, world.ctx, 'post_at_once');
  platform = new FakePlatform();
  connectionId = await addConnection(db, world.ctx);
});

const MINUTE = 60_000;
const at = (minutes: number): Date => new Date(world.clock.now().getTime() + minutes * MINUTE);
const local = (date: Date): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'short' })
    .format(date)
    .replace(' ', 'T');

async function schedule(inMinutes: number, where = connectionId): Promise<Publication> {
  const post = await writePost(world.ctx, `Post ${++keys}`);
  const [made] = await schedulePublications({
    ctx: world.ctx,
    platform,
    input: {
      postId: post.id,
      version: 1,
      targets: [{ connectionId: where }],
      when: inMinutes === 0 ? { kind: 'now' } : { kind: 'at', local: local(at(inMinutes)) },
      requestKey: `holding-${++keys}`,
    },
  });
  if (!made) throw new Error('nothing was scheduled');
  return made;
}
const state = async (id: string) => (await getPublication({ ctx: world.ctx, input: { id } })).state;
const rule = (missedPolicy: 'post' | 'skip' | 'ask', missedMinutes = 120) =>
  db.asSystem((tx) =>
    tx
      .update(postingSettings)
      .set({ missedPolicy, missedMinutes })
      .where(eq(postingSettings.workspaceId, world.workspaceId)),
  );
/** A sweep, and what follows from it. */
async function turn() {
  const claims = await claimDue({ db, clock: world.clock });
  for (const line of new Set(claims.map((c) => c.connectionId)))
    await publishDue({ ctx: world.ctx, input: { connectionId: line }, platform });
  await recoverStuck({ db, clock: world.clock });
  return claims;
}
const questions = async () => (await listTodo({ ctx: world.ctx })).actions;

describe('pause and start', () => {
  test('nothing goes out while paused, the queue is kept, and what was claimed is given back', async () => {
    const [now, later] = [await schedule(0), await schedule(30)];
    await claimDue({ db, clock: world.clock });
    expect(await state(now.id)).toBe('queued');
    const paused = await pausePosting({ ctx: world.ctx });
    expect(paused).toMatchObject({ hold: { kind: 'pause', by: 'Test owner', sending: 0 }, waiting: 2 });
    expect([await state(now.id), await state(later.id)]).toEqual(['scheduled', 'scheduled']);
    // The run that was told of the claim comes anyway, and sweeps go on.
    await publishDue({ ctx: world.ctx, input: { connectionId }, platform });
    expect(await turn()).toEqual([]);
    expect(platform.posts).toEqual([]);
    // Writing and scheduling go on.
    await schedule(45);
    world.clock.advance(10 * MINUTE);
    const started = await startPosting({ ctx: world.ctx });
    expect(started.hold).toBeNull();
    expect(world.signals.sent.at(-1)?.name).toBe('publishing/sweep.requested');
    await turn();
    expect(platform.posts).toHaveLength(1);
    expect(await state(now.id)).toBe('published');
  });

  test('a held workspace with more due rows than a batch keeps nobody waiting', async () => {
    for (let i = 0; i < 5; i++) await schedule(0);
    await pausePosting({ ctx: world.ctx });
    const other = await createWorld(db, { plan: 'agency', clock: world.clock });
    await setReview(db, other.ctx, 'post_at_once');
    const held = world;
    world = other;
    world.clock.advance(2 * MINUTE);
    const theirs = await schedule(0, await addConnection(db, other.ctx));
    const claims = await claimDue({ db, clock: held.clock, limit: 3 });
    expect(claims.map((c) => c.publicationId)).toEqual([theirs.id]);
  });

  test('what is being sent at the moment of the hold ends, is written, and is counted', async () => {
    const made = await schedule(0);
    await claimDue({ db, clock: world.clock });
    let seen = 0;
    platform.afterEffect = async () => {
      seen = (await stopEverything({ ctx: world.ctx })).hold?.sending ?? 0;
    };
    await publishDue({ ctx: world.ctx, input: { connectionId }, platform });
    expect(seen).toBe(1);
    expect(await state(made.id)).toBe('published');
  });

  test('after a hold returns no attempt starts, however many lines and claims are in flight', async () => {
    const lines = [connectionId];
    for (let i = 0; i < 7; i++) lines.push(await addConnection(db, world.ctx));
    for (const line of lines) for (let i = 0; i < 4; i++) await schedule(0, line);
    await claimDue({ db, clock: world.clock });
    const tick = setInterval(() => world.clock.advance(1), 1);
    let held = false;
    let startedAfter = 0;
    platform.afterEffect = async () => {
      if (held) startedAfter++;
    };
    const running = lines.map((line) =>
      publishDue({ ctx: world.ctx, input: { connectionId: line }, platform }).catch(() => {}),
    );
    await pausePosting({ ctx: world.ctx });
    const [workspace] = await db.asSystem((tx) =>
      tx.select().from(workspaces).where(eq(workspaces.id, world.workspaceId)),
    );
    const sending = await db.asSystem((tx) =>
      tx
        .select()
        .from(publications)
        .where(and(eq(publications.workspaceId, world.workspaceId), eq(publications.state, 'publishing'))),
    );
    held = true;
    const before = platform.posts.length;
    await Promise.all(running);
    for (let i = 0; i < 5; i++) await turn();
    clearInterval(tick);
    // Only what was on its way when the hold returned still lands.
    expect(platform.posts.length - before).toBeLessThanOrEqual(sending.length);
    expect(startedAfter).toBeLessThanOrEqual(sending.length);
    const late = await db.asSystem((tx) =>
      tx
        .select()
        .from(publicationAttempts)
        .where(
          and(
            eq(publicationAttempts.workspaceId, world.workspaceId),
            gt(publicationAttempts.startedAt, workspace?.heldAt ?? new Date(0)),
          ),
        ),
    );
    expect(late).toEqual([]);
    await startPosting({ ctx: world.ctx });
    for (let i = 0; i < 3; i++) await turn();
    expect(platform.posts).toHaveLength(lines.length * 4);
  });
});

describe('stop and undo', () => {
  test('the queue is cleared in one go and comes back as it was, but not what changed since', async () => {
    const [first, second] = [await schedule(60), await schedule(90)];
    await setReview(db, world.ctx, 'review_first');
    const asked = await schedule(120);
    const stopped = await stopPosting({ ctx: world.ctx });
    expect(stopped).toMatchObject({ hold: { kind: 'stop' }, waiting: 0, stop: { count: 3 } });
    expect(await listTodo({ ctx: world.ctx })).toMatchObject({ count: 0 });
    const id = stopped.stop?.id ?? '';
    const foreign = await createWorld(db);
    await expect(undoStop({ ctx: foreign.ctx, input: { id } })).rejects.toMatchObject({ code: 'not_found' });
    const back = await undoStop({ ctx: world.ctx, input: { id } });
    expect(back).toMatchObject({ hold: null, waiting: 3, stop: null });
    const after = await getPublication({ ctx: world.ctx, input: { id: first.id } });
    expect(after).toMatchObject({ state: 'scheduled', version: 3, dueAt: first.dueAt });
    expect(await state(asked.id)).toBe('awaiting_approval');
    expect((await listTodo({ ctx: world.ctx })).approvals).toHaveLength(1);
    // A second press does nothing more; nothing else that is cancelled comes back.
    await cancelPublication({ ctx: world.ctx, input: { id: second.id, version: 3 } });
    await undoStop({ ctx: world.ctx, input: { id } });
    expect(await state(second.id)).toBe('cancelled');
  });

  test('after a day, or into a full day, it does not come back', async () => {
    world = await createWorld(db, { plan: 'free', timeZone: 'Europe/Berlin' });
    await setReview(db, world.ctx, 'post_at_once');
    connectionId = await addConnection(db, world.ctx);
    for (let i = 0; i < 3; i++) await schedule(60 + i);
    const id = (await stopPosting({ ctx: world.ctx })).stop?.id ?? '';
    for (let i = 0; i < 3; i++) await schedule(80 + i);
    await expect(undoStop({ ctx: world.ctx, input: { id } })).rejects.toMatchObject({
      code: 'limit_reached',
      message: expect.stringContaining('2026-03-02'),
    });
    world.clock.advance(24 * 60 * MINUTE + 1);
    await expect(undoStop({ ctx: world.ctx, input: { id } })).rejects.toMatchObject({ code: 'conflict' });
    expect((await getPosting({ ctx: world.ctx })).stop).toBeNull();
  });
});

describe('the emergency stop', () => {
  test('every member is told, once, also when it is over; an operator may stop but not start', async () => {
    const operator = await actingAs(world, 'operator');
    await addMember(world, 'viewer');
    await stopEverything({ ctx: operator });
    await stopEverything({ ctx: operator });
    const mails = () =>
      db.asSystem((tx) =>
        tx
          .select({ to: emails.toAddress, subject: emails.subject, body: emails.body })
          .from(emails)
          .where(sql`${emails.key} like ${`emergency-%:${world.workspaceId}:%`}`),
      );
    const told = await mails();
    expect(told).toHaveLength(3);
    expect(told[0]?.body).toContain('Test operator');
    expect(await tellOfUntoldStops({ db, clock: world.clock, ctxOf: async () => world.ctx })).toBe(0);
    await expect(startPosting({ ctx: operator })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(pausePosting({ ctx: await actingAs(world, 'viewer') })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await startPosting({ ctx: world.ctx });
    expect((await mails()).filter((m) => m.subject.includes('goes on again'))).toHaveLength(4);
    const open = await db.asSystem((tx) =>
      tx
        .select({ key: alerts.key, severity: alerts.severity, resolved: alerts.resolved })
        .from(alerts)
        .where(eq(alerts.workspaceId, world.workspaceId)),
    );
    expect(open).toContainEqual({ key: 'posting:emergency', severity: 'serious', resolved: true });
    expect(open.filter((a) => !a.resolved)).toMatchObject([{ severity: 'info' }]);
  });

  test('the e-mails are made up for when the process ended after the stop', async () => {
    await db.asSystem((tx) =>
      tx
        .update(workspaces)
        .set({ heldAt: world.clock.now(), heldBy: `user:${world.userId}`, heldFor: 'emergency' })
        .where(eq(workspaces.id, world.workspaceId)),
    );
    const told = () => tellOfUntoldStops({ db, clock: world.clock, ctxOf: async () => world.ctx });
    expect(await told()).toBe(0);
    world.clock.advance(2 * MINUTE);
    expect(await told()).toBe(1);
    expect(await told()).toBe(0);
  });

  test('what would change something is refused before anything is asked; reading is not', async () => {
    await stopEverything({ ctx: world.ctx });
    const ask = (capability: 'setPrice' | 'readPrice') =>
      callPlatform({
        ctx: world.ctx,
        connectionId,
        capability,
        input: { remoteId: '1', price: { amount: 1, currency: 'USD' } },
      });
    await expect(ask('setPrice')).rejects.toMatchObject({ kind: 'transient', options: { held: true } });
    // Without credentials it gets as far as these.
    await expect(ask('readPrice')).rejects.toMatchObject({ kind: 'reauth' });
    await startPosting({ ctx: world.ctx });
    await expect(ask('setPrice')).rejects.toMatchObject({ kind: 'reauth' });
  });
});

describe('what was missed', () => {
  const off = (minutes: number) => world.clock.advance(minutes * MINUTE);

  test('post: out within the time that is given, a question beyond it', async () => {
    await rule('post', 60);
    const [late, tooLate] = [await schedule(60), await schedule(10)];
    off(75);
    await turn();
    expect([await state(late.id), await state(tooLate.id)]).toEqual(['published', 'draft']);
    const [question] = await questions();
    expect(question).toMatchObject({ kind: 'publication_missed', subjectId: tooLate.id });
    expect(question?.choices.map((c) => c.value)).toEqual(['post_now', 'next_free', 'skip']);
    await expect(dismissAction({ ctx: world.ctx, input: { id: question?.id ?? '' } })).rejects.toMatchObject({
      code: 'conflict',
    });
    await completeAction({ ctx: world.ctx, input: { id: question?.id ?? '', answer: 'post_now' } });
    await turn();
    expect(await state(tooLate.id)).toBe('published');
    await expect(
      answerMissed({ ctx: world.ctx, input: { actionId: question?.id ?? '', answer: 'post_now' } }),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect(platform.posts).toHaveLength(2);
  });

  test('ask: every one above five minutes; the answers at the same moment act once', async () => {
    await rule('ask');
    const [six, two] = [await schedule(10), await schedule(14)];
    off(16);
    await turn();
    expect([await state(six.id), await state(two.id)]).toEqual(['draft', 'published']);
    const id = (await questions())[0]?.id ?? '';
    const both = await Promise.allSettled([
      answerMissed({ ctx: world.ctx, input: { actionId: id, answer: 'next_free' } }),
      answerMissed({ ctx: world.ctx, input: { actionId: id, answer: 'skip' } }),
    ]);
    expect(both.filter((b) => b.status === 'fulfilled')).toHaveLength(1);
    const after = await getPublication({ ctx: world.ctx, input: { id: six.id } });
    expect(after.version).toBe(3);
    if (after.state === 'scheduled') expect(after.localTime).toBe('2026-03-02T12:00');
    else expect(after.state).toBe('cancelled');
  });

  test('skip: cancelled with the reason, one alert for all', async () => {
    await rule('skip', 30);
    const made = [await schedule(1), await schedule(2), await schedule(3)];
    off(60);
    await turn();
    for (const { id } of made) {
      const row = await getPublication({ ctx: world.ctx, input: { id } });
      expect(row).toMatchObject({ state: 'cancelled', attempts: 0 });
      expect(row.problem).toMatch(/^Missed: it was due at 2026-03-02 /);
    }
    const told = await db.asSystem((tx) =>
      tx.select().from(alerts).where(eq(alerts.workspaceId, world.workspaceId)),
    );
    expect(told).toMatchObject([{ title: '3 posts missed their time and were skipped' }]);
    expect(await questions()).toEqual([]);
  });

  test('many at once are one question, and its answer moves each to its own free time', async () => {
    await rule('ask');
    for (let i = 1; i <= 23; i++) await schedule(i);
    off(60);
    await turn();
    const asked = await questions();
    expect(asked).toMatchObject([{ subjectType: 'publications', title: '23 posts missed their time' }]);
    await completeAction({ ctx: world.ctx, input: { id: asked[0]?.id ?? '', answer: 'next_free' } });
    const rows = await db.asSystem((tx) =>
      tx
        .select()
        .from(publications)
        .where(and(eq(publications.workspaceId, world.workspaceId), eq(publications.state, 'scheduled'))),
    );
    expect(rows).toHaveLength(23);
    expect(new Set(rows.map((r) => r.dueAt.getTime())).size).toBe(23);
  });

  test('a line that waits for a retry or a limit is not missed, however long', async () => {
    await rule('ask');
    platform.script.push({ before: 'rate_limited', retryAfter: 3600 });
    const [first, second] = [await schedule(1), await schedule(2)];
    for (let i = 0; i < 64; i++) {
      await turn();
      off(1);
    }
    expect([await state(first.id), await state(second.id)]).toEqual(['published', 'published']);
    expect(await questions()).toEqual([]);
  });

  test('a hold counts as being away: what came due in it is decided when posting starts again', async () => {
    await rule('ask');
    const made = await schedule(10);
    await pausePosting({ ctx: world.ctx });
    off(30);
    await turn();
    expect(await state(made.id)).toBe('scheduled');
    await startPosting({ ctx: world.ctx });
    await turn();
    expect(await state(made.id)).toBe('draft');
    // Taking the post back answers the question.
    await cancelPublication({ ctx: world.ctx, input: { id: made.id, version: 2 } });
    expect(await questions()).toEqual([]);
  });

  test('what may be out already is not sent late or cancelled by a stop: a person is asked', async () => {
    const made = [await schedule(1), await schedule(200)];
    await db.asSystem(async (tx) => {
      await tx
        .update(publications)
        .set({ attempts: 1 })
        .where(
          inArray(
            publications.id,
            made.map((m) => m.id),
          ),
        );
      for (const { id } of made)
        await tx.insert(publicationAttempts).values({
          id: newId('attempt'),
          workspaceId: world.workspaceId,
          publicationId: id,
          number: 1,
          startedAt: world.clock.now(),
          outcome: 'unknown_outcome',
        });
    });
    off(30);
    await turn();
    await stopPosting({ ctx: world.ctx });
    expect(await Promise.all(made.map((m) => state(m.id)))).toEqual(['unknown', 'unknown']);
    expect((await questions()).map((q) => q.kind)).toEqual(['publication_unknown', 'publication_unknown']);
  });

  test("yesterday's posts need room in today's plan; without it a person is asked", async () => {
    world = await createWorld(db, { plan: 'free', timeZone: 'Europe/Berlin' });
    await setReview(db, world.ctx, 'post_at_once');
    connectionId = await addConnection(db, world.ctx);
    world.clock.set('2026-03-02T22:30:00Z'); // 23:30 in Berlin
    for (let i = 1; i <= 4; i++) await schedule(i * 5);
    for (let i = 0; i < 3; i++) await schedule(600 + i);
    off(60);
    await turn();
    expect(platform.posts).toHaveLength(2);
    expect(await questions()).toHaveLength(2);
    const [one] = await questions();
    await expect(
      completeAction({ ctx: world.ctx, input: { id: one?.id ?? '', answer: 'post_now' } }),
    ).rejects.toMatchObject({ code: 'limit_reached' });
    await completeAction({ ctx: world.ctx, input: { id: one?.id ?? '', answer: 'next_free' } });
    const open = await db.asSystem((tx) =>
      tx
        .select()
        .from(actions)
        .where(and(eq(actions.workspaceId, world.workspaceId), eq(actions.state, 'open'))),
    );
    expect(open).toHaveLength(1);
    const moved = await getPublication({ ctx: world.ctx, input: { id: one?.subjectId ?? '' } });
    expect(moved.localTime).toBe('2026-03-04T09:00');
  });
});

test('a deadline that passed while a stop had withdrawn the question leaves it to a person', async () => {
  await setReview(db, world.ctx, 'review_first', 'approve');
  const made = await schedule(30 * 60);
  const id = (await stopPosting({ ctx: world.ctx })).stop?.id ?? '';
  await db.asSystem((tx) =>
    tx
      .update(approvals)
      .set({ deadlineAt: new Date(world.clock.now().getTime() + MINUTE) })
      .where(eq(approvals.workspaceId, world.workspaceId)),
  );
  world.clock.advance(2 * MINUTE);
  await undoStop({ ctx: world.ctx, input: { id } });
  const [approval] = await db.asSystem((tx) =>
    tx.select().from(approvals).where(eq(approvals.workspaceId, world.workspaceId)),
  );
  expect(approval?.state).toBe('kept');
  expect(await state(made.id)).toBe('awaiting_approval');
});
