import { and, asc, desc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { connections, evergreenPosts, PUBLICATION_LISTS, posts, publications, variants } from '@/db/schema';
import { charactersOf } from '@/server/connectors/kit/media';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import { type OptionValues, optionsKey } from '@/server/foundation/option-values';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { readPost } from '../posts/queries';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { type ChosenOptions, readChosenOptions } from './chosen-options';
import { plainText } from './evergreen-rules';
import { evergreenInput, evergreenListOutput, listEvergreenInput, removeEvergreenInput } from './schemas';

/**
 * Marks a post as evergreen, or changes how it is recycled. The post moves to the library. Throws `conflict` if another user changed it
 * since the user saw it, `invalid` for wordings that are too long or duplicated.
 */
export const setEvergreen = defineVerb({
  verb: 'planning.setEvergreen',
  access: 'posts.publish',
  effect: 'change',
  input: evergreenInput,
  output: z.object({ postId: z.string(), version: z.number() }),
  run: async (ctx, input) => {
    const { postId, version, options: requests, ...values } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspaceShared(tx, ctx.workspaceId);
      const post = await readPost(tx, ctx.workspaceId, postId);
      checkWordings(post, values.wordings, await widestTraits(tx, ctx));
      const now = ctx.clock.now();
      const own = and(eq(evergreenPosts.workspaceId, ctx.workspaceId), eq(evergreenPosts.postId, postId));
      const chosen = await readChosenOptions(tx, ctx, requests, ctx.platforms, post.variants);
      const [before] = version === 0 ? [] : await tx.select().from(evergreenPosts).where(own).for('update');
      const saved =
        version === 0
          ? await tx
              .insert(evergreenPosts)
              .values({
                ...values,
                ...withChosen(ctx, undefined, chosen),
                postId,
                workspaceId: ctx.workspaceId,
                createdBy: actorKey(ctx.actor),
                createdAt: now,
              })
              .onConflictDoNothing()
              .returning({ version: evergreenPosts.version })
          : await tx
              .update(evergreenPosts)
              .set({
                ...values,
                ...changedBy(ctx, before, values),
                ...withChosen(ctx, before, chosen),
                version: sql`${evergreenPosts.version} + 1`,
              })
              .where(and(own, eq(evergreenPosts.version, version)))
              .returning({ version: evergreenPosts.version });
      const [row] = saved;
      if (!row) throw new AppError('conflict', fact('planning.errors.recyclingChanged'));
      await tx
        .update(posts)
        .set({ status: 'library' })
        .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, postId)));
      await recordActivity(tx, ctx, {
        verb: 'evergreen.saved',
        subjectType: 'post',
        subjectId: postId,
        summary: values.paused
          ? fact('planning.activity.recyclingPaused', { title: post.title })
          : fact('planning.activity.recycled', { title: post.title, days: values.gapDays }),
        ...(before && { before: { gapDays: before.gapDays, paused: before.paused } }),
        after: { gapDays: values.gapDays, paused: values.paused },
      });
      return { postId, version: row.version };
    });
  },
});

/** Adds the options that a user chose, and makes the user responsible for those that differ. */
function withChosen(
  ctx: Ctx,
  before: Pick<typeof evergreenPosts.$inferSelect, 'options' | 'optionsBy'> | undefined,
  chosen: ChosenOptions,
): Pick<typeof evergreenPosts.$inferInsert, 'options' | 'optionsBy'> {
  const { options = {}, optionsBy = {} } = before ?? {};
  const changed = [...chosen].filter(([id, values]) => optionsKey(values) !== optionsKey(options[id] ?? {}));
  return {
    options: { ...options, ...Object.fromEntries(changed) },
    optionsBy: { ...optionsBy, ...Object.fromEntries(changed.map(([id]) => [id, actorKey(ctx.actor)])) },
  };
}

/**
 * Returns who is responsible for a change: for the wordings of each changed platform, and for resuming the post. Unchanged parts keep their
 * author.
 */
function changedBy(
  ctx: Ctx,
  before: typeof evergreenPosts.$inferSelect | undefined,
  values: { wordings: Readonly<Record<string, string[]>>; paused: boolean },
): { wordingsBy: Record<string, string>; resumedBy?: string } {
  if (!before) return { wordingsBy: {} };
  const me = actorKey(ctx.actor);
  const wordingsBy: Record<string, string> = {};
  for (const [platform, texts] of Object.entries(values.wordings)) {
    const old = before.wordings[platform] ?? [];
    // Removing or reordering wordings does not make someone their author.
    const same = texts.every((text) => old.includes(text));
    wordingsBy[platform] = same ? (before.wordingsBy[platform] ?? before.createdBy) : me;
  }
  return { wordingsBy, ...(before.paused && !values.paused ? { resumedBy: me } : {}) };
}

/** Returns the properties of a platform as they are for the account whose texts may be longest; the filling checks each account. */
async function widestTraits(tx: Tx, ctx: Ctx): Promise<(platform: string) => PlatformTraits | null> {
  const accounts = await tx
    .select({ platform: connections.platform, limits: connections.limits })
    .from(connections)
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.status, 'active')));
  return (platform) => {
    const all = accounts.filter((one) => one.platform === platform);
    const [first, ...rest] = all.map(({ limits }) => ctx.platforms.traits(platform, limits));
    return rest.reduce<PlatformTraits | null>(
      (widest, one) => ((one?.characters ?? 0) > (widest?.characters ?? 0) ? one : widest),
      first ?? ctx.platforms.traits(platform),
    );
  };
}

function checkWordings(
  post: Awaited<ReturnType<typeof readPost>>,
  wordings: Readonly<Record<string, string[]>>,
  traitsOf: (platform: string) => PlatformTraits | null,
): void {
  const fields: Record<string, Fact> = {};
  for (const [platform, texts] of Object.entries(wordings)) {
    const variant = post.variants.find((v) => v.platform === platform);
    const traits = traitsOf(platform);
    if (!variant || !traits) {
      fields[`wordings.${platform}`] = fact('planning.errors.noTextHere');
      continue;
    }
    const seen = new Set([plainText(variant.text)]);
    for (const [i, text] of texts.entries()) {
      const length = traits.count(text, variant.link);
      const most = charactersOf(traits, variant.media.length > 0);
      if (most !== null && length > most)
        fields[`wordings.${platform}.${i}`] = fact('planning.errors.wordingTooLong', {
          platform: traits.name,
          most,
          length,
        });
      else if (seen.has(plainText(text)))
        fields[`wordings.${platform}.${i}`] = fact('planning.errors.wordingTwice');
      seen.add(plainText(text));
    }
  }
  if (Object.keys(fields).length > 0)
    throw new AppError('invalid', fact('planning.errors.wordingsRefused'), { fields });
}

/** Stops recycling a post. Slots that are already filled stay filled. A repeated call changes nothing. */
export const removeEvergreen = defineVerb({
  verb: 'planning.removeEvergreen',
  access: 'posts.publish',
  effect: 'change',
  input: removeEvergreenInput,
  output: z
    .object({ gapDays: z.number(), paused: z.boolean(), wordings: z.record(z.string(), z.array(z.string())) })
    .nullable(),
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const post = await readPost(tx, ctx.workspaceId, input.postId);
      const [removed] = await tx
        .delete(evergreenPosts)
        .where(and(eq(evergreenPosts.workspaceId, ctx.workspaceId), eq(evergreenPosts.postId, post.id)))
        .returning({
          gapDays: evergreenPosts.gapDays,
          paused: evergreenPosts.paused,
          wordings: evergreenPosts.wordings,
        });
      if (removed)
        await recordActivity(tx, ctx, {
          verb: 'evergreen.removed',
          subjectType: 'post',
          subjectId: post.id,
          summary: fact('planning.activity.recyclingStopped', { title: post.title }),
          before: { gapDays: removed.gapDays, paused: removed.paused },
        });
      return removed ?? null;
    });
  },
});

/** Lists the evergreen posts in the order in which they were marked, with the number and times of their publications. */
export const listEvergreen = defineVerb({
  verb: 'planning.evergreen',
  access: 'workspace.read',
  effect: 'read',
  input: listEvergreenInput,
  output: evergreenListOutput,
  run: async (ctx, input) => {
    const { limit, cursor } = input;
    const after = readTimeCursor(cursor);
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await tx
        .select({ evergreen: evergreenPosts, title: posts.title, topicId: posts.topicId })
        .from(evergreenPosts)
        .innerJoin(posts, eq(posts.id, evergreenPosts.postId))
        .where(
          and(
            eq(evergreenPosts.workspaceId, ctx.workspaceId),
            after
              ? or(
                  gt(evergreenPosts.createdAt, after.at),
                  and(eq(evergreenPosts.createdAt, after.at), gt(evergreenPosts.postId, after.id)),
                )
              : undefined,
          ),
        )
        .orderBy(asc(evergreenPosts.createdAt), asc(evergreenPosts.postId))
        .limit(limit + 1);
      const page = rows.slice(0, limit);
      const ids = page.map((row) => row.evergreen.postId);
      const now = ctx.clock.now();
      const texts =
        ids.length === 0
          ? []
          : await tx
              .select({
                postId: variants.postId,
                platform: variants.platform,
                text: variants.text,
                media: variants.media,
              })
              .from(variants)
              .where(and(eq(variants.workspaceId, ctx.workspaceId), inArray(variants.postId, ids)))
              .orderBy(variants.platform);
      const turns =
        ids.length === 0
          ? []
          : await tx
              .select({
                postId: publications.postId,
                times: sql<number>`(count(*) filter (where ${publications.state} = 'published'))::int`,
                lastAt: sql<string | null>`max(${publications.publishedAt})`,
                nextAt: sql<
                  string | null
                >`min(${publications.dueAt}) filter (where ${publications.dueAt} > ${now.toISOString()}::timestamptz)`,
              })
              .from(publications)
              .where(
                and(
                  eq(publications.workspaceId, ctx.workspaceId),
                  inArray(publications.postId, ids),
                  isNull(publications.followsId),
                  inArray(publications.state, PUBLICATION_LISTS.counted),
                ),
              )
              .groupBy(publications.postId);
      const sent =
        ids.length === 0
          ? []
          : await tx
              .selectDistinctOn([publications.postId, publications.connectionId], {
                postId: publications.postId,
                connectionId: publications.connectionId,
                options: publications.options,
              })
              .from(publications)
              .where(
                and(
                  eq(publications.workspaceId, ctx.workspaceId),
                  inArray(publications.postId, ids),
                  isNull(publications.followsId),
                  inArray(publications.state, PUBLICATION_LISTS.released),
                ),
              )
              .orderBy(publications.postId, publications.connectionId, desc(publications.dueAt));
      const lastOf = new Map<string, Record<string, OptionValues>>();
      for (const { postId, connectionId, options } of sent)
        lastOf.set(postId, { ...lastOf.get(postId), [connectionId]: options });
      const last = page.at(-1)?.evergreen;
      return {
        items: page.map(({ evergreen: e, title, topicId }) => {
          const turn = turns.find((t) => t.postId === e.postId);
          return {
            postId: e.postId,
            title,
            topicId,
            gapDays: e.gapDays,
            paused: e.paused,
            version: e.version,
            texts: texts
              .filter((t) => t.postId === e.postId)
              .map(({ platform, text }) => ({ platform, text })),
            wordings: e.wordings,
            media: Object.fromEntries(
              texts
                .filter((t) => t.postId === e.postId)
                .map(({ platform, media }) => [platform, media.map(({ kind }) => ({ kind }))]),
            ),
            options: { ...lastOf.get(e.postId), ...e.options },
            times: turn?.times ?? 0,
            lastAt: turn?.lastAt ? new Date(turn.lastAt) : null,
            nextAt: turn?.nextAt ? new Date(turn.nextAt) : null,
          };
        }),
        nextCursor: rows.length > limit && last ? writeTimeCursor(last.createdAt, last.postId) : null,
      };
    });
  },
});
