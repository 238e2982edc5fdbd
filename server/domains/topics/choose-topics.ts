import { and, eq, notInArray } from 'drizzle-orm';
import { postingSettings, topics } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { plain } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { assertWithinLimit, PLAN_TERMS } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { TOPICS } from './catalogue';
import { readTopics } from './queries';
import { refitMix } from './refit-mix';
import { chooseTopicsInput, topicsOutput } from './schemas';

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((x) => b.includes(x));

/**
 * Makes exactly these the workspace's topics. A topic that is left out is kept but inactive, since posts may refer to it, and loses its
 * share of the mix. Throws
 * `limit_reached` when the plan has fewer topics or does not have one of them.
 */
export const chooseTopics = defineVerb({
  verb: 'topics.choose',
  permission: 'topics.change',
  effect: 'change',
  input: chooseTopicsInput,
  output: topicsOutput,
  run: async (ctx, input) => {
    const { slugs } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const { plan } = await lockWorkspace(tx, ctx.workspaceId);
      const outside = slugs.filter((slug) => !PLAN_TERMS[plan].topics.includes(slug));
      if (outside.length > 0) {
        const names = outside.map((slug) => TOPICS[slug].name).join(', ');
        throw new AppError(
          'limit_reached',
          `The ${PLAN_TERMS[plan].name} plan does not have these topics: ${names}. Upgrade to use them.`,
          { details: { limit: 'topics' }, fields: { slugs: `Not in the ${PLAN_TERMS[plan].name} plan` } },
        );
      }
      assertWithinLimit(plan, 'topics', 0, slugs.length);
      await tx
        .update(topics)
        .set({ active: false })
        .where(and(eq(topics.workspaceId, ctx.workspaceId), notInArray(topics.slug, slugs)));
      for (const slug of slugs) {
        await tx
          .insert(topics)
          .values({
            id: newId('topic'),
            workspaceId: ctx.workspaceId,
            slug,
            audience: TOPICS[slug].audience,
            tone: TOPICS[slug].tone,
          })
          .onConflictDoUpdate({ target: [topics.workspaceId, topics.slug], set: { active: true } });
      }
      const [settings] = await tx
        .select({ mix: postingSettings.mix, version: postingSettings.version })
        .from(postingSettings)
        .where(eq(postingSettings.workspaceId, ctx.workspaceId))
        .for('update');
      const mixed = Object.keys(settings?.mix ?? {});
      // The same topics again leave the mix as somebody set it; a new version tells a form that is open elsewhere.
      if (settings && mixed.length > 0 && !sameSet(mixed, slugs))
        await tx
          .update(postingSettings)
          .set({ mix: refitMix(settings.mix, slugs), version: settings.version + 1 })
          .where(eq(postingSettings.workspaceId, ctx.workspaceId));
      await recordActivity(tx, ctx, {
        verb: 'topics.chosen',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: plain(`Chose the topics ${slugs.map((slug) => TOPICS[slug].name).join(', ')}`),
      });
      return readTopics(tx, ctx);
    });
  },
});
