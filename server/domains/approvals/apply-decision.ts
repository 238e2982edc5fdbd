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
/** How a decision is made: through which channel, from which states, and with which note. */
interface DecisionInput {
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
 * Decides an approval that is still open and moves the publications that wait for it, in the caller's transaction. The row's state is
 * compared and set, so if two users decide at the same time, one of them gets null and nothing happens twice. Approved publications whose
 * time has passed are due now. The member who requested the approval is notified; `mailed` is whether `email/queued` must be published for
 * an e-mail. Throws `limit_reached` if some publications are late and today's quota of the plan has no capacity for them.
 */
export async function applyDecision(
  tx: Tx,
  ctx: Ctx,
  approval: Pick<Row, 'id' | 'subjectType' | 'subjectId' | 'title'>,
  decision: Decision,
  taken: DecisionInput,
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

/** Records the decision. Returns false if the approval is no longer in a state from which this decision can be made. */
async function settle(
  tx: Tx,
  ctx: Ctx,
  id: string,
  state: Row['state'],
  { via, from, note }: DecisionInput,
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

/** The publications that wait for this decision. */
const waitingFor = (ctx: Ctx, approvalId: string): SQL | undefined =>
  and(
    eq(publications.workspaceId, ctx.workspaceId),
    eq(publications.approvalId, approvalId),
    inArray(publications.state, [...STEPS.approve.from]),
  );
/** The publications that were waiting for this decision when a stop cancelled them. Undoing the stop restores them as decided. */
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

/**
 * Makes pending publications due now if their time has passed. Throws `limit_reached` if today's quota of the plan has no capacity for
 * them.
 */
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
