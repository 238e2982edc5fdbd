import { and, eq, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { approvals, publications, type workspaces } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { localTimeOf } from '@/server/foundation/local-time';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { resolveAlert } from '../alerts/resolve-alert';
import { quotaFullAlert } from '../approval-requests/alert-keys';
import { dropStaleOccurrences } from '../planning/drop-stale';
import { approveSeriesTexts } from '../planning/series-texts';
import { STEPS } from '../publications/transitions';
import { assertDailyQuota, countsTowardsPlan } from '../scheduling/count-day';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { notifyRequester } from './notify-requester';
import type { Decision } from './schemas';

type Row = typeof approvals.$inferSelect;
/** How a decision is taken: by which way, from which states, and what was said with it. */
interface Taken {
  via: NonNullable<Row['decidedVia']>;
  from: readonly Row['state'][];
  note?: string | undefined;
}

const OUTCOMES = { approve: 'approved', reject: 'rejected' } as const satisfies Record<
  Decision,
  Row['state']
>;
const RELEASES = { approve: approveWaiting, reject: rejectWaiting };

/**
 * Decides an approval that is still open and moves what waits for it, in the caller's transaction. The row's state is
 * compared and set, so of two deciders one gets null and nothing happens twice. What is approved after its time is due now. Whoever asked
 * is told; `mailed` says whether there is an e-mail to publish `email/queued` for. Throws `limit_reached` when something is late and the
 * plan has no room for it today.
 */
export async function applyDecision(
  tx: Tx,
  ctx: Ctx,
  approval: Pick<Row, 'id' | 'subjectType' | 'subjectId' | 'title'>,
  decision: Decision,
  taken: Taken,
): Promise<{ outcome: (typeof OUTCOMES)[Decision]; mailed: boolean } | null> {
  const workspace = await lockWorkspace(tx, ctx.workspaceId);
  const outcome = OUTCOMES[decision];
  if (!(await settle(tx, ctx, approval.id, outcome, taken))) return null;
  // Must run before a rejection changes the pending publications.
  const mailed = await notifyRequester(tx, ctx, approval, { decision: outcome });
  await RELEASES[decision](tx, ctx, approval.id, workspace);
  await resolveAlert(tx, ctx, quotaFullAlert(approval.id));
  await recordActivity(tx, ctx, {
    verb: `approval.${outcome}`,
    subjectType: approval.subjectType,
    subjectId: approval.subjectId,
    summary: fact(`approvals.activity.${outcome}${taken.via === 'deadline' ? 'AtDeadline' : ''}`, {
      title: approval.title,
    }),
    after: { approvalId: approval.id, state: outcome, via: taken.via, note: taken.note ?? null },
  });
  return { outcome, mailed };
}

/** Writes the decision into its row; false when it is in none of the states any more from which it is taken. */
async function settle(
  tx: Tx,
  ctx: Ctx,
  id: string,
  state: Row['state'],
  { via, from, note }: Taken,
): Promise<boolean> {
  const decided = await tx
    .update(approvals)
    .set({
      state,
      decidedAt: ctx.clock.now(),
      decidedBy: actorKey(ctx.actor),
      decidedVia: via,
      note: note ?? null,
    })
    .where(
      and(eq(approvals.workspaceId, ctx.workspaceId), eq(approvals.id, id), inArray(approvals.state, from)),
    )
    .returning({ id: approvals.id });
  return decided.length > 0;
}

/** Those that wait for this decision. */
const waitingFor = (ctx: Ctx, approvalId: string): SQL | undefined =>
  and(
    eq(publications.workspaceId, ctx.workspaceId),
    eq(publications.approvalId, approvalId),
    inArray(publications.state, [...STEPS.approve.from]),
  );
/** Those that waited for it when a stop took them back: undoing the stop brings them back as decided. */
const stoppedFor = (ctx: Ctx, approvalId: string): SQL | undefined =>
  and(
    eq(publications.workspaceId, ctx.workspaceId),
    eq(publications.approvalId, approvalId),
    eq(publications.state, 'cancelled'),
    eq(publications.setAsideFrom, 'awaiting_approval'),
  );

async function approveWaiting(
  tx: Tx,
  ctx: Ctx,
  approvalId: string,
  workspace: typeof workspaces.$inferSelect,
): Promise<void> {
  await dropStaleOccurrences(tx, ctx, approvalId, ctx.clock.now());
  await approveSeriesTexts(tx, ctx, approvalId);
  await moveLateToNow(tx, ctx, approvalId, workspace);
  await tx
    .update(publications)
    .set({ state: STEPS.approve.to, updatedAt: ctx.clock.now() })
    .where(waitingFor(ctx, approvalId));
  await tx.update(publications).set({ setAsideFrom: 'scheduled' }).where(stoppedFor(ctx, approvalId));
}

async function rejectWaiting(tx: Tx, ctx: Ctx, approvalId: string): Promise<void> {
  await tx
    .update(publications)
    .set({ setAsideBy: null, setAsideFrom: null })
    .where(stoppedFor(ctx, approvalId));
  await tx
    .update(publications)
    .set({
      state: STEPS.reject.to,
      version: sql`${publications.version} + 1`,
      updatedAt: ctx.clock.now(),
    })
    .where(waitingFor(ctx, approvalId));
}

/** What waited beyond its time is due now, where the plan has room for it today. Throws `limit_reached` otherwise. */
async function moveLateToNow(
  tx: Tx,
  ctx: Ctx,
  approvalId: string,
  workspace: typeof workspaces.$inferSelect,
): Promise<void> {
  const now = ctx.clock.now();
  const waiting = waitingFor(ctx, approvalId);
  const late = await tx
    .select({ id: publications.id, kind: publications.kind })
    .from(publications)
    .where(and(waiting, lt(publications.dueAt, now)));
  if (late.length === 0) return;
  const ids = late.map(({ id }) => id);
  const posts = late.filter(countsTowardsPlan).length;
  if (posts > 0) await assertDailyQuota(tx, workspace, now, posts, ids);
  await tx
    .update(publications)
    .set({ dueAt: now, localTime: localTimeOf(now, workspace.timeZone), timeZone: workspace.timeZone })
    .where(and(waiting, inArray(publications.id, ids)));
}
