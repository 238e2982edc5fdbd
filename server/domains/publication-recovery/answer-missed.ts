import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { actions, connections, posts, publications, type workspaces } from '@/db/schema';
import { updateOf } from '@/db/update-of';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { localTimeOf } from '@/server/foundation/local-time';
import { actorKey, type Ctx, requirePermission } from '@/server/verbs/context';
import { assertFingerprint } from '../actions/fingerprint';
import { recordActivity } from '../activity/record-activity';
import { type Move, movePending } from '../planning/move-pending';
import { endAlerts } from '../publications/end-alerts';
import { MISSED_ACTION } from '../publications/missed';
import { requestSweep } from '../publications/request-sweep';
import { STEPS } from '../publications/transitions';
import { assertDailyQuota, countsTowardsPlan, DailyQuota } from '../scheduling/count-day';
import { fallbackSlots } from '../scheduling/default-slots';
import { findFreeSlot, minuteOf, noFreeSlot } from '../scheduling/free-slots';
import type { Due } from '../scheduling/resolve-due';

export const answerMissedInput = z.object({
  actionId: z.string().min(1).max(64),
  /** The action's `fingerprint` as the user saw it. */
  fingerprint: z.string().min(1).max(64),
  answer: z.enum(['post_now', 'next_free', 'skip']),
});

/** Quota for publications that do not count towards the plan: no day is ever full. */
const ANY_DAY: Pick<DailyQuota, 'take'> = { take: async () => true };

/**
 * Carries out a user's answer about missed publications: they are published now, at the next free time of their accounts, or not at all.
 * Throws `conflict` if the question was already answered or its publications have changed since they were shown. Cancelled publications
 * stay cancelled. If the workspace requires review and the user cannot approve, the publications wait for approval of their new time.
 * Throws `limit_reached`, without recording the answer, if the plan has no capacity for them.
 */
export async function answerMissed({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof answerMissedInput>;
}): Promise<{ moved: number }> {
  requirePermission(ctx, 'posts.publish');
  const { actionId, answer, fingerprint } = answerMissedInput.parse(input);
  const now = ctx.clock.now();
  const moved = await movePending({
    ctx,
    platform: ctx.platforms,
    async read(tx, { workspace, lock }) {
      const query = tx.select().from(actions).where(ownAction(ctx, actionId));
      const [action] = await (lock ? query.for('update') : query);
      if (!action) throw notFound('action');
      if (action.state !== 'open')
        throw new AppError('conflict', fact('publicationRecovery.errors.doneAlready'));
      const missed = tx
        .select({ row: publications, name: connections.remoteName, topicId: posts.topicId })
        .from(publications)
        .innerJoin(connections, eq(connections.id, publications.connectionId))
        .innerJoin(posts, eq(posts.id, publications.postId))
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            eq(publications.setAsideBy, actionId),
            inArray(publications.state, [...STEPS.answerSend.from]),
          ),
        )
        .orderBy(asc(publications.dueAt), asc(publications.id));
      const rows = await (lock ? missed.for(...updateOf(publications)) : missed);
      await assertFingerprint(tx, ctx.workspaceId, action, fingerprint);
      const moves =
        answer === 'skip'
          ? []
          : answer === 'post_now'
            ? rows.map(({ row }, i) => ({ row, due: soon(workspace.timeZone, now, i) }))
            : await inFreeSlots(tx, workspace, rows, now);
      return { action, rows: rows.map(({ row }) => row), moves };
    },
    async write(tx, { action, rows, moves }, writer, workspace) {
      if (answer === 'skip') await skip(tx, ctx, rows);
      const counted = rows.filter(countsTowardsPlan).length;
      if (answer === 'post_now' && counted > 0) await assertDailyQuota(tx, workspace, now, counted);
      if (moves.length > 0) await writer.apply();
      await tx
        .update(actions)
        .set({ state: 'done', answer, doneBy: actorKey(ctx.actor), doneAt: now })
        .where(ownAction(ctx, actionId));
      const params = {
        question: action.title,
        count: rows.length,
        asks: writer.asks ? 'yes' : 'no',
      };
      await recordActivity(tx, ctx, {
        verb: 'publication.missed_answered',
        subjectType: action.subjectType,
        subjectId: action.subjectId,
        summary:
          answer === 'skip'
            ? fact('publicationRecovery.activity.missedSkipped', params)
            : answer === 'post_now'
              ? fact('publicationRecovery.activity.missedSent', params)
              : fact('publicationRecovery.activity.missedMoved', params),
        before: {
          state: 'draft',
          dueAt: Object.fromEntries(rows.map(({ id, dueAt }) => [id, dueAt.toISOString()])),
        },
        after: {
          state:
            answer === 'skip' ? STEPS.answerSkip.to : writer.asks ? 'awaiting_approval' : STEPS.answerSend.to,
          ...(answer === 'skip'
            ? {}
            : { dueAt: Object.fromEntries(moves.map(({ row, due }) => [row.id, due.dueAt.toISOString()])) }),
        },
      });
      return rows.length;
    },
  });
  if (answer !== 'skip' && moved > 0) await requestSweep(ctx, now);
  return { moved };
}

const ownAction = (ctx: Ctx, id: string) =>
  and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.id, id), eq(actions.kind, MISSED_ACTION));

/** One millisecond apart, so that each account's posts keep their order. */
const soon = (zone: string, now: Date, place: number): Due => ({
  dueAt: new Date(now.getTime() + place),
  localTime: localTimeOf(now, zone),
  timeZone: zone,
});

/** Moves each publication to the next free slot of its account, one after the other. Throws if an account has none. */
async function inFreeSlots(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  rows: readonly { row: typeof publications.$inferSelect; name: string; topicId: string | null }[],
  now: Date,
): Promise<Move[]> {
  const quota = new DailyQuota(tx, workspace);
  const otherwise = await fallbackSlots(tx, workspace.id);
  const given = new Map<string, Set<number>>();
  const moves: Move[] = [];
  for (const { row, name, topicId } of rows) {
    const mine = given.get(row.connectionId) ?? new Set<number>();
    const slot = await findFreeSlot(
      tx,
      workspace,
      row.connectionId,
      topicId,
      now,
      countsTowardsPlan(row) ? quota : ANY_DAY,
      otherwise,
      mine,
    );
    if (!slot) throw await noFreeSlot(tx, workspace.id, row.connectionId, name);
    // A post takes the slot at its new time.
    if (row.kind === 'post') given.set(row.connectionId, mine.add(minuteOf(slot.at)));
    moves.push({ row, due: { dueAt: slot.at, localTime: slot.local, timeZone: workspace.timeZone } });
  }
  return moves;
}

async function skip(tx: Tx, ctx: Ctx, rows: readonly (typeof publications.$inferSelect)[]): Promise<void> {
  const ids = rows.map((row) => row.id);
  if (ids.length > 0)
    await tx
      .update(publications)
      .set({
        state: STEPS.answerSkip.to,
        version: sql`${publications.version} + 1`,
        setAsideBy: null,
        setAsideFrom: null,
        updatedAt: ctx.clock.now(),
      })
      .where(and(eq(publications.workspaceId, ctx.workspaceId), inArray(publications.id, ids)));
  await endAlerts(tx, ctx, ids);
}
