import { and, desc, gte, isNull, lt, lte, type SQL } from 'drizzle-orm';
import { type Ctx, json } from '../http';
import { posts } from '../schema';
import type { World } from '../world';
import { graphError } from './errors';
import { moment } from './fields';

type Post = typeof posts.$inferSelect;

/** Formats a row's position in a list as the Graph API does. */
export const cursor = (row: { id: string } | undefined): string =>
  Buffer.from(row?.id ?? '').toString('base64url');

/** Returns the address of the page after this row. */
export function nextAddress(world: World, c: Ctx, last: { id: string } | undefined): string {
  const next = new URL(`${world.publicUrl}${c.req.path}`);
  for (const [key, value] of Object.entries(c.req.query()))
    if (key !== 'access_token') next.searchParams.set(key, value);
  next.searchParams.set('after', cursor(last));
  return next.href;
}

/**
 * Returns one page of posts in the Graph API's format, newest first. Reads `limit`, `since`, `until` and `after` from the query. If there
 * are more posts, `next` is the address of the next page.
 */
export async function postsPage(
  world: World,
  c: Ctx,
  which: SQL | undefined,
  show: (post: Post) => unknown,
): Promise<Response> {
  const limit = Number(c.req.query('limit') ?? 25);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    return graphError(400, 100, '(#100) The limit must be between 1 and 100');
  const after = c.req.query('after');
  const since = moment(c.req.query('since'));
  const until = moment(c.req.query('until'));
  const rows = await world.db
    .select()
    .from(posts)
    .where(
      and(
        which,
        isNull(posts.deletedAt),
        since ? gte(posts.createdAt, since) : undefined,
        until ? lte(posts.createdAt, until) : undefined,
        after ? lt(posts.id, Buffer.from(after, 'base64url').toString()) : undefined,
      ),
    )
    .orderBy(desc(posts.id))
    .limit(limit + 1);
  const shown = rows.slice(0, limit);
  const data = await Promise.all(shown.map(show));
  if (shown.length === 0) return json({ data });
  return json({
    data,
    paging: {
      cursors: { before: cursor(shown[0]), after: cursor(shown.at(-1)) },
      ...(rows.length > limit ? { next: nextAddress(world, c, shown.at(-1)) } : {}),
    },
  });
}
