import { and, count, eq, inArray, isNull } from 'drizzle-orm';
import { bodyFields, type Ctx, json } from '../http';
import { posts, reposts } from '../schema';
import type { World } from '../world';
import { forbidden, invalidRequest, notFound } from './errors';

const ID = /^[0-9]{1,19}$/;

/** `POST /2/users/{id}/retweets`. An account has at most one repost of a post; a repeated request returns the same and changes nothing. */
export async function repost(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const user = c.req.param('id') ?? '';
  if (user !== account.id)
    return forbidden('You are not permitted to repost for another account than your own.');
  const { tweet_id: id } = await bodyFields(c);
  if (typeof id !== 'string' || !ID.test(id))
    return invalidRequest('The `tweet_id` field of the body is missing or not a number', 'tweet_id');
  const [post] = await world.db
    .select({ id: posts.id })
    .from(posts)
    .where(and(eq(posts.id, id), eq(posts.platform, 'x'), isNull(posts.deletedAt)));
  if (!post) return notFound(id);
  await world.db
    .insert(reposts)
    .values({ accountId: account.id, postId: id, createdAt: c.get('now') })
    .onConflictDoNothing();
  return json({ data: { retweeted: true, rest_id: id } });
}

/** Counts the accounts of this sandbox that reposted each post, besides its simulated followers. */
export async function repostCounts(world: World, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await world.db
    .select({ id: reposts.postId, n: count() })
    .from(reposts)
    .where(inArray(reposts.postId, [...ids]))
    .groupBy(reposts.postId);
  return new Map(rows.map((r) => [r.id, r.n]));
}
