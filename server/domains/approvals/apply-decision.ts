import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { approvals, publications } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { localTimeOf } from '@/server/foundation/local-time';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { resolveAlert } from '../alerts/resolve-alert';
import { noRoomAlert } from '../approval-requests/alert-keys';
import { dropStaleOccurrences } from '../planning/drop-stale';
import { approveSeriesTexts } from '../planning/series-texts';
import { STEPS } from '../publications/transitions';
import { assertRoomOnDay, takesPlace } from '../scheduling/count-day';
import { lockWorkspace } from '../workspaces/lock-workspace';
import type { Decision } from './schemas';
import { tellAsker } from './tell-asker';

type Row = typeof approvals.$inferSelect;

/**
 * Decides an approval that is still open and moves what waits for it, in the caller's transaction. The row's state is
 * compared and set, so of two deciders one gets null and nothing happens twice. What is approved after its time is due now. Whoever asked
 * is told; `mailed` says whether there is an e-mail to publish `email/queued` for.
 */
export async function applyDecision(
  tx: Tx,
  ctx: Ctx,
  approval: Pick<Row, 'id' | 'subjectType' | 'subjectId' | 'title'>,
  decision: Decision,
  by: {
    via: NonNullable<Row['decidedVia']>;
    from: readonly Row['state'][];
    note?: string | undefined;
  },
): Promise<{ mailed: boolean } | null> {
  const workspace = await lockWorkspace(tx, ctx.workspaceId);
  const now = ctx.clock.now();
  const decided = await tx
    .update(approvals)
    .set({
      state: decision === 'approve' ? 'approved' : 'rejected',
      decidedAt: now,
      decidedBy: actorKey(ctx.actor),
      decidedVia: by.via,
      note: by.note ?? null,
    })
    .where(
      and(
        eq(approvals.workspaceId, ctx.workspaceId),
        eq(approvals.id, approval.id),
        inArray(approvals.state, by.from),
      ),
    )
    .returning({ id: approvals.id });
  if (decided.length === 0) return null;
  const outcome = decision === 'approve' ? 'approved' : 'rejected';
  // Before a rejection changes what waits.
  const mailed = await tellAsker(tx, ctx, approval, outcome);
  const waiting = and(
    eq(publications.workspaceId, ctx.workspaceId),
    eq(publications.approvalId, approval.id),
    inArray(publications.state, [...STEPS.approve.from]),
  );
  // A stop took it back, it was edited meanwhile, and undoing the stop brings it back as decided.
  const stopped = and(
    eq(publications.workspaceId, ctx.workspaceId),
    eq(publications.approvalId, approval.id),
    eq(publications.state, 'cancelled'),
    eq(publications.setAsideFrom, 'awaiting_approval'),
  );
  if (decision === 'approve') {
    await dropStaleOccurrences(tx, ctx, approval.id, now);
    await approveSeriesTexts(tx, ctx, approval.id);
    const late = await tx
      .select({ id: publications.id, kind: publications.kind })
      .from(publications)
      .where(and(waiting, lt(publications.dueAt, now)));
    if (late.length > 0) {
      const ids = late.map((l) => l.id);
      const posts = late.filter(takesPlace).length;
      if (posts > 0) await assertRoomOnDay(tx, workspace, now, posts, ids);
      await tx
        .update(publications)
        .set({ dueAt: now, localTime: localTimeOf(now, workspace.timeZone), timeZone: workspace.timeZone })
        .where(and(waiting, inArray(publications.id, ids)));
    }
    await tx.update(publications).set({ state: STEPS.approve.to, updatedAt: now }).where(waiting);
    await tx.update(publications).set({ setAsideFrom: 'scheduled' }).where(stopped);
  } else {
    await tx.update(publications).set({ setAsideBy: null, setAsideFrom: null }).where(stopped);
    await tx
      .update(publications)
      .set({ state: STEPS.reject.to, version: sql`${publications.version} + 1`, updatedAt: now })
      .where(waiting);
  }
  await resolveAlert(tx, ctx, noRoomAlert(approval.id));
  await recordActivity(tx, ctx, {
    verb: decision === 'approve' ? 'approval.approved' : 'approval.rejected',
    subjectType: approval.subjectType,
    subjectId: approval.subjectId,
    summary: fact(
      `approvals.activity.${decision === 'approve' ? 'approved' : 'rejected'}${by.via === 'deadline' ? 'AtDeadline' : ''}`,
      { title: approval.title },
    ),
    after: {
      approvalId: approval.id,
      state: decision === 'approve' ? 'approved' : 'rejected',
      via: by.via,
      note: by.note ?? null,
    },
  });
  return { mailed };
}
