import { and, asc, eq, ne } from 'drizzle-orm';
import { connections, topics } from '@/db/schema';
import { canPublish } from '@/server/connectors/faces';
import { PLAN_TERMS } from '@/server/domains/plans/plans';
import { notFound } from '@/server/foundation/errors';
import { defineVerb, nothing } from '@/server/verbs/define';
import { equalMix, suggestTimes } from '../scheduling/suggest-times';
import { readPostingSettings, readWorkspace } from '../workspaces/read-workspace';
import { onboardingOutput } from './schemas';

/**
 * Returns the workspace's onboarding state with everything that the steps show. Times, mix and order that were not chosen yet are filled
 * with suggestions.
 */
export const getOnboarding = defineVerb({
  verb: 'onboarding.get',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: onboardingOutput,
  run: async (ctx) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const settings = await readPostingSettings(tx, ctx);
      if (!settings) throw notFound('setting');
      const chosen = await tx
        .select({ slug: topics.slug })
        .from(topics)
        .where(and(eq(topics.workspaceId, ctx.workspaceId), eq(topics.active, true)))
        .orderBy(asc(topics.createdAt), asc(topics.slug));
      const connected = await tx
        .select()
        .from(connections)
        .where(and(eq(connections.workspaceId, ctx.workspaceId), ne(connections.status, 'disconnected')))
        .orderBy(asc(connections.createdAt), asc(connections.id));
      const terms = PLAN_TERMS[workspace.plan];
      const slugs = chosen.map((t) => t.slug);
      const mixed = Object.keys(settings.mix);
      const mixFits = mixed.length === slugs.length && slugs.every((slug) => mixed.includes(slug));
      const postsPerDay = Math.min(settings.postsPerDay, terms.limits.postsPerDay ?? settings.postsPerDay);
      const slots =
        settings.slots.length === postsPerDay
          ? settings.slots
          : suggestTimes({ from: settings.activeFrom, to: settings.activeTo, count: postsPerDay });
      // Posts are distributed among the platforms that accept them, which excludes shops.
      const platforms = [...new Set(connected.map((c) => c.platform))].filter(canPublish);
      const known = settings.platformOrder.filter((p) => platforms.includes(p));
      return {
        step: workspace.onboardingStep,
        plan: workspace.plan,
        workspaceName: workspace.name,
        topics: slugs,
        connections: connected.map((c) => ({
          id: c.id,
          platform: c.platform,
          name: c.remoteName,
          status: c.status,
        })),
        limits: { postsPerDay: terms.limits.postsPerDay, connections: terms.limits.connections },
        automation: {
          timeZone: workspace.timeZone,
          activeFrom: settings.activeFrom,
          activeTo: settings.activeTo,
          postsPerDay,
          slots,
          mix: mixFits ? settings.mix : equalMix(slugs),
          platformOrder: [...known, ...platforms.filter((p) => !known.includes(p))],
          review: settings.review,
          approvalPolicy: settings.approvalPolicy,
          approvalHours: settings.approvalHours,
          version: settings.version,
        },
      };
    });
  },
});
