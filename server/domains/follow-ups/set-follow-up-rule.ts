import { and, eq } from 'drizzle-orm';
import { connections, type FollowUpRule, publicationResults, publications } from '@/db/schema';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { actorKey } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { resolveAlert } from '../alerts/resolve-alert';
import { followUpEnd } from '../follow-up-rules/decide';
import { assertRuleFits, ruleInHistory } from '../follow-up-rules/default-follow-up-rule';
import { methodOf, noMethodReason } from '../follow-up-rules/follow-up-method';
import { setFollowUpRuleInput } from '../follow-up-rules/schemas';
import { readPublication } from '../publications/queries';
import { publicationOutput } from '../publications/schemas';
import { noResultsReason } from '../results/schedule';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';

/**
 * Changes or removes the follow-up rule of a post until the follow-up has happened. The new rule is evaluated against the current numbers.
 * Throws `conflict` if it has happened or can no longer happen, `invalid` if the platform does not accept the text.
 */
export const setFollowUpRule = defineVerb({
  verb: 'publications.setFollowUpRule',
  access: 'posts.publish',
  effect: 'change',
  input: setFollowUpRuleInput,
  output: publicationOutput,
  run: async (ctx, input) => {
    const { id, followUpRule } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspaceShared(tx, ctx.workspaceId);
      const [row] = await tx
        .select()
        .from(publications)
        .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, id)))
        .for('update');
      if (!row) throw notFound('publication');
      if (row.kind !== 'post' || row.followsId !== null)
        throw new AppError('invalid', fact('followUps.errors.followsAlready'));
      if (row.state === 'cancelled' && followUpRule)
        throw new AppError('conflict', fact('followUps.errors.cancelled'));
      const mine = and(
        eq(publicationResults.workspaceId, ctx.workspaceId),
        eq(publicationResults.publicationId, id),
      );
      const [results] = await tx.select().from(publicationResults).where(mine).for('update');
      if (results?.followUpState === 'completed')
        throw new AppError('conflict', fact('followUps.errors.happened'));
      const [connection] = await tx
        .select({ platform: connections.platform })
        .from(connections)
        .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, row.connectionId)));
      if (followUpRule && connection) assertRuleFits(followUpRule, [connection.platform], ctx.platforms);
      const now = ctx.clock.now();
      if (followUpRule && row.state === 'published')
        assertMayHappen(
          row,
          results,
          followUpRule,
          connection && ctx.platforms.traits(connection.platform),
          now,
        );
      const rule = followUpRule && { ...followUpRule, by: actorKey(ctx.actor) };
      await tx
        .update(publications)
        .set({ followUpRule: rule, updatedAt: now })
        .where(eq(publications.id, id));
      if (results)
        await tx
          .update(publicationResults)
          .set({
            followUpState: null,
            followUpAt: null,
            followUpCount: null,
            followUpNote: null,
            // The known numbers may already satisfy the new rule, so they are read again now.
            ...(followUpRule && results.nextReadAt ? { nextReadAt: now } : {}),
          })
          .where(mine);
      await resolveAlert(tx, ctx, `publication:${id}:follow-up`);
      const after = await readPublication(tx, ctx, id);
      const params = { title: after.postTitle, account: after.connectionName };
      await recordActivity(tx, ctx, {
        verb: 'publication.follow_up_changed',
        subjectType: 'publication',
        subjectId: id,
        summary: followUpRule
          ? fact('followUps.activity.changed', params)
          : fact('followUps.activity.removed', params),
        before: ruleInHistory(row.followUpRule),
        after: ruleInHistory(rule),
      });
      return after;
    });
  },
});

/** Throws `conflict` if a rule for a published post could never take effect, because it would be shown as active. */
function assertMayHappen(
  row: typeof publications.$inferSelect,
  results: typeof publicationResults.$inferSelect | undefined,
  followUpRule: FollowUpRule,
  traits: PlatformTraits | null | undefined,
  now: Date,
): void {
  const unseen = noResultsReason(
    {
      state: row.state,
      publishedAt: row.publishedAt,
      known: row.remoteId !== null,
      results: results ? { gone: results.gone, over: results.nextReadAt === null } : null,
    },
    now,
  );
  if (unseen) throw new AppError('conflict', fact('followUps.errors.unseen', { why: unseen }));
  if (traits && !methodOf(followUpRule, traits, row.permalink))
    throw new AppError('conflict', noMethodReason(followUpRule, traits, traits.name));
  if (row.publishedAt && followUpEnd(followUpRule, row.publishedAt) <= now) {
    const over = fact('followUps.errors.tooLate', { hours: followUpRule.withinHours });
    throw new AppError('conflict', over, { fields: { 'followUpRule.withinHours': over } });
  }
}
