import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { topics, workspaces } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { PLAN_TERMS } from '../plans/plans';
import { isTopicSlug, TOPIC_SLUGS, TOPICS, type TopicSlug, topicName } from './catalogue';
import { type TopicsOutput, topicsOutput } from './schemas';

/** Lists all eight topics, with the workspace's choice and what its plan allows. */
export const listTopics = defineVerb({
  verb: 'topics.list',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: topicsOutput,
  run: async (ctx) => {
    return ctx.db.asWorkspace(ctx.workspaceId, (tx) => readTopics(tx, ctx));
  },
});

/** Like `listTopics`, in a transaction that is already open. */
export async function readTopics(tx: Tx, ctx: Ctx): Promise<TopicsOutput> {
  const [workspace] = await tx
    .select({ plan: workspaces.plan })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.workspaceId));
  if (!workspace) throw notFound('workspace');
  const rows = await tx.select().from(topics).where(eq(topics.workspaceId, ctx.workspaceId));
  const bySlug = new Map(rows.map((row) => [row.slug, row]));
  const terms = PLAN_TERMS[workspace.plan];
  return {
    plan: workspace.plan,
    limit: terms.limits.topics,
    topics: TOPIC_SLUGS.map((slug) => {
      const row = bySlug.get(slug);
      const base = TOPICS[slug];
      return {
        id: row?.id ?? null,
        slug,
        name: topicName(slug),
        audience: row?.audience ?? base.audience,
        tone: row?.tone ?? base.tone,
        samples: [...base.samples],
        chosen: row?.active ?? false,
        allowed: terms.topics.includes(slug),
      };
    }),
  };
}

/** Returns a topic that this workspace chose, or null. Runs in an open transaction. */
export async function readChosenTopic(
  tx: Tx,
  ctx: Ctx,
  topicId: string,
): Promise<{ id: string; slug: TopicSlug; audience: string; tone: string } | null> {
  const [row] = await tx
    .select()
    .from(topics)
    .where(and(eq(topics.workspaceId, ctx.workspaceId), eq(topics.id, topicId), eq(topics.active, true)));
  if (!row || !isTopicSlug(row.slug)) return null;
  return { id: row.id, slug: row.slug, audience: row.audience, tone: row.tone };
}
