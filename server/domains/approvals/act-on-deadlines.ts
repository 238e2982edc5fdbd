import { and, asc, eq, gt, lte, or } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { approvals } from '@/db/schema';
import { eachPagedRow } from '@/server/foundation/each-row';
import { isAppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { asWorkspaceId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { quotaFullAlert } from '../approval-requests/alert-keys';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { applyDecision } from './apply-decision';
import { notifyRequester } from './notify-requester';

const BATCH = 500;
type Approval = typeof approvals.$inferSelect;

/**
 * Applies the policy of every approval whose deadline has passed, exactly once and each in its own transaction: approve, reject or keep
 * (members can still decide), and notifies the member who requested it. A failure is logged and retried by the next call; it does not block
 * other approvals, in any workspace. Returns the number of approvals by outcome, including failures. `ctxOf` creates the ctx of a
 * workspace.
 */
export async function actOnDeadlines({
  db,
  now,
  ctxOf,
  batch = BATCH,
}: {
  db: Db;
  now: Date;
  ctxOf: (workspaceId: string) => Promise<Ctx>;
  batch?: number;
}): Promise<{ approved: number; rejected: number; kept: number; failed: number }> {
  const counts = { approved: 0, rejected: 0, kept: 0 };
  let hurried: Ctx | null = null;
  const { failed } = await eachPagedRow<Approval>({
    what: 'Acting on the deadline of an approval',
    of: ({ workspaceId, id }) => ({ workspaceId, approvalId: id }),
    read: (after) =>
      db.asSystem((tx) =>
        tx
          .select()
          .from(approvals)
          .where(
            and(
              eq(approvals.state, 'open'),
              lte(approvals.deadlineAt, now),
              after?.deadlineAt &&
                or(
                  gt(approvals.deadlineAt, after.deadlineAt),
                  and(eq(approvals.deadlineAt, after.deadlineAt), gt(approvals.id, after.id)),
                ),
            ),
          )
          .orderBy(asc(approvals.deadlineAt), asc(approvals.id))
          .limit(batch),
      ),
    async work(approval) {
      const ctx = await ctxOf(approval.workspaceId);
      const outcome = await act(ctx, approval);
      if (outcome) counts[outcome]++;
      if (outcome === 'approved') hurried ??= ctx;
    },
  });
  // One sweep publishes the approved posts of all workspaces.
  if (hurried) await (hurried as Ctx).events.publish('publishing/sweep.requested', {});
  return { ...counts, failed };
}

/** Applies the approval's policy. Returns null if another process or user decided first. */
async function act(ctx: Ctx, approval: Approval): Promise<'approved' | 'rejected' | 'kept' | null> {
  const { policy } = approval;
  if (policy === 'keep') return keep(ctx, approval, null);
  try {
    const done = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      applyDecision(tx, ctx, approval, policy, { via: 'deadline', from: ['open'] }),
    );
    if (done?.mailed) await ctx.events.publish('email/queued', {});
    return done?.outcome ?? null;
  } catch (error) {
    // The plan has no capacity left today. Choosing which post gives way is up to a member, so the approval is kept open.
    if (!isAppError(error) || error.code !== 'limit_reached') throw error;
    return keep(ctx, approval, error.fact);
  }
}

/**
 * Leaves the approval for a user to decide. `limit`: the exceeded limit that prevented automatic approval, if any. Returns null if the
 * approval was no longer open.
 */
async function keep(ctx: Ctx, approval: Approval, limit: Fact | null): Promise<'kept' | null> {
  const done = await ctx.db.asWorkspace(asWorkspaceId(approval.workspaceId), async (tx) => {
    // Lock the workspace first, as every decision and stop does: the rows written below refer to it.
    await lockWorkspace(tx, ctx.workspaceId);
    const kept = await tx
      .update(approvals)
      .set({ state: 'kept' })
      .where(
        and(
          eq(approvals.workspaceId, approval.workspaceId),
          eq(approvals.id, approval.id),
          eq(approvals.state, 'open'),
        ),
      )
      .returning({ id: approvals.id });
    if (kept.length === 0) return null;
    if (limit)
      await raiseAlert(tx, ctx, {
        key: quotaFullAlert(approval.id),
        severity: 'warning',
        title: fact('approvals.alerts.noRoom', { title: approval.title }),
        body: fact('approvals.alerts.noRoomBody'),
        href: '/todo',
      });
    await recordActivity(tx, ctx, {
      verb: 'approval.kept',
      subjectType: approval.subjectType,
      subjectId: approval.subjectId,
      summary: fact(limit ? 'approvals.activity.keptNoRoom' : 'approvals.activity.kept', {
        title: approval.title,
      }),
      before: { approvalId: approval.id, state: 'open' },
      after: { approvalId: approval.id, state: 'kept' },
    });
    const why = limit ? fact('approvals.kept.noRoom', { limit }) : fact('approvals.kept.undecided');
    return { mailed: await notifyRequester(tx, ctx, approval, { decision: 'kept', why }) };
  });
  if (done?.mailed) await ctx.events.publish('email/queued', {});
  return done && 'kept';
}
