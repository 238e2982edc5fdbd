import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  approvals,
  PUBLICATION_LISTS,
  postingStops,
  publicationMedia,
  publications,
  type workspaces,
} from '@/db/schema';
import { AppError, isAppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { localDayOf, localTimeOf } from '@/server/foundation/local-time';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { REST_ACTION } from '../publication-recovery/answer-rest';
import { closeActions } from '../publications/close-actions';
import { STEPS } from '../publications/transitions';
import { assertDailyQuota, countsTowardsPlan } from '../scheduling/count-day';
import { forgetMedia } from '../uploads/forget-media';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { UNDO_STOP_MS } from './policy';
import { getPosting } from './queries';
import { postingStateOutput, undoStopInput } from './schemas';
import { startIn } from './start-posting';

/**
 * Restores the publications that are still cancelled by a stop, each at its own time and in its former state: scheduled or awaiting
 * approval. Posting resumes if it was running before the stop and has not been held otherwise since. Throws `limit_reached` if a day has no
 * capacity for the restored posts. Idempotent.
 */
export const undoStop = defineVerb({
  verb: 'autoPosting.undoStop',
  access: 'posting.clear',
  effect: 'change',
  input: undoStopInput,
  output: postingStateOutput,
  run: async (ctx, input) => {
    const { id } = input;
    const done = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      const [stop] = await tx
        .select()
        .from(postingStops)
        .where(and(eq(postingStops.workspaceId, ctx.workspaceId), eq(postingStops.id, id)))
        .for('update');
      if (!stop) throw notFound('stop');
      if (stop.undoneAt) return false;
      const now = ctx.clock.now();
      if (now.getTime() - stop.stoppedAt.getTime() > UNDO_STOP_MS)
        throw new AppError('conflict', fact('postingControl.errors.undoTooLate'));
      const n = await restore(tx, ctx, workspace, id, now);
      // Publications that are still being sent or have an unknown outcome continue as if nothing had happened.
      await tx
        .update(publications)
        .set({ setAsideBy: null })
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            eq(publications.setAsideBy, id),
            inArray(publications.state, PUBLICATION_LISTS.mayGoOut),
          ),
        );
      await tx
        .update(postingStops)
        .set({ undoneAt: now })
        .where(and(eq(postingStops.workspaceId, ctx.workspaceId), eq(postingStops.id, id)));
      const goesOn = stop.wasRunning && workspace.heldFor === 'stop';
      if (goesOn) await startIn(tx, ctx);
      await recordActivity(tx, ctx, {
        verb: 'posting.stop_undone',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: fact('postingControl.activity.stopUndone', { count: n }),
        before: { stop: id, heldFor: workspace.heldFor },
        after: { heldFor: goesOn ? null : workspace.heldFor },
      });
      return true;
    });
    if (done) await ctx.events.publish('publishing/sweep.requested', {});
    return getPosting(ctx);
  },
});

async function restore(
  tx: Tx,
  ctx: Ctx,
  workspace: typeof workspaces.$inferSelect,
  id: string,
  now: Date,
): Promise<number> {
  const cancelledByIt = and(
    eq(publications.workspaceId, ctx.workspaceId),
    eq(publications.setAsideBy, id),
    inArray(publications.state, [...STEPS.undoStop.from]),
  );
  const found = await tx
    .select({
      id: publications.id,
      dueAt: publications.dueAt,
      from: publications.setAsideFrom,
      approvalId: publications.approvalId,
      kind: publications.kind,
    })
    .from(publications)
    .where(cancelledByIt);
  const asked = found.flatMap((f) => (f.from === 'awaiting_approval' && f.approvalId ? f.approvalId : []));
  if (asked.length > 0) {
    const own = and(
      eq(approvals.workspaceId, ctx.workspaceId),
      inArray(approvals.id, [...new Set(asked)]),
      eq(approvals.state, 'withdrawn'),
    );
    await tx.select({ id: approvals.id }).from(approvals).where(own).for('update');
    // A deadline that passed in between decides nothing automatically, because members assumed that it was off.
    await tx
      .update(approvals)
      .set({ state: 'kept', decidedAt: null })
      .where(and(own, lte(approvals.deadlineAt, now)));
    await tx.update(approvals).set({ state: 'open', decidedAt: null }).where(own);
  }
  await assertRoomOnEachDay(
    tx,
    workspace,
    found.filter(countsTowardsPlan).map((f) => f.dueAt),
  );
  const back = await tx
    .update(publications)
    .set({
      state: sql`case ${publications.setAsideFrom} when 'awaiting_approval' then ${STEPS.undoStopWaiting.to} else ${STEPS.undoStop.to} end`,
      version: sql`${publications.version} + 1`,
      setAsideBy: null,
      setAsideFrom: null,
      updatedAt: now,
    })
    .where(cancelledByIt)
    .returning({ id: publications.id });
  const ids = back.map((row) => row.id);
  await closeActions(tx, ctx, REST_ACTION, ids);
  await uploadFailedAgain(tx, ctx, ids, now);
  return back.length;
}

/** Retries the uploads that failed before the stop. Their alerts are already resolved. */
async function uploadFailedAgain(tx: Tx, ctx: Ctx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const failed = await tx
    .selectDistinct({ id: publicationMedia.publicationId })
    .from(publicationMedia)
    .where(
      and(
        eq(publicationMedia.workspaceId, ctx.workspaceId),
        eq(publicationMedia.state, 'failed'),
        inArray(publicationMedia.publicationId, [...ids]),
      ),
    );
  for (const { id } of failed) await forgetMedia(tx, ctx.workspaceId, id, { now, only: 'failed' });
}

/** Throws `limit_reached`, naming the day, if the restored posts do not fit into the plan of a local day. */
async function assertRoomOnEachDay(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  times: readonly Date[],
): Promise<void> {
  const days = new Map<number, number>();
  for (const time of times) {
    const day = localDayOf(time, workspace.timeZone).from.getTime();
    days.set(day, (days.get(day) ?? 0) + 1);
  }
  for (const [day, adding] of days)
    try {
      await assertDailyQuota(tx, workspace, new Date(day), adding);
    } catch (error) {
      if (!isAppError(error) || error.code !== 'limit_reached') throw error;
      const date = localTimeOf(new Date(day), workspace.timeZone).slice(0, 10);
      throw new AppError(
        'limit_reached',
        fact('postingControl.errors.noRoomForAll', { day: { local: date }, problem: error.fact }),
        { details: { ...error.details, date } },
      );
    }
}
