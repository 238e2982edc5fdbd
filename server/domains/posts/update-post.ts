import { and, eq, inArray, notExists, notInArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type Media, posts, publications, variants } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { newId, type WorkspaceId } from '@/server/foundation/ids';
import { shareWorkspace } from '../billing/lock-workspace';
import type { Ctx } from '../context';
import { requireRole } from '../context';
import { completeMedia } from '../media/complete-media';
import { checkTopic } from './check-topic';
import { readPost } from './queries';
import { type Post, type UpdatePostInput, updatePostInput } from './schemas';

/**
 * Saves an edit made on `version`. When somebody else saved in between, nothing is written and the `conflict` carries the
 * newer post, so that the screen can show both and no typed word is lost.
 */
export async function updatePost({ ctx, input }: { ctx: Ctx; input: UpdatePostInput }): Promise<Post> {
  requireRole(ctx, 'operator', 'edit posts');
  const { id, version, variants: texts, ...fields } = updatePostInput.parse(input);
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    // A text that is new refers to the workspace, which scheduling locks before the post.
    await shareWorkspace(tx, ctx.workspaceId);
    await checkTopic(tx, ctx.workspaceId, fields.topicId);
    const changed = await tx
      .update(posts)
      .set({ ...fields, version: sql`${posts.version} + 1`, updatedAt: ctx.clock.now() })
      .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, id), eq(posts.version, version)))
      .returning({ id: posts.id });
    if (changed.length === 0) throw newerPost(await readPost(tx, ctx.workspaceId, id));
    if (texts)
      await replaceVariants(
        tx,
        ctx.workspaceId,
        id,
        await completeMedia(tx, ctx.workspaceId, texts),
        ctx.clock.now(),
      );
    return readPost(tx, ctx.workspaceId, id);
  });
}

/**
 * The `conflict` that carries the post as it is now: `details.version`, `details.title`, `details.variants` (JSON), and for
 * each platform `fields["variants.<platform>"]` with its newer text.
 */
export function newerPost(current: Post): AppError {
  return new AppError(
    'conflict',
    'Somebody saved a newer version of this post while you were writing. Your text is still here: compare the two and save again.',
    {
      details: {
        version: current.version,
        title: current.title,
        updatedAt: current.updatedAt.toISOString(),
        variants: JSON.stringify(
          current.variants.map(({ platform, text, link, parts, media }) => ({
            platform,
            text,
            link,
            parts,
            media,
          })),
        ),
      },
      fields: Object.fromEntries(current.variants.map((v) => [`variants.${v.platform}`, v.text])),
    },
  );
}

async function replaceVariants(
  tx: Tx,
  workspaceId: WorkspaceId,
  postId: string,
  texts: readonly (Omit<
    NonNullable<ReturnType<typeof updatePostInput.parse>['variants']>[number],
    'media'
  > & {
    media?: Media[];
  })[],
  now: Date,
): Promise<void> {
  const platforms = texts.map((t) => t.platform);
  // A text that something was scheduled from stays as a record; the others go when their platform was taken off.
  await tx
    .delete(variants)
    .where(
      and(
        eq(variants.workspaceId, workspaceId),
        eq(variants.postId, postId),
        platforms.length > 0 ? notInArray(variants.platform, platforms) : undefined,
        notExists(
          tx.select({ one: sql`1` }).from(publications).where(eq(publications.variantId, variants.id)),
        ),
      ),
    );
  if (texts.length === 0) return;
  const before = new Map(
    (
      await tx
        .select({ platform: variants.platform, parts: variants.parts, media: variants.media })
        .from(variants)
        .where(and(eq(variants.workspaceId, workspaceId), eq(variants.postId, postId)))
    ).map((v) => [v.platform, v]),
  );
  await tx
    .insert(variants)
    .values(
      texts.map((t) => ({
        id: newId('variant', now.getTime()),
        workspaceId,
        postId,
        platform: t.platform,
        text: t.text,
        link: t.link ?? null,
        parts: t.parts ?? before.get(t.platform)?.parts ?? [],
        media: t.media ?? before.get(t.platform)?.media ?? [],
        createdAt: now,
      })),
    )
    .onConflictDoUpdate({
      target: [variants.postId, variants.platform],
      set: {
        text: sql`excluded.text`,
        link: sql`excluded.link`,
        parts: sql`excluded.parts`,
        media: sql`excluded.media`,
        version: sql`${variants.version} + case when ${variants.text} is distinct from excluded.text or ${variants.link} is distinct from excluded.link or ${variants.parts} is distinct from excluded.parts or ${variants.media} is distinct from excluded.media then 1 else 0 end`,
      },
      setWhere: inArray(variants.platform, platforms),
    });
}
