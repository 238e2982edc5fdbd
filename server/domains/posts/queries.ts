import { and, desc, eq, exists, inArray, isNotNull, isNull, lt, max, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import {
  type Media,
  PUBLICATION_LISTS,
  posts,
  publicationResults,
  publications,
  variants,
} from '@/db/schema';
import { containsTerm } from '@/db/search';
import { notFound } from '@/server/foundation/errors';
import type { WorkspaceId } from '@/server/foundation/ids';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import { truncateText } from '@/server/foundation/storable';
import { hasVisibleText } from '@/server/foundation/visible-text';
import { defineVerb } from '@/server/verbs/define';
import { listPostsInput, type Post, type postListItem, postListOutput } from './schemas';

/** Reads a post with its texts, in the caller's transaction. Throws `not_found`. */
export async function readPost(tx: Tx, workspaceId: WorkspaceId, id: string): Promise<Post> {
  const [row] = await tx
    .select()
    .from(posts)
    .where(and(eq(posts.workspaceId, workspaceId), eq(posts.id, id)));
  if (!row) throw notFound('post');
  const texts = await tx
    .select()
    .from(variants)
    .where(and(eq(variants.workspaceId, workspaceId), eq(variants.postId, id)))
    .orderBy(variants.platform);
  const { workspaceId: _, ...post } = row;
  return {
    ...post,
    variants: texts.map(({ id, platform, text, link, parts, media, version }) => ({
      id,
      platform,
      text,
      link,
      parts,
      media,
      version,
    })),
  };
}

type PostListItem = z.output<typeof postListItem>;

/** Lists the library, last changed first, optionally by status and by text in the title or the variants. */
export const listPosts = defineVerb({
  verb: 'posts.list',
  access: 'workspace.read',
  effect: 'read',
  input: listPostsInput,
  output: postListOutput,
  run: async (ctx, input) => {
    const { status, search, cursor, limit } = input;
    const after = readTimeCursor(cursor);
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const contains = search ? containsTerm(search) : null;
      const rows = await tx
        .select()
        .from(posts)
        .where(
          and(
            eq(posts.workspaceId, ctx.workspaceId),
            status && eq(posts.status, status),
            contains === null
              ? undefined
              : or(
                  contains(posts.searchKey),
                  exists(
                    tx
                      .select({ one: sql`1` })
                      .from(variants)
                      .where(and(eq(variants.postId, posts.id), contains(variants.searchKey))),
                  ),
                  // Published posts are found by the text that was sent, even if the post was edited later.
                  exists(
                    tx
                      .select({ one: sql`1` })
                      .from(publications)
                      .where(
                        and(
                          eq(publications.postId, posts.id),
                          eq(publications.state, 'published'),
                          contains(publications.searchKey),
                        ),
                      ),
                  ),
                ),
            after &&
              or(lt(posts.updatedAt, after.at), and(eq(posts.updatedAt, after.at), lt(posts.id, after.id))),
          ),
        )
        .orderBy(desc(posts.updatedAt), desc(posts.id))
        .limit(limit + 1);
      const page = rows.slice(0, limit);
      const ids = page.map((p) => p.id);
      const texts = ids.length
        ? await tx
            .select({
              postId: variants.postId,
              platform: variants.platform,
              text: variants.text,
              cover: sql<Media | null>`${variants.media} -> 0`,
            })
            .from(variants)
            .where(inArray(variants.postId, ids))
            .orderBy(variants.platform)
        : [];
      // Published posts are listed as they were sent, ignoring later edits.
      const sent = ids.length
        ? await tx
            .selectDistinctOn([publications.postId], {
              postId: publications.postId,
              text: publications.text,
              cover: sql<Media | null>`${publications.media} -> 0`,
            })
            .from(publications)
            .where(
              and(
                inArray(publications.postId, ids),
                eq(publications.state, 'published'),
                isNull(publications.followsId),
              ),
            )
            .orderBy(publications.postId, desc(publications.publishedAt), desc(publications.id))
        : [];
      const counts = ids.length
        ? await tx
            .select({
              postId: publications.postId,
              state: publications.state,
              n: sql<number>`count(*)::int`,
            })
            .from(publications)
            .where(
              and(
                inArray(publications.postId, ids),
                // One per account, because a thread is one post. Follow-ups are included only if they need attention.
                or(isNull(publications.followsId), inArray(publications.state, PUBLICATION_LISTS.wrong)),
              ),
            )
            .groupBy(publications.postId, publications.state)
        : [];
      const results = ids.length
        ? await tx
            .select({
              postId: publications.postId,
              likes: sql<number | null>`sum(${publicationResults.likes})::float8`,
              replies: sql<number | null>`sum(${publicationResults.replies})::float8`,
              reposts: sql<number | null>`sum(${publicationResults.reposts})::float8`,
              readAt: max(publicationResults.readAt),
            })
            .from(publicationResults)
            .innerJoin(publications, eq(publications.id, publicationResults.publicationId))
            .where(and(inArray(publications.postId, ids), isNotNull(publicationResults.readAt)))
            .groupBy(publications.postId)
        : [];
      const last = page.at(-1);
      return {
        items: page.map(({ workspaceId: _, ...post }) => {
          const own = texts.filter((t) => t.postId === post.id);
          const out = sent.find((s) => s.postId === post.id);
          return {
            ...post,
            platforms: own.map((t) => t.platform),
            excerpt: truncateText(out?.text ?? own.find((t) => hasVisibleText(t.text))?.text ?? '', 240),
            cover: (out ? out.cover : own.find((t) => t.cover)?.cover) ?? null,
            publications: Object.fromEntries(
              counts.filter((c) => c.postId === post.id).map((c) => [c.state, c.n]),
            ),
            results: totalOf(results.find((r) => r.postId === post.id)),
          };
        }),
        nextCursor: rows.length > limit && last ? writeTimeCursor(last.updatedAt, last.id) : null,
      };
    });
  },
});

function totalOf(row: (NonNullable<PostListItem['results']> & { postId: string }) | undefined) {
  if (!row) return null;
  const { postId: _, ...total } = row;
  return total;
}
