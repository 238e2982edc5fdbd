import { and, eq, notInArray } from 'drizzle-orm';
import { postingSettings, topics } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { assertWithinLimit, PLAN_TERMS } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { TOPICS, topicName } from './catalogue';
import { readTopics } from './queries';
import { refitMix } from './refit-mix';
import { chooseTopicsInput, topicsOutput } from './schemas';

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((x) => b.includes(x));

/**
 * Replaces the workspace's topics. A topic that is left out is retained but inactive, because posts may refer to it, and loses its share of
 * the mix. Throws `limit_reached` if the plan allows fewer topics or does not include one of them.
 */
export const chooseTopics = defineVerb({
  verb: 'topics.choose',
  access: 'topics.change',
  effect: 'change',
  input: chooseTopicsInput,
  output: topicsOutput,
  run: async (ctx, input) => {
    const { slugs } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const { plan } = await lockWorkspace(tx, ctx.workspaceId);
      const outside = slugs.filter((slug) => !PLAN_TERMS[plan].topics.includes(slug));
      if (outside.length > 0) {
        const { name } = PLAN_TERMS[plan];
        throw new AppError(
          'limit_reached',
          fact('topics.errors.notInPlan', { plan: name, topics: { list: outside.map(topicName) } }),
          {
            details: { limit: 'topics' },
            fields: { slugs: fact('topics.errors.fieldNotInPlan', { plan: name }) },
          },
        );
      }
      assertWithinLimit(plan, 'topics', 0, slugs.length);
      const before = await tx
        .select({ slug: topics.slug })
        .from(topics)
        .where(and(eq(topics.workspaceId, ctx.workspaceId), eq(topics.active, true)))
        .orderBy(topics.slug);
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
      // Choosing the same topics keeps the mix as it was set. A new version tells a form that is open elsewhere about the change.
      if (settings && mixed.length > 0 && !sameSet(mixed, slugs))
        await tx
          .update(postingSettings)
          .set({ mix: refitMix(settings.mix, slugs), version: settings.version + 1 })
          .where(eq(postingSettings.workspaceId, ctx.workspaceId));
      await recordActivity(tx, ctx, {
        verb: 'topics.chosen',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: fact('topics.activity.chosen', { topics: { list: slugs.map(topicName) } }),
        before: { topics: before.map(({ slug }) => slug) },
        after: { topics: slugs },
      });
      return readTopics(tx, ctx);
    });
  },
});
