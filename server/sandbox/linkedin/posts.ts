import { and, eq, inArray, isNull } from 'drizzle-orm';
import { sha256 } from '@/server/foundation/crypto';
import {
  findPost,
  findPosts as findPostsById,
  listPosts,
  makePost,
  numbersOf,
  type Post,
  removePost,
} from '../cores/feed';
import { bodyFields, type Ctx, json } from '../http';
import { snowflake } from '../random';
import { accounts, posts } from '../schema';
import { mediaOf } from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { denied, invalid, missing, refuse, unprocessable } from './errors';
import { mediaIn, mediaUrn } from './media';
import { actor, listIn, paging, urnOf, windowOf } from './people';
import { readLittle } from './text';

const WRITE = { person: 'w_member_social', organization: 'w_organization_social' };
const READ = { person: null, organization: 'r_organization_social' };
const MAX_TEXT = 3_000;
const MAX_COMMENT = 1_250;

export const shareUrn = (id: string): string => `urn:li:share:${id}`;
export const shareId = (urn: string): string =>
  /^urn:li:(?:share|ugcPost|activity):(\d+)$/.exec(urn)?.[1] ?? '';

export async function createPost(world: World, c: Ctx): Promise<Response> {
  const body = await bodyFields(c);
  const author = await actor(world, c, body.author, 'posts.CREATE', WRITE);
  if (typeof body.commentary !== 'string') return invalid('commentary is required');
  if (body.lifecycleState !== 'PUBLISHED' || !body.distribution) return invalid('A field is missing');
  const seen = body.visibility;
  if (seen !== 'PUBLIC' && (seen !== 'CONNECTIONS' || author.kind === 'organization'))
    return unprocessable(
      'INVALID_VISIBILITY',
      'The visibility is not valid for this author',
      'Validation failed',
    );
  const { shown, stored } = readLittle(body.commentary);
  if ([...shown].length > MAX_TEXT)
    return unprocessable(
      'FIELD_LENGTH_TOO_LONG',
      'commentary is too long',
      'ShareCommentary text length exceeded',
    );
  const media = await mediaIn(world, c, author.id, body.content);
  if (shown.trim() === '' && media.length === 0) return invalid('commentary is empty');
  const { post, repeated } = await makePost(world, c, {
    id: snowflake(c.get('now')),
    account: author,
    text: shown,
    media,
    visibility: seen === 'PUBLIC' ? 'public' : 'unlisted',
    fields: { commentary: stored, visibility: seen, closed: body.isReshareDisabledByAuthor === true },
    // The same words with other media are another post.
    key: sha256(JSON.stringify([shown, media.map(({ id }) => id)])),
  });
  if (repeated)
    return unprocessable(
      'DUPLICATE_POST',
      'Duplicate post is detected',
      `com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of ${shareUrn(post.id)}`,
    );
  return new Response(null, { status: 201, headers: { 'x-restli-id': shareUrn(post.id) } });
}

/** Lists an author's posts, newest first. */
export async function findPosts(world: World, c: Ctx): Promise<Response> {
  if (c.req.query('q') !== 'author') return invalid('q is invalid');
  const author = await actor(world, c, c.req.query('author'), 'posts.FINDER-author', READ);
  const window = windowOf(c);
  const where = and(eq(posts.accountId, author.id), isNull(posts.replyTo));
  const rows = await listPosts(world, where, window);
  const shown = await mediaOf(
    world,
    rows.map(({ id }) => id),
  );
  const total = await world.db.$count(posts, and(where, isNull(posts.deletedAt)));
  return json({
    paging: paging(window, total),
    elements: rows.map((post) => {
      const ids = (shown.get(post.id) ?? []).map((row) => ({ id: mediaUrn(row) }));
      const at = post.createdAt.getTime();
      return {
        id: shareUrn(post.id),
        author: urnOf(author),
        commentary: post.fields?.commentary ?? post.text,
        visibility: post.fields?.visibility ?? 'PUBLIC',
        distribution: { feedDistribution: 'MAIN_FEED' },
        lifecycleState: 'PUBLISHED',
        isReshareDisabledByAuthor: post.fields?.closed === true,
        createdAt: at,
        publishedAt: at,
        ...(ids.length === 1 ? { content: { media: ids[0] } } : {}),
        ...(ids.length > 1 ? { content: { multiImage: { images: ids } } } : {}),
      };
    }),
  });
}

/** Deletes a post, also one that is deleted already. */
export async function deletePost(world: World, c: Ctx): Promise<Response> {
  const found = await findPost(world, 'linkedin', shareId(c.req.param('urn') ?? ''));
  if (found) {
    await actor(world, c, urnOf(found.account), 'posts.DELETE', WRITE);
    await removePost(world, found.post.id, c.get('now'));
  }
  return new Response(null, { status: 204 });
}

async function parentOf(world: World, c: Ctx): Promise<{ post: Post; account: Account }> {
  const urn = c.req.param('urn') ?? '';
  return (await findPost(world, 'linkedin', shareId(urn))) ?? refuse(missing(urn));
}
const shape = (parent: Post, by: Account, comment: Post) => ({
  id: comment.id,
  commentUrn: `urn:li:comment:(urn:li:activity:${parent.id},${comment.id})`,
  actor: urnOf(by),
  object: `urn:li:activity:${parent.id}`,
  message: { attributes: [], text: comment.text },
  created: { actor: urnOf(by), time: comment.createdAt.getTime() },
});

export async function createComment(world: World, c: Ctx): Promise<Response> {
  const { post: parent } = await parentOf(world, c);
  const body = await bodyFields(c);
  const by = await actor(world, c, body.actor, 'socialActions/comments.CREATE', WRITE);
  const text = (body.message as { text?: unknown } | undefined)?.text;
  if (typeof text !== 'string' || text.trim() === '') return invalid('message.text is required');
  if (text.length > MAX_COMMENT) return invalid('message.text is too long');
  const id = snowflake(c.get('now'));
  const { post } = await makePost(world, c, { id, account: by, text, replyTo: parent.id });
  return json(shape(parent, by, post), 201, { 'x-restli-id': id });
}

export async function findComments(world: World, c: Ctx): Promise<Response> {
  const { post: parent, account } = await parentOf(world, c);
  await actor(world, c, urnOf(account), 'socialActions/comments.GET', READ);
  const window = windowOf(c);
  const where = eq(posts.replyTo, parent.id);
  const rows = await listPosts(world, where, window);
  const found = await findPostsById(
    world,
    'linkedin',
    rows.map(({ id }) => id),
  );
  const total = await world.db.$count(posts, and(where, isNull(posts.deletedAt)));
  return json({
    paging: paging(window, total),
    elements: rows.flatMap((row) => {
      const by = found.find(({ post }) => post.id === row.id)?.account;
      return by ? [shape(parent, by, row)] : [];
    }),
  });
}

export async function deleteComment(world: World, c: Ctx): Promise<Response> {
  const { post: parent } = await parentOf(world, c);
  const by = await actor(world, c, c.req.query('actor'), 'socialActions/comments.DELETE', WRITE);
  const found = await findPost(world, 'linkedin', c.req.param('id') ?? '');
  if (!found || found.post.replyTo !== parent.id) return missing(c.req.param('id') ?? '');
  if (found.account.id !== by.id) return denied('socialActions/comments.DELETE');
  await removePost(world, found.post.id, c.get('now'));
  return new Response(null, { status: 204 });
}

export async function shareStatistics(world: World, c: Ctx): Promise<Response> {
  if (c.req.query('q') !== 'organizationalEntity') return invalid('q is invalid');
  const page = await actor(
    world,
    c,
    c.req.query('organizationalEntity'),
    'organizationalEntityShareStatistics.FINDER-organizationalEntity',
    { person: null, organization: 'rw_organization_admin' },
  );
  const [shares, others] = [listIn(c, 'shares'), listIn(c, 'ugcPosts')];
  if (!shares || !others) return invalid('A list is invalid');
  const ids = [...shares, ...others].map(shareId);
  const rows = await world.db
    .select({ post: posts })
    .from(posts)
    .innerJoin(accounts, eq(accounts.id, posts.accountId))
    .where(
      and(inArray(posts.id, ids.length > 0 ? ids : ['']), eq(accounts.id, page.id), isNull(posts.deletedAt)),
    );
  const numbers = await numbersOf(
    world,
    c,
    rows.map(({ post }) => post),
    page,
  );
  const window = windowOf(c);
  return json({
    paging: paging(window, rows.length),
    elements: rows.map(({ post }) => {
      const n = numbers.get(post.id);
      return {
        organizationalEntity: urnOf(page),
        [others.some((urn) => shareId(urn) === post.id) ? 'ugcPost' : 'share']: shareUrn(post.id),
        totalShareStatistics: {
          shareCount: n?.reposts ?? 0,
          likeCount: n?.likes ?? 0,
          commentCount: n?.replies ?? 0,
          impressionCount: n?.impressions ?? 0,
          uniqueImpressionsCount: n?.impressions ?? 0,
          clickCount: 0,
          engagement: 0,
        },
      };
    }),
  });
}
