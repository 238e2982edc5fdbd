import { and, eq, inArray, isNotNull, notExists, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { APPROVAL_LISTS, approvals, PUBLICATION_LISTS, postingStops, publications } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { askIfUncertain } from '../publications/ask-uncertain-outcome';
import { endAlerts } from '../publications/end-alerts';
import { STEPS } from '../publications/transitions';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { holdIn, settleHold } from './hold';
import { getPosting } from './queries';
import { postingStateOutput } from './schemas';

/**
 * Pauses posting and clears the queue: everything waiting to be sent or approved is cancelled in one transaction under the stop's id, so
 * that undoing restores exactly that. Publications that may already be out are not cancelled; a user is asked about them.
 */
export const stopPosting = defineVerb({
  verb: 'autoPosting.stop',
  access: 'posting.clear',
  effect: 'change',
  input: nothing,
  output: postingStateOutput,
  run: async (ctx) => {
    await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      const now = ctx.clock.now();
      // Approvals are locked first, as everywhere that both are locked.
      const asked = await tx
        .select({ id: approvals.id })
        .from(approvals)
        .where(
          and(eq(approvals.workspaceId, ctx.workspaceId), inArray(approvals.state, APPROVAL_LISTS.undecided)),
        )
        .for('update');
      if (workspace.heldFor !== 'emergency') await holdIn(tx, ctx, 'stop');
      const waiting = and(
        eq(publications.workspaceId, ctx.workspaceId),
        inArray(publications.state, [...STEPS.stop.from]),
      );
      const all = await tx.select({ id: publications.id }).from(publications).where(waiting).for('update');
      await askIfUncertain(
        tx,
        ctx,
        all.map((row) => row.id),
      );
      const id = newId('postingStop', now.getTime());
      const cancelled = await tx
        .update(publications)
        .set({
          state: STEPS.stop.to,
          version: sql`${publications.version} + 1`,
          setAsideBy: id,
          setAsideFrom: sql`case ${publications.state} when 'awaiting_approval' then 'awaiting_approval' else 'scheduled' end`,
          claimToken: null,
          updatedAt: now,
        })
        .where(waiting)
        .returning({ id: publications.id });
      await endAlerts(
        tx,
        ctx,
        cancelled.map((row) => row.id),
      );
      await withdraw(
        tx,
        ctx,
        asked.map((a) => a.id),
        now,
      );
      // Publications that are being sent, or whose outcome is unknown, cannot be recalled. They get the id of this stop: instead of waiting
      // for another attempt they are cancelled (`settle_publishing_v2`), and so are the parts that follow them (`db/parts.sql`).
      const going = await tx
        .update(publications)
        .set({ setAsideBy: id })
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            inArray(publications.state, PUBLICATION_LISTS.mayGoOut),
          ),
        )
        .returning({ parts: publications.parts });
      const n = cancelled.length + going.filter((row) => row.parts.length > 0).length;
      if (n > 0 || going.length > 0)
        await tx.insert(postingStops).values({
          id,
          workspaceId: ctx.workspaceId,
          stoppedBy: actorKey(ctx.actor),
          stoppedAt: now,
          wasRunning: workspace.heldAt === null,
          count: n,
        });
      await recordActivity(tx, ctx, {
        verb: 'posting.stopped',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: fact('postingControl.activity.stopped', { count: n }),
        before: { heldFor: workspace.heldFor },
        after: { heldFor: workspace.heldFor === 'emergency' ? 'emergency' : 'stop', stop: id },
      });
    });
    await settleHold(ctx);
    return getPosting(ctx);
  },
});

/** Withdraws the approvals that nothing is waiting for any more. */
async function withdraw(tx: Tx, ctx: Ctx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const own = and(
    eq(approvals.workspaceId, ctx.workspaceId),
    inArray(approvals.id, [...ids]),
    inArray(approvals.state, APPROVAL_LISTS.undecided),
  );
  await tx
    .update(approvals)
    .set({ state: 'withdrawn', decidedAt: now })
    .where(
      and(
        own,
        notExists(
          tx
            .select({ one: sql`1` })
            .from(publications)
            .where(
              and(
                isNotNull(publications.approvalId),
                eq(publications.approvalId, approvals.id),
                eq(publications.state, 'awaiting_approval'),
              ),
            ),
        ),
      ),
    );
}
