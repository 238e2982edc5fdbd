import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { connections, postingSettings, topics, workspaces } from '@/db/schema';
import { canPublish } from '@/server/connectors/faces';
import { recordActivity } from '@/server/domains/activity/record-activity';
import { PLAN_TERMS } from '@/server/domains/plans/plans';
import { giveDefaultSlots } from '@/server/domains/scheduling/default-slots';
import { lockWorkspace } from '@/server/domains/workspaces/lock-workspace';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { advance } from './complete-step';
import { automationInput, STEPS, stepSchema } from './schemas';

const invalid = (field: string, problem: Fact) =>
  new AppError('invalid', problem, { fields: { [field]: problem } });

/** Returns the settings that are recorded when they change. */
const LOGGED = [
  'activeFrom',
  'activeTo',
  'postsPerDay',
  'slots',
  'mix',
  'platformOrder',
  'review',
  'approvalPolicy',
  'approvalHours',
] as const satisfies readonly (keyof typeof postingSettings.$inferSelect)[];
const loggedOf = (settings: Pick<typeof postingSettings.$inferSelect, (typeof LOGGED)[number]>) =>
  Object.fromEntries(LOGGED.map((name) => [name, settings[name]]));

/** Saves when, what and how the workspace posts. In onboarding, this completes the last step. */
export const saveAutomation = defineVerb({
  verb: 'onboarding.saveAutomation',
  access: 'schedule.change',
  effect: 'change',
  input: automationInput,
  output: z.object({ step: stepSchema, version: z.number() }),
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      if (STEPS.indexOf(workspace.onboardingStep) < STEPS.indexOf('automation'))
        await advance(tx, ctx, workspace.onboardingStep, 'automation');
      const { name, limits } = PLAN_TERMS[workspace.plan];
      if (limits.postsPerDay !== null && input.postsPerDay > limits.postsPerDay) {
        const problem = fact('onboarding.errors.tooManyPosts', { plan: name, most: limits.postsPerDay });
        throw new AppError('limit_reached', problem, { fields: { postsPerDay: problem } });
      }

      const chosen = await tx
        .select({ slug: topics.slug })
        .from(topics)
        .where(and(eq(topics.workspaceId, ctx.workspaceId), eq(topics.active, true)));
      const slugs = new Set(chosen.map((t) => t.slug));
      const mixed = Object.keys(input.mix);
      if (mixed.length !== slugs.size || mixed.some((slug) => !slugs.has(slug)))
        throw invalid('mix', fact('onboarding.errors.mixOfTopics'));

      const allowed = PLAN_TERMS[workspace.plan].platforms;
      const connected = await tx
        .select({ platform: connections.platform })
        .from(connections)
        .where(eq(connections.workspaceId, ctx.workspaceId));
      const known = new Set([...allowed, ...connected.map((c) => c.platform)]);
      if (input.platformOrder.some((platform) => !known.has(platform)))
        throw invalid('platformOrder', fact('onboarding.errors.platformNotInPlan'));
      if (!input.platformOrder.every(canPublish))
        throw invalid('platformOrder', fact('onboarding.errors.platformTakesNoPosts'));

      const { timeZone, version, ...settings } = input;
      const [before] = await tx
        .select()
        .from(postingSettings)
        .where(eq(postingSettings.workspaceId, ctx.workspaceId))
        .for('update');
      const [saved] = await tx
        .update(postingSettings)
        .set({
          ...settings,
          slots: [...settings.slots].sort((a, b) => a - b),
          version: version + 1,
        })
        .where(and(eq(postingSettings.workspaceId, ctx.workspaceId), eq(postingSettings.version, version)))
        .returning({ version: postingSettings.version });
      if (!saved) {
        const [exists] = await tx
          .select({ version: postingSettings.version })
          .from(postingSettings)
          .where(eq(postingSettings.workspaceId, ctx.workspaceId));
        if (!exists) throw notFound('setting');
        throw new AppError('conflict', fact('onboarding.errors.settingsChanged'), {
          details: { version: exists.version },
        });
      }
      if (timeZone !== workspace.timeZone)
        await tx.update(workspaces).set({ timeZone }).where(eq(workspaces.id, ctx.workspaceId));
      await recordActivity(tx, ctx, {
        verb: 'automation.changed',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: fact('onboarding.activity.automation', { count: input.postsPerDay, review: input.review }),
        ...(before && { before: { ...loggedOf(before), timeZone: workspace.timeZone } }),
        after: { ...loggedOf(input), timeZone },
      });
      const step = await advance(tx, ctx, workspace.onboardingStep, 'automation');
      // For accounts connected before the times were chosen. Later ones get their times when they are connected.
      if (workspace.onboardingStep === 'automation') await giveDefaultSlots(tx, ctx);
      return { step, version: saved.version };
    });
  },
});
