import { and, eq, inArray } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { actions, alerts, postingSettings, publicationAttempts, publications } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { eachTestPublishes, Publisher } from '@/tests/support/publisher';
import { answerMissed } from '../publication-recovery/answer-missed';
import { cancelPublication } from '../publications/cancel-publication';
import { getPublication } from '../publications/queries';
import { dismissAction } from '../todo/dismiss-action';
import { listTodo } from '../todo/queries';
import { completeAsShown } from '../todo/testing';
import { pausePosting } from './pause-posting';
import { startPosting } from './start-posting';
import { stopPosting } from './stop-posting';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

const MINUTE = 60_000;
const state = async (id: string) => (await here.state(id)).state;
/** Sets what happens to posts that missed their time. */
const rule = (missedPolicy: 'post' | 'skip' | 'ask', missedMinutes = 120) =>
  db.asSystem((tx) =>
    tx
      .update(postingSettings)
      .set({ missedPolicy, missedMinutes })
      .where(eq(postingSettings.workspaceId, here.world.workspaceId)),
  );
const questions = async () => (await listTodo(here.world.ctx)).actions;

const off = (minutes: number) => here.world.clock.advance(minutes * MINUTE);

test('with "post", a missed post goes out within the allowed time, and beyond it a user is asked', async () => {
  await rule('post', 60);
  const [late, tooLate] = [await here.scheduleIn(60), await here.scheduleIn(10)];
  off(75);
  await here.turn();
  expect([await state(late.id), await state(tooLate.id)]).toEqual(['published', 'draft']);
  const [question] = await questions();
  expect(question).toMatchObject({ kind: 'publication_missed', subjectId: tooLate.id });
  expect(question?.choices.map((c) => c.value)).toEqual(['post_now', 'next_free', 'skip']);
  await expect(dismissAction(here.world.ctx, { id: question?.id ?? '' })).rejects.toMatchObject({
    code: 'conflict',
  });
  await completeAsShown(here.world.ctx, { id: question?.id ?? '', answer: 'post_now' });
  await here.turn();
  expect(await state(tooLate.id)).toBe('published');
  await expect(
    answerMissed({
      ctx: here.world.ctx,
      input: { actionId: question?.id ?? '', answer: 'post_now', fingerprint: question?.fingerprint ?? '' },
    }),
  ).rejects.toMatchObject({ code: 'conflict' });
  expect(here.platform.posts).toHaveLength(2);
});

test('with "ask", a user is asked about every post more than five minutes late, and simultaneous answers act once', async () => {
  await rule('ask');
  const [six, two] = [await here.scheduleIn(10), await here.scheduleIn(14)];
  off(16);
  await here.turn();
  expect([await state(six.id), await state(two.id)]).toEqual(['draft', 'published']);
  const [question] = await questions();
  const seen = { actionId: question?.id ?? '', fingerprint: question?.fingerprint ?? '' };
  const both = await Promise.allSettled([
    answerMissed({ ctx: here.world.ctx, input: { ...seen, answer: 'next_free' } }),
    answerMissed({ ctx: here.world.ctx, input: { ...seen, answer: 'skip' } }),
  ]);
  expect(both.filter((b) => b.status === 'fulfilled')).toHaveLength(1);
  const after = await getPublication(here.world.ctx, { id: six.id });
  expect(after.version).toBe(3);
  if (after.state === 'scheduled') expect(after.localTime).toBe('2026-03-02T12:00');
  else expect(after.state).toBe('cancelled');
});

test('with "skip", missed posts are cancelled with the reason, and one alert covers them all', async () => {
  await rule('skip', 30);
  const made = [await here.scheduleIn(1), await here.scheduleIn(2), await here.scheduleIn(3)];
  off(60);
  await here.turn();
  for (const { id } of made) {
    const row = await getPublication(here.world.ctx, { id });
    expect(row).toMatchObject({ state: 'cancelled', attempts: 0 });
    expect(row.problem).toSay(/^Missed: it was scheduled for Mon, 2 Mar 2026, /);
  }
  const raised = await db.asSystem((tx) =>
    tx.select().from(alerts).where(eq(alerts.workspaceId, here.world.workspaceId)),
  );
  expect(raised).toMatchObject([{ title: '3 posts missed their time and were skipped' }]);
  expect(await questions()).toEqual([]);
});

test('many missed posts share one question, and its answer moves each to its own free time', async () => {
  await rule('ask');
  for (let i = 1; i <= 23; i++) await here.scheduleIn(i);
  off(60);
  await here.turn();
  const asked = await questions();
  expect(asked).toMatchObject([{ subjectType: 'publications', title: '23 posts missed their time' }]);
  await completeAsShown(here.world.ctx, { id: asked[0]?.id ?? '', answer: 'next_free' });
  const rows = await db.asSystem((tx) =>
    tx
      .select()
      .from(publications)
      .where(and(eq(publications.workspaceId, here.world.workspaceId), eq(publications.state, 'scheduled'))),
  );
  expect(rows).toHaveLength(23);
  expect(new Set(rows.map((r) => r.dueAt.getTime())).size).toBe(23);
});

test('a missed repost finds a free time on a day that is full of posts', async () => {
  here = await Publisher.open(db, { plan: 'free' });
  await rule('ask');
  const publication = await here.scheduleIn(10);
  await db.asSystem((tx) =>
    tx
      .update(publications)
      .set({ kind: 'repost', requestKey: `follow-up:${publication.id}` })
      .where(eq(publications.id, publication.id)),
  );
  for (let i = 1; i <= 5; i++) await here.scheduleIn(600 + i);
  off(20);
  await here.turn();
  const [question] = await questions();
  await completeAsShown(here.world.ctx, { id: question?.id ?? '', answer: 'next_free' });
  const moved = await getPublication(here.world.ctx, { id: publication.id });
  expect(moved).toMatchObject({ state: 'scheduled', localTime: '2026-03-02T12:00' });
});

test('a lane that waits for a retry or a limit is not missed, however long it waits', async () => {
  await rule('ask');
  here.platform.script.push({ before: 'rate_limited', retryAfter: 3600 });
  const [first, second] = [await here.scheduleIn(1), await here.scheduleIn(2)];
  for (let i = 0; i < 64; i++) {
    await here.turn();
    off(1);
  }
  expect([await state(first.id), await state(second.id)]).toEqual(['published', 'published']);
  expect(await questions()).toEqual([]);
});

test('posts that came due during a hold are decided when posting starts again', async () => {
  await rule('ask');
  const publication = await here.scheduleIn(10);
  await pausePosting(here.world.ctx);
  off(30);
  await here.turn();
  expect(await state(publication.id)).toBe('scheduled');
  await startPosting(here.world.ctx);
  await here.turn();
  expect(await state(publication.id)).toBe('draft');
  // Cancelling the post answers the question.
  await cancelPublication(here.world.ctx, { id: publication.id, version: 2 });
  expect(await questions()).toEqual([]);
});

test('a post that may already be out is neither sent late nor cancelled by a stop; a user is asked', async () => {
  const made = [await here.scheduleIn(1), await here.scheduleIn(200)];
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
        workspaceId: here.world.workspaceId,
        publicationId: id,
        number: 1,
        startedAt: here.world.clock.now(),
        outcome: 'unknown_outcome',
      });
  });
  off(30);
  await here.turn();
  await stopPosting(here.world.ctx);
  expect(await Promise.all(made.map((m) => state(m.id)))).toEqual(['unknown', 'unknown']);
  expect((await questions()).map((q) => q.kind)).toEqual(['publication_unknown', 'publication_unknown']);
});

test("yesterday's posts need a place in today's plan; without one a user is asked", async () => {
  here = await Publisher.open(db, { plan: 'free' });
  here.world.clock.set('2026-03-02T22:30:00Z'); // 23:30 in Berlin
  for (let i = 1; i <= 4; i++) await here.scheduleIn(i * 5);
  for (let i = 0; i < 3; i++) await here.scheduleIn(600 + i);
  off(60);
  await here.turn();
  expect(here.platform.posts).toHaveLength(2);
  expect(await questions()).toHaveLength(2);
  const [one] = await questions();
  await expect(
    completeAsShown(here.world.ctx, { id: one?.id ?? '', answer: 'post_now' }),
  ).rejects.toMatchObject({ code: 'limit_reached' });
  await completeAsShown(here.world.ctx, { id: one?.id ?? '', answer: 'next_free' });
  const open = await db.asSystem((tx) =>
    tx
      .select()
      .from(actions)
      .where(and(eq(actions.workspaceId, here.world.workspaceId), eq(actions.state, 'open'))),
  );
  expect(open).toHaveLength(1);
  const moved = await getPublication(here.world.ctx, { id: one?.subjectId ?? '' });
  expect(moved.localTime).toBe('2026-03-04T09:00');
});

/** Returns the publications whose posts are on the platform, in order of arrival. */
async function wentOut() {
  const rows = await db.asSystem((tx) => tx.select().from(publications));
  return here.platform.posts.map((post) => rows.find((row) => row.remoteId === post.id)?.id);
}

test("a lane keeps its order when yesterday's posts move to today after midnight", async () => {
  // 23:00 UTC is midnight in Berlin. The later posts are created first; the last one is due today and is late as well.
  const third = await here.scheduleIn(782);
  const [second, first] = [await here.scheduleIn(775), await here.scheduleIn(770)];
  off(790);
  await here.turn();
  await here.turn();
  const all = await Promise.all([first, second, third].map(({ id }) => here.state(id)));
  expect(all.map((one) => one.state)).toEqual(['published', 'published', 'published']);
  expect(all.map((one) => one.localTime)).toEqual(['2026-03-03T00:00', '2026-03-03T00:00', third.localTime]);
  expect(await wentOut()).toEqual([first.id, second.id, third.id]);
});

test('a missed post does not fall behind a later one in progress after midnight', async () => {
  const [first, second] = [await here.scheduleIn(770), await here.scheduleIn(775)];
  off(790);
  await db.asSystem((tx) =>
    tx
      .update(publications)
      .set({ claimedUntil: new Date(here.world.clock.now().getTime() - 1000) })
      .where(eq(publications.id, second.id)),
  );
  await here.turn();
  await here.turn();
  const [a, b] = [await here.state(first.id), await here.state(second.id)];
  expect([a.state, b.state]).toEqual(['published', 'published']);
  expect([a.localTime, b.localTime]).toEqual([first.localTime, second.localTime]);
  expect(await wentOut()).toEqual([first.id, second.id]);
});
