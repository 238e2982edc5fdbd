import { and, count, eq, isNull } from 'drizzle-orm';
import type { Hono } from 'hono';
import { type Ctx, json, type SandboxEnv } from '../http';
import { snowflake } from '../random';
import { accounts, posts } from '../schema';
import type { World } from '../world';
import { graphError, lacks, missing } from './errors';
import { fieldNames, fieldsOf, graphTime } from './fields';
import { postsPage } from './paging';

type Post = typeof posts.$inferSelect;
type Account = typeof accounts.$inferSelect;
const LONGEST = 8_000;

/** Adds the routes for comments under a Page's post: the Page writes its own and reads all of them. */
export function commentRoutes(
  app: Hono<SandboxEnv>,
  base: string,
  api: (name: string, work: (c: Ctx) => Promise<Response>) => (c: Ctx) => Promise<Response>,
  world: World,
): void {
  app.post(
    `${base}/:id/comments`,
    api('fbComment', (c) => write(world, c)),
  );
  app.get(
    `${base}/:id/comments`,
    api('fbComments', (c) => list(world, c)),
  );
}

/** Returns the number of comments under a post. */
export async function commentsOn(world: World, id: string): Promise<number> {
  const [made] = await world.db
    .select({ n: count() })
    .from(posts)
    .where(and(eq(posts.replyTo, id), isNull(posts.deletedAt)));
  return made?.n ?? 0;
}

/** Returns the Page's own post in the path, or an error response if there is none or the token lacks the permission. */
async function ownPost(world: World, c: Ctx, permission: string): Promise<Post | Response> {
  const id = c.req.param('id') ?? '';
  const { account, kind, scopes } = c.get('bearer');
  const [post] = await world.db
    .select()
    .from(posts)
    .where(and(eq(posts.id, id), eq(posts.platform, 'facebook'), isNull(posts.deletedAt)));
  if (post?.accountId !== account.id || kind !== 'page') return missing(id);
  return scopes.has(permission) ? post : lacks(permission);
}

async function write(world: World, c: Ctx): Promise<Response> {
  const post = await ownPost(world, c, 'pages_manage_engagement');
  if (post instanceof Response) return post;
  const { message } = await fieldsOf(c);
  const text = typeof message === 'string' ? message : '';
  if (!text.trim())
    return graphError(400, 100, '(#100) The comment is empty. Please enter a message.', { subcode: 1346003 });
  if (text.length > LONGEST) return graphError(400, 100, '(#100) Param message is too long.');
  const now = c.get('now');
  const { crowdAhead } = await world.settings.get();
  const id = `${post.id.split('_')[1]}_${snowflake(now)}`;
  await world.db.insert(posts).values({
    id,
    platform: 'facebook',
    accountId: post.accountId,
    text,
    replyTo: post.id,
    createdAt: now,
    crowdAt: new Date(now.getTime() + crowdAhead),
  });
  return json({ id });
}

/** Formats a comment with the requested fields. */
export function showComment(world: World, c: Ctx, comment: Post, page: Account): Record<string, unknown> {
  const asked = fieldNames(c.req.query('fields')) ?? new Set(['id', 'message', 'created_time', 'from']);
  const every: Record<string, unknown> = {
    id: comment.id,
    message: comment.text,
    created_time: graphTime(comment.createdAt),
    permalink_url: `${world.publicUrl}/facebook/${page.handle}/posts/${comment.replyTo}?comment_id=${comment.id.split('_')[1]}`,
    from: { id: page.id, name: page.name },
    can_remove: true,
    like_count: 0,
  };
  return {
    ...Object.fromEntries([...asked].filter((f) => f in every).map((f) => [f, every[f]])),
    id: comment.id,
  };
}

async function list(world: World, c: Ctx): Promise<Response> {
  const post = await ownPost(world, c, 'pages_read_engagement');
  if (post instanceof Response) return post;
  const [page] = await world.db.select().from(accounts).where(eq(accounts.id, post.accountId));
  if (!page) return json({ data: [] });
  return postsPage(world, c, eq(posts.replyTo, post.id), (one) => showComment(world, c, one, page));
}
