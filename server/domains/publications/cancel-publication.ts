import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import { APPROVAL_LISTS, approvals, publications } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { askIfUncertain } from './ask-uncertain-outcome';
import { closeActions } from './close-actions';
import { endAlerts } from './end-alerts';
import { lockPublication } from './lock-publication';
import { MISSED_ACTION } from './missed';
import { readPublication } from './queries';
import { publicationOutput, publicationVersionInput } from './schemas';
import { STEPS } from './transitions';

/**
 * Cancels a publication before it goes out. One that is being sent cannot be recalled. One that may already be out is not cancelled; a user
 * is asked about it instead, and the publication is returned in that state.
 */
export const cancelPublication = defineVerb({
  verb: 'publications.cancel',
  access: 'posts.publish',
  effect: 'change',
  input: publicationVersionInput,
  output: publicationOutput,
  run: async (ctx, input) => {
    const { id, version } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspaceShared(tx, ctx.workspaceId);
      // The approval is locked first, as everywhere that both are locked.
      const [found] = await tx
        .select({ approvalId: publications.approvalId })
        .from(publications)
        .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, id)));
      if (found?.approvalId)
        await tx
          .select({ id: approvals.id })
          .from(approvals)
          .where(and(eq(approvals.workspaceId, ctx.workspaceId), eq(approvals.id, found.approvalId)))
          .for('update');
      const row = await lockPublication(tx, ctx.workspaceId, id, version, 'cancel');
      if ((await askIfUncertain(tx, ctx, [id])).length > 0) return readPublication(tx, ctx, id);
      const now = ctx.clock.now();
      await tx
        .update(publications)
        .set({
          state: STEPS.cancel.to,
          version: sql`${publications.version} + 1`,
          claimToken: null,
          claimedUntil: null,
          retryAt: null,
          updatedAt: now,
        })
        .where(eq(publications.id, id));
      if (row.approvalId && row.state === 'awaiting_approval') {
        const [left] = await tx
          .select({ n: sql<number>`count(*)::int` })
          .from(publications)
          .where(
            and(
              eq(publications.workspaceId, ctx.workspaceId),
              eq(publications.approvalId, row.approvalId),
              ne(publications.state, 'cancelled'),
            ),
          );
        if (left?.n === 0)
          await tx
            .update(approvals)
            .set({ state: 'withdrawn', decidedAt: now })
            .where(
              and(
                eq(approvals.workspaceId, ctx.workspaceId),
                eq(approvals.id, row.approvalId),
                inArray(approvals.state, APPROVAL_LISTS.undecided),
              ),
            );
      }
      await endAlerts(tx, ctx, [id]);
      if (row.state === 'draft') await closeActions(tx, ctx, MISSED_ACTION, [id]);
      const after = await readPublication(tx, ctx, id);
      await recordActivity(tx, ctx, {
        verb: 'publication.cancelled',
        subjectType: 'publication',
        subjectId: id,
        summary: fact('publications.activity.cancelled', {
          title: after.postTitle,
          account: after.connectionName,
        }),
        before: { state: row.state },
        after: { state: after.state },
      });
      return after;
    });
  },
});
