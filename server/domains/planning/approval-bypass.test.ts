import { and, eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { actions, approvals, publications } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { plain } from '@/tests/support/plain';
import { eachTestIsReviewed, type Reviewed } from '@/tests/support/reviewed';
import type { World } from '@/tests/support/world';
import { decideApproval } from '../approvals/decide-approval';
import { listApprovals } from '../approvals/queries';
import { decideAsShown } from '../approvals/testing';
import { updatePost } from '../post-edits/update-post';
import { startPosting } from '../posting-control/start-posting';
import { stopPosting } from '../posting-control/stop-posting';
import { createPost } from '../posts/create-post';
import { readPost } from '../posts/queries';
import { answerMissed } from '../publication-recovery/answer-missed';
import { answerRest, REST_ACTION } from '../publication-recovery/answer-rest';
import { resolveUnknown } from '../publication-recovery/resolve-unknown';
import { retryPublication } from '../publication-recovery/retry-publication';
import { MISSED_ACTION } from '../publications/missed';
import { STEPS, type StepName } from '../publications/transitions';
import { UNKNOWN_ACTION } from '../publications/uncertain-outcome';
import type { FakePlatform } from '../publisher/testing';
import { completeAsShown, currentFingerprint } from '../todo/testing';
import { reschedulePublication } from './reschedule-publication';
import { schedulePublications } from './schedule-publications';

let db: Db;
let world: World;
let operator: Ctx;
let manager: Ctx;
let platform: FakePlatform;
let x: string;
let row: Reviewed['row'];
let goOut: Reviewed['goOut'];
let sent: Reviewed['sent'];
let presses = 0;
eachTestIsReviewed((here) => {
  ({ db, world, operator, manager, platform, x, row, goOut, sent } = here);
});

const write = (text: string, parts: string[] = []) =>
  createPost(manager, {
    title: 'A post',
    variants: [{ platform: 'x', text, parts: parts.map((one) => ({ text: one })) }],
  });
/** Schedules a manager's post for 08:00. */
async function sendNow(text: string, parts: string[] = [], ctx = manager, on = [x]) {
  const post = await write(text, parts);
  const [publication] = await schedulePublications(
    { ...ctx, platforms: platform },
    {
      postId: post.id,
      version: post.version,
      targets: on.map((connectionId) => ({ connectionId })),
      when: { kind: 'at', local: '2026-03-02T08:00' },
      requestKey: `asks-press-${++presses}`,
    },
  );
  if (!publication) throw new Error('nothing was scheduled');
  return { post, id: publication.id };
}
const open = () => listApprovals(manager, {});
const put = (id: string, set: Partial<typeof publications.$inferInsert>) =>
  db.asSystem((tx) => tx.update(publications).set(set).where(eq(publications.id, id)));
async function ask(kind: string, id: string): Promise<string> {
  const actionId = newId('action');
  await db.asSystem((tx) =>
    tx.insert(actions).values({
      id: actionId,
      workspaceId: world.workspaceId,
      kind,
      subjectType: 'publication',
      subjectId: id,
      title: plain('What now?'),
      prompt: plain('Say it.'),
      choices: [
        { value: 'send', label: plain('Send') },
        { value: 'not_there', label: plain('Not there') },
      ],
    }),
  );
  return actionId;
}
/** Publishes the first part of a manager's thread and stops posting. Returns the action that asks about the rest. */
async function halfOut(text = 'one', on = [x]) {
  const { post } = await sendNow(text, ['two'], manager, on);
  platform.afterEffect = async () => {
    platform.afterEffect = undefined;
    await stopPosting(manager);
  };
  await goOut();
  const [question] = await db.asSystem((tx) =>
    tx
      .select()
      .from(actions)
      .where(and(eq(actions.workspaceId, world.workspaceId), eq(actions.kind, REST_ACTION))),
  );
  if (!question) throw new Error('no open question about the remaining parts');
  return { post, actionId: question.id, part: question.subjectId };
}
async function rewrite(postId: string, text: string, part: string, ctx = operator) {
  const { version } = await db.asWorkspace(world.workspaceId, (tx) =>
    readPost(tx, world.workspaceId, postId),
  );
  return updatePost(
    { ...ctx, platforms: platform },
    { id: postId, version, variants: [{ platform: 'x', text, parts: [{ text: part }] }] },
  );
}

/** Who can take a step that leads to publishing: the publisher, a member who can approve, or any operator through the given verb. */
type Coverage = 'publisher' | 'decider' | ((id: string) => Promise<unknown>);
const COVERED_BY: Partial<Record<StepName, Coverage>> = {
  approve: 'decider',
  undoStop: 'decider',
  claim: 'publisher',
  release: 'publisher',
  wait: 'publisher',
  postpone: 'publisher',
  sendAgain: 'publisher',
  sendLate: 'publisher',
  personSaysNotThere: async (id) => {
    await put(id, { state: 'unknown' });
    await resolveUnknown({ ...operator, platforms: platform }, { id, version: 1, answer: 'not_there' });
  },
  reschedule: (id) =>
    reschedulePublication(
      { ...operator, platforms: platform },
      { id, version: 1, local: '2026-03-09T12:00' },
    ),
  edit: async (id) => {
    const { postId } = await row(id);
    await updatePost(
      { ...operator, platforms: platform },
      { id: postId, version: 1, variants: [{ platform: 'x', text: 'Other words' }] },
    );
  },
  retry: async (id) => {
    await put(id, { state: 'failed' });
    await retryPublication({ ...operator, platforms: platform }, { id, version: 1 });
  },
  sendRest: async (id) => {
    await put(id, { state: 'cancelled', setAsideFrom: 'scheduled' });
    const actionId = await ask(REST_ACTION, id);
    await answerRest({
      ctx: { ...operator, platforms: platform },
      input: { actionId, answer: 'send', fingerprint: await currentFingerprint(operator, actionId) },
    });
  },
  answerSend: async (id) => {
    const actionId = await ask(MISSED_ACTION, id);
    await put(id, { state: 'draft', setAsideBy: actionId, setAsideFrom: 'scheduled' });
    await answerMissed({
      ctx: { ...operator, platforms: platform },
      input: { actionId, answer: 'post_now', fingerprint: await currentFingerprint(operator, actionId) },
    });
  },
};
const goingOut = Object.entries(STEPS).flatMap(([name, step]) =>
  step.to === 'scheduled' || step.to === 'queued' ? [name as StepName] : [],
);

it('every step that leads to publishing is taken by the publisher or an approver, or is covered here', () => {
  expect(goingOut.filter((name) => COVERED_BY[name] === undefined)).toEqual([]);
});
it.each(goingOut.filter((name) => typeof COVERED_BY[name] === 'function'))(
  'an operator who does “%s” three days late requests approval, and nothing is published before the decision',
  async (name) => {
    const { id } = await sendNow('The words');
    world.clock.set('2026-03-05T08:00:00Z');
    const covered = COVERED_BY[name];
    if (typeof covered === 'function') await covered(id);
    const asked = await open();
    expect(asked.map((one) => one.publications.map((p) => p.id))).toEqual([[id]]);
    expect(await row(id)).toMatchObject({ state: 'awaiting_approval', approvalId: asked[0]?.id });
    world.clock.set('2026-03-12T08:00:00Z');
    await goOut();
    expect(sent()).toEqual([]);
    await decideAsShown(manager, asked[0]?.id ?? '', 'approve');
    await goOut();
    expect(sent()).toHaveLength(1);
  },
);

it('the rest of a stopped thread needs approval if an operator rewrote it, whoever sends it', async () => {
  for (const sender of [operator, manager]) {
    const { post, actionId, part } = await halfOut(sender === operator ? 'one' : 'uno');
    expect((await rewrite(post.id, post.variants[0]?.text ?? '', 'not seen')).asked).toBe(true);
    await completeAsShown(sender, { id: actionId, answer: 'send' });
    await startPosting(manager);
    const [asked, ...more] = await open();
    expect(more).toEqual([]);
    expect(asked?.publications).toMatchObject([{ id: part, text: 'not seen' }]);
    world.clock.advance(1000);
    await goOut();
    expect(sent()).not.toContain('not seen');
    await decideAsShown(manager, asked?.id ?? '', sender === operator ? 'reject' : 'approve');
    await goOut();
    expect(sent().includes('not seen')).toBe(sender === manager);
    // Clear the question for the next round.
    await db.asSystem((tx) => tx.delete(actions).where(eq(actions.workspaceId, world.workspaceId)));
  }
});

it('an operator can send the approved rest soon after the stop, but needs approval long after it', async () => {
  const first = await halfOut('one');
  await completeAsShown(operator, { id: first.actionId, answer: 'send' });
  expect((await row(first.part)).state).toBe('scheduled');
  await put(first.part, { state: 'cancelled', setAsideFrom: 'scheduled' });
  await db.asSystem((tx) => tx.update(actions).set({ state: 'open' }).where(eq(actions.id, first.actionId)));
  world.clock.advance(3 * 86_400_000);
  await completeAsShown(operator, { id: first.actionId, answer: 'send' });
  expect((await row(first.part)).state).toBe('awaiting_approval');
  expect(await open()).toHaveLength(1);
});

it('a rest that is left out stays cancelled, without an approval', async () => {
  const { post, actionId, part } = await halfOut();
  await rewrite(post.id, 'one', 'not seen');
  await completeAsShown(operator, { id: actionId, answer: 'leave' });
  expect(await row(part)).toMatchObject({ state: 'cancelled', setAsideFrom: null });
  expect(await open()).toEqual([]);
});

it('a post that is not on the platform is sent again without approval soon after its time, but needs approval long after it', async () => {
  const { id } = await sendNow('The words');
  await put(id, { state: 'unknown' });
  world.clock.set('2026-03-02T08:03:00Z');
  const actionId = await ask(UNKNOWN_ACTION, id);
  await completeAsShown(operator, { id: actionId, answer: 'not_there' });
  expect((await row(id)).state).toBe('scheduled');
  await put(id, { state: 'unknown' });
  world.clock.advance(3 * 86_400_000);
  const again = await ask(UNKNOWN_ACTION, id);
  await completeAsShown(operator, { id: again, answer: 'not_there' });
  expect((await row(id)).state).toBe('awaiting_approval');
  const [question] = await db.asSystem((tx) => tx.select().from(actions).where(eq(actions.id, again)));
  expect(question?.state).toBe('done');
});

it('an approval also shows posts that a stop cancelled, and becomes stale when their text changes', async () => {
  const { post, id } = await sendNow('good');
  await stopPosting(manager);
  const { version } = post;
  await updatePost(
    { ...operator, platforms: platform },
    { id: post.id, version, variants: [{ platform: 'x', text: 'second' }] },
  );
  // Reopen the approval, as if another publication were still pending on it, while this one is cancelled.
  const { approvalId } = await row(id);
  await db.asSystem((tx) =>
    tx
      .update(approvals)
      .set({ state: 'open', decidedAt: null })
      .where(eq(approvals.id, approvalId ?? '')),
  );
  const [before] = await open();
  expect(before?.publications).toMatchObject([{ id, text: 'second' }]);
  await put(id, { text: 'third' });
  await expect(
    decideApproval(manager, {
      id: approvalId ?? '',
      decision: 'approve',
      fingerprint: before?.fingerprint ?? '',
    }),
  ).rejects.toMatchObject({ code: 'conflict' });
});
