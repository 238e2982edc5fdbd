import { eq } from 'drizzle-orm';
import { findPost, makePost, type Post } from '../cores/feed';
import { type Ctx, json } from '../http';
import { snowflake } from '../random';
import { accounts, posts } from '../schema';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { graphError, lacks, missing } from './errors';
import { fieldNames, fieldsOf, graphTime } from './fields';
import { postsPage } from './paging';

const LONGEST = 8_000;

/** Returns the Page's own post in the path, or an error response if there is none or the token lacks the permission. */
async function ownPost(world: World, c: Ctx, permission: string): Promise<Post | Response> {
  const id = c.req.param('id') ?? '';
  const { account, kind, scopes } = c.get('bearer');
  const row = await findPost(world, 'facebook', id);
  if (row?.account.id !== account.id || kind !== 'page') return missing(id);
  return scopes.has(permission) ? row.post : lacks(permission);
}

/** Lets a Page comment under its own post. */
export async function writeComment(world: World, c: Ctx): Promise<Response> {
  const post = await ownPost(world, c, 'pages_manage_engagement');
  if (post instanceof Response) return post;
  const { message } = await fieldsOf(c);
  const text = typeof message === 'string' ? message : '';
  if (!text.trim())
    return graphError(400, 100, '(#100) The comment is empty. Please enter a message.', { subcode: 1346003 });
  if ([...text].length > LONGEST) return graphError(400, 100, '(#100) Param message is too long.');
  const id = `${post.id.split('_')[1]}_${snowflake(c.get('now'))}`;
  await makePost(world, c, { id, text, replyTo: post.id });
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

/** Lists the comments under a Page's post. */
export async function listComments(world: World, c: Ctx): Promise<Response> {
  const post = await ownPost(world, c, 'pages_read_engagement');
  if (post instanceof Response) return post;
  const [page] = await world.db.select().from(accounts).where(eq(accounts.id, post.accountId));
  if (!page) return json({ data: [] });
  return postsPage(world, c, eq(posts.replyTo, post.id), (one) => showComment(world, c, one, page));
}
