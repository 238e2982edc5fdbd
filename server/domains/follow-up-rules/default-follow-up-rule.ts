import { eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type FollowUpRule, postingSettings } from '@/db/schema';
import { json } from '@/db/statements';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import { truncateText } from '@/server/foundation/storable';
import { defineVerb, nothing } from '@/server/verbs/define';
import type { Platforms } from '@/server/verbs/platforms';
import { recordActivity } from '../activity/record-activity';
import { textProblem } from './follow-up-method';
import { defaultFollowUpRuleOutput, saveDefaultFollowUpRuleInput } from './schemas';

/** Throws `invalid` if one of the platforms does not accept the rule's text. */
export function assertRuleFits(rule: FollowUpRule, platforms: readonly string[], port: Platforms): void {
  for (const platform of platforms) {
    const traits = port.traits(platform);
    const problem = traits && textProblem(rule, traits);
    if (problem) throw new AppError('invalid', problem, { fields: { 'followUpRule.text': problem } });
  }
}

/** Returns a rule as the activity records it: with the beginning of its text, under `texts` like all texts of a post. */
export function ruleInHistory(rule: FollowUpRule | null) {
  if (rule === null) return { followUpRule: null };
  const { text, ...followUpRule } = rule;
  return { followUpRule, texts: { followUp: truncateText(text, 500) } };
}

/** Returns the rule for an account's posts: the requested one, or the workspace's default if it fits the platform. */
export function followUpRuleFor(
  asked: FollowUpRule | null | undefined,
  standard: FollowUpRule | null | undefined,
  platform: string,
  port: Platforms,
): FollowUpRule | null {
  if (asked !== undefined) return asked;
  const traits = port.traits(platform);
  return standard && traits && textProblem(standard, traits) === null ? standard : null;
}

/** Reads the workspace's default rule, in the caller's transaction. */
export async function readDefaultFollowUpRule(
  tx: Tx,
  workspaceId: WorkspaceId,
): Promise<FollowUpRule | null> {
  const [row] = await tx
    .select({ followUpRule: postingSettings.followUpRule })
    .from(postingSettings)
    .where(eq(postingSettings.workspaceId, workspaceId));
  return row?.followUpRule ?? null;
}

/** Reads the default follow-up rule of new posts. */
export const getDefaultFollowUpRule = defineVerb({
  verb: 'planning.followUpRule',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: defaultFollowUpRuleOutput,
  run: (ctx) =>
    ctx.db.asWorkspace(ctx.workspaceId, async (tx) => ({
      followUpRule: await readDefaultFollowUpRule(tx, ctx.workspaceId),
    })),
});

/**
 * Changes the default follow-up rule of posts scheduled from now on. Throws `conflict` if another user changed it since the user saw it.
 */
export const saveDefaultFollowUpRule = defineVerb({
  verb: 'planning.saveFollowUpRule',
  access: 'schedule.change',
  effect: 'change',
  input: saveDefaultFollowUpRuleInput,
  output: defaultFollowUpRuleOutput,
  run: async (ctx, input) => {
    const { followUpRule, seen } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [row] = await tx
        // The database compares the rules, because it stores their fields in its own order.
        .select({
          followUpRule: postingSettings.followUpRule,
          asSeen: sql<boolean>`${postingSettings.followUpRule} is not distinct from ${seen && json(seen)}`,
        })
        .from(postingSettings)
        .where(eq(postingSettings.workspaceId, ctx.workspaceId))
        .for('update');
      if (!row) throw notFound('setting');
      if (!row.asSeen) throw new AppError('conflict', fact('followUpRules.errors.changed'));
      if (followUpRule) {
        // The text must fit every platform that supports the rule, so that it applies to every account.
        const able = PLATFORM_IDS.filter((id) => {
          const traits = ctx.platforms.traits(id);
          return traits?.publishes && (followUpRule.action === 'repost' || traits.follow);
        });
        assertRuleFits(followUpRule, able, ctx.platforms);
      }
      await tx
        .update(postingSettings)
        .set({ followUpRule })
        .where(eq(postingSettings.workspaceId, ctx.workspaceId));
      await recordActivity(tx, ctx, {
        verb: 'automation.follow_up_changed',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: followUpRule
          ? fact('followUpRules.activity.changed')
          : fact('followUpRules.activity.removed'),
        before: ruleInHistory(row.followUpRule),
        after: ruleInHistory(followUpRule),
      });
      return { followUpRule };
    });
  },
});
