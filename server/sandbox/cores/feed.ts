import { and, count, desc, eq, getTableColumns, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Ctx } from '../http';
import { NOBODY, type Reach, simulateReach } from '../people';
import { snowflake } from '../random';
import { accounts, likes, posts, reposts } from '../schema';
import { attach, type MediaRow, mediaOf } from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';

export type Post = typeof posts.$inferSelect;

/** A post that an account makes. */
export interface NewPost {
  /** By default a number that grows with time. */
  id?: string;
  text: string;
  /** Who it belongs to, if not the account that acts. */
  account?: Account;
  link?: string | null;
  replyTo?: string | null;
  media?: readonly MediaRow[];
  visibility?: Post['visibility'];
  fields?: Record<string, unknown>;
  /** Not two posts of an account with the same key exist, until one is deleted. */
  key?: string | null;
}

/** Makes a post. With a key that is taken already, changes nothing and returns the earlier post as `repeated`. */
export async function makePost(
  world: World,
  c: Ctx,
  { media = [], account, key = null, ...post }: NewPost,
): Promise<{ post: Post; repeated: boolean }> {
  const now = c.get('now');
  const { crowdAhead } = await world.settings.get();
  const [row] = await world.db
    .insert(posts)
    .values({
      ...post,
      id: post.id ?? snowflake(now),
      platform: c.get('realm'),
      accountId: (account ?? c.get('bearer').account).id,
      dedupeKey: key,
      createdAt: now,
      crowdAt: new Date(now.getTime() + crowdAhead),
    })
    .onConflictDoUpdate({
      target: [posts.accountId, posts.dedupeKey],
      set: { refusedDuplicates: sql`${posts.refusedDuplicates} + 1` },
    })
    // xmax is zero only for a row that this statement inserted.
    .returning({ ...getTableColumns(posts), inserted: sql<boolean>`(xmax = 0)` });
  if (!row) throw new Error('The post was not stored');
  const { inserted, ...made } = row;
  if (inserted) await attach(world, media, made.id);
  return { post: made, repeated: !inserted };
}

/** Returns these posts with their accounts, without those that are deleted. The order is any. */
export function findPosts(
  world: World,
  realm: string,
  ids: readonly string[],
): Promise<{ post: Post; account: Account }[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return world.db
    .select({ post: posts, account: accounts })
    .from(posts)
    .innerJoin(accounts, eq(accounts.id, posts.accountId))
    .where(and(inArray(posts.id, [...ids]), eq(posts.platform, realm), isNull(posts.deletedAt)));
}

/** Returns a post with its account, unless it is deleted. */
export const findPost = async (world: World, realm: string, id: string) =>
  (await findPosts(world, realm, [id]))[0];

/** Returns posts that are not deleted, newest first, from after the one with the id `after`. */
export async function listPosts(
  world: World,
  where: SQL | undefined,
  o: { limit: number; offset?: number; after?: string | undefined },
): Promise<Post[]> {
  const [edge] = o.after ? await world.db.select().from(posts).where(eq(posts.id, o.after)) : [];
  if (o.after && !edge) return [];
  return world.db
    .select()
    .from(posts)
    .where(
      and(
        where,
        isNull(posts.deletedAt),
        edge &&
          or(
            lt(posts.createdAt, edge.createdAt),
            and(eq(posts.createdAt, edge.createdAt), lt(posts.id, edge.id)),
          ),
      ),
    )
    .orderBy(desc(posts.createdAt), desc(posts.id))
    .limit(o.limit)
    .offset(o.offset ?? 0);
}

/** Returns the posts of a page that a platform numbers, newest first, and how many there are in all. */
export async function pageOfPosts(
  world: World,
  where: SQL | undefined,
  window: { limit: number; offset: number },
): Promise<{ rows: Post[]; total: number }> {
  const [rows, total] = await Promise.all([
    listPosts(world, where, window),
    world.db.$count(posts, and(where, isNull(posts.deletedAt))),
  ]);
  return { rows, total };
}

/** Changes a post's text, link, visibility or fields. */
export async function changePost(
  world: World,
  id: string,
  change: Partial<Pick<Post, 'text' | 'link' | 'visibility' | 'fields'>>,
): Promise<void> {
  await world.db.update(posts).set(change).where(eq(posts.id, id));
}

/** Deletes a post. Its key is free again. */
export async function removePost(world: World, id: string, now: Date): Promise<void> {
  await world.db
    .update(posts)
    .set({ deletedAt: now, dedupeKey: null })
    .where(and(eq(posts.id, id), isNull(posts.deletedAt)));
}

/** Lets an account like or repost a post. Returns false if it did so before. */
export async function react(
  world: World,
  what: 'like' | 'repost',
  accountId: string,
  postId: string,
  now: Date,
): Promise<boolean> {
  const made = await world.db
    .insert(what === 'like' ? likes : reposts)
    .values({ accountId, postId, createdAt: now })
    .onConflictDoNothing()
    .returning();
  return made.length > 0;
}

/** Takes back a like or a repost. Returns false if there was none. */
export async function unreact(
  world: World,
  what: 'like' | 'repost',
  accountId: string,
  postId: string,
): Promise<boolean> {
  const table = what === 'like' ? likes : reposts;
  const gone = await world.db
    .delete(table)
    .where(and(eq(table.accountId, accountId), eq(table.postId, postId)))
    .returning();
  return gone.length > 0;
}

/** Returns the id of the first post of the thread that a post belongs to. */
export async function conversationOf(world: World, post: Post): Promise<string> {
  let at = post;
  while (at.replyTo) {
    const [above] = await world.db.select().from(posts).where(eq(posts.id, at.replyTo));
    if (!above) return at.replyTo;
    at = above;
  }
  return at.id;
}

/** Returns the number of posts of an account that are not deleted. */
export const countPosts = (world: World, accountId: string): Promise<number> =>
  world.db.$count(posts, and(eq(posts.accountId, accountId), isNull(posts.deletedAt)));

/**
 * Returns how people reacted to each post at the platform's time: its simulated followers, and the accounts of this sandbox with their
 * replies, reposts and likes.
 */
export async function numbersOf(
  world: World,
  c: Ctx,
  rows: readonly Post[],
  account: Account,
): Promise<Map<string, Reach>> {
  if (rows.length === 0) return new Map();
  const ids = rows.map(({ id }) => id);
  const { crowdAhead, seed } = await world.settings.get();
  const until = new Date(c.get('now').getTime() + crowdAhead);
  const [replied, reposted, liked] = await Promise.all([
    countBy(world, posts, posts.replyTo, and(inArray(posts.replyTo, ids), isNull(posts.deletedAt))),
    countBy(world, reposts, reposts.postId, inArray(reposts.postId, ids)),
    countBy(world, likes, likes.postId, inArray(likes.postId, ids)),
  ]);
  return new Map(
    rows.map((post) => {
      const reach = simulateReach(post, account, until, seed);
      reach.replies += replied.get(post.id) ?? 0;
      reach.reposts += reposted.get(post.id) ?? 0;
      reach.likes += liked.get(post.id) ?? 0;
      return [post.id, reach];
    }),
  );
}

/** A post with all that a platform shows of it. */
export interface Seen {
  post: Post;
  account: Account;
  media: readonly MediaRow[];
  reach: Reach;
}

/** Adds to posts their media and how people reacted to them. The order stays. */
export async function seen(
  world: World,
  c: Ctx,
  rows: readonly { post: Post; account: Account }[],
): Promise<Seen[]> {
  const pictured = await mediaOf(
    world,
    rows.map(({ post }) => post.id),
  );
  const authors = new Map(rows.map(({ account }) => [account.id, account]));
  const reach = new Map<string, Reach>();
  for (const author of authors.values()) {
    const own = rows.filter(({ account }) => account.id === author.id).map(({ post }) => post);
    for (const [id, numbers] of await numbersOf(world, c, own, author)) reach.set(id, numbers);
  }
  return rows.map(({ post, account }) => ({
    post,
    account,
    media: pictured.get(post.id) ?? [],
    reach: reach.get(post.id) ?? NOBODY,
  }));
}

async function countBy(
  world: World,
  table: PgTable,
  column: typeof posts.replyTo | typeof likes.postId | typeof reposts.postId,
  where: SQL | undefined,
): Promise<Map<string | null, number>> {
  const rows = await world.db.select({ id: column, n: count() }).from(table).where(where).groupBy(column);
  return new Map(rows.map(({ id, n }) => [id, n]));
}
