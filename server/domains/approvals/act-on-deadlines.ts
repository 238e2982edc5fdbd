import { and, asc, eq, lte } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { approvals } from '@/db/schema';
import { isAppError } from '@/server/foundation/errors';
import { asWorkspaceId } from '@/server/foundation/ids';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { lockWorkspace } from '../billing/lock-workspace';
import type { Ctx } from '../context';
import { queueEmail } from '../emails/queue-email';
import { applyDecision, noRoomAlert } from './apply-decision';
import { tellAsker } from './tell-asker';

const BATCH = 500;

/**
 * Acts on approvals whose deadline has passed, each exactly once and in a transaction of its own: approve, reject, or keep
 * paused (then a person can still decide); whoever asked is told. Answers how many it acted on. `ctxOf` makes a ctx for a workspace.
 */
export async function actOnDeadlines({
  db,
  now,
  ctxOf,
}: {
  db: Db;
  now: Date;
  ctxOf: (workspaceId: string) => Promise<Ctx>;
}): Promise<{ approved: number; rejected: number; kept: number }> {
  const due = await db.asSystem((tx) =>
    tx
      .select()
      .from(approvals)
      .where(and(eq(approvals.state, 'open'), lte(approvals.deadlineAt, now)))
      .orderBy(asc(approvals.deadlineAt))
      .limit(BATCH),
  );
  const counts = { approved: 0, rejected: 0, kept: 0 };
  for (const approval of due) {
    const ctx = await ctxOf(approval.workspaceId);
    const { policy } = approval;
    if (policy !== 'keep')
      try {
        const mails = await tellAsker({
          ctx,
          approval,
          outcome: policy === 'approve' ? 'approved' : 'rejected',
        });
        const done = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
          applyDecision(tx, ctx, approval, policy, { via: 'deadline', from: ['open'], mails }),
        );
        if (done) {
          counts[policy === 'approve' ? 'approved' : 'rejected']++;
          if (mails.length > 0) await ctx.signals.send('email/queued', {});
        }
        continue;
      } catch (error) {
        // The plan has no room today: it is not the deadline's place to choose what gives way, so a person decides.
        if (!isAppError(error) || error.code !== 'limit_reached') throw error;
      }
    if (await keep(ctx, approval, policy !== 'keep')) counts.kept++;
  }
  if (counts.approved > 0) {
    const first = due.find((a) => a.policy === 'approve');
    if (first) await (await ctxOf(first.workspaceId)).signals.send('publishing/sweep.requested', {});
  }
  return counts;
}

async function keep(ctx: Ctx, approval: typeof approvals.$inferSelect, full: boolean): Promise<boolean> {
  const mails = await tellAsker({ ctx, approval, outcome: 'kept' });
  const done = await ctx.db.asWorkspace(asWorkspaceId(approval.workspaceId), async (tx) => {
    // The workspace first, as everybody who decides or stops: what is written below refers to it.
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
    if (kept.length === 0) return false;
    if (full)
      await raiseAlert(tx, ctx, {
        key: noRoomAlert(approval.id),
        severity: 'warning',
        title: `“${approval.title}” could not be approved by itself`,
        body: 'The plan has no posts left today. Approve it another day, or upgrade.',
        href: '/todo',
      });
    await recordActivity(tx, ctx, {
      verb: 'approval.kept',
      subjectType: approval.subjectType,
      subjectId: approval.subjectId,
      summary: `Nobody decided about “${approval.title}” in time; it stays paused`,
    });
    for (const mail of mails) await queueEmail(tx, { ...mail, at: ctx.clock.now() });
    return true;
  });
  if (done && mails.length > 0) await ctx.signals.send('email/queued', {});
  return done;
}
