import { and, eq, isNull } from 'drizzle-orm';
import { sha256 } from '@/server/foundation/crypto';
import {
  findPost,
  findPosts as findPostsById,
  makePost,
  type Post,
  pageOfPosts,
  removePost,
  seen,
} from '../cores/feed';
import { type Ctx, json } from '../http';
import { posts } from '../schema';
import { objectOf, readBody } from '../shell/body';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { denied, invalid, missing, unprocessable } from './errors';
import { mediaIn, mediaUrn } from './media';
import { ADMIN, actor, checkFinder, listIn, paging, READ, urnOf, WRITE, windowOf } from './people';
import { shape } from './shapes';
import { readLittle } from './text';

const MAX_TEXT = 3_000;
const MAX_COMMENT = 1_250;

const shareUrn = (id: string): string => `urn:li:share:${id}`;
export const shareId = (urn: string | undefined): string =>
  /^urn:li:(?:share|ugcPost|activity):(\d+)$/.exec(urn ?? '')?.[1] ?? '';

export async function createPost(world: World, c: Ctx): Promise<Response> {
  const { fields: body } = await readBody(c);
  const author = await actor(world, c, body.author, 'posts.CREATE', WRITE);
  if (typeof body.commentary !== 'string') return invalid('commentary is required');
  if (body.lifecycleState !== 'PUBLISHED' || !body.distribution) return invalid('A field is missing');
  const { visibility } = body;
  if (visibility !== 'PUBLIC' && (visibility !== 'CONNECTIONS' || author.kind === 'organization'))
    return unprocessable(
      'INVALID_VISIBILITY',
      'The visibility is not valid for this author',
      'Validation failed',
    );
  const { shown: text, stored: commentary } = readLittle(body.commentary);
  if ([...text].length > MAX_TEXT)
    return unprocessable(
      'FIELD_LENGTH_TOO_LONG',
      'commentary is too long',
      'ShareCommentary text length exceeded',
    );
  const media = await mediaIn(world, c, author, body.content);
  if (text.trim() === '' && media.length === 0) return invalid('commentary is empty');
  const { post, repeated } = await makePost(world, c, {
    account: author,
    text,
    media,
    visibility: visibility === 'PUBLIC' ? 'public' : 'unlisted',
    fields: { commentary, visibility, isReshareDisabledByAuthor: body.isReshareDisabledByAuthor === true },
    // The same words with other media are another post.
    key: sha256(JSON.stringify([text, media.map(({ id }) => id)])),
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
  checkFinder(c, 'author');
  const author = await actor(world, c, c.req.query('author'), 'posts.FINDER-author', READ);
  const window = windowOf(c);
  const where = and(eq(posts.accountId, author.id), isNull(posts.replyTo));
  const { rows, total } = await pageOfPosts(world, where, window);
  const shown = await seen(
    world,
    c,
    rows.map((post) => ({ post, account: author })),
  );
  return json({
    paging: paging(window, total),
    elements: shown.map(({ post, media }) => {
      const images = media.map((row) => ({ id: mediaUrn(row) }));
      const at = post.createdAt.getTime();
      return shape('getPost', {
        ...post.fields,
        id: shareUrn(post.id),
        author: urnOf(author),
        lifecycleState: 'PUBLISHED',
        createdAt: at,
        publishedAt: at,
        content:
          images.length > 1 ? { multiImage: { images } } : images[0] ? { media: images[0] } : undefined,
      });
    }),
  });
}

/** Deletes a post, also one that is deleted already. */
export async function deletePost(world: World, c: Ctx): Promise<Response> {
  const found = await findPost(world, 'linkedin', shareId(c.req.param('urn')));
  if (found) {
    await actor(world, c, urnOf(found.account), 'posts.DELETE', WRITE);
    await removePost(world, found.post.id, c.get('now'));
  }
  return new Response(null, { status: 204 });
}

/** Returns the post in the path, whose comments an operation is about. */
const parentOf = async (world: World, c: Ctx): Promise<{ post: Post; account: Account }> =>
  (await findPost(world, 'linkedin', shareId(c.req.param('urn')))) ?? missing(c.req.param('urn') ?? '');

const commentShape = (parent: Post, by: Account, comment: Post) => ({
  id: comment.id,
  commentUrn: `urn:li:comment:(urn:li:activity:${parent.id},${comment.id})`,
  actor: urnOf(by),
  object: `urn:li:activity:${parent.id}`,
  message: { attributes: [], text: comment.text },
  created: { actor: urnOf(by), time: comment.createdAt.getTime() },
});

export async function createComment(world: World, c: Ctx): Promise<Response> {
  const { post: parent } = await parentOf(world, c);
  const { fields: body } = await readBody(c);
  const by = await actor(world, c, body.actor, 'socialActions/comments.CREATE', WRITE);
  const { text } = objectOf(body.message);
  if (typeof text !== 'string' || text.trim() === '') return invalid('message.text is required');
  if (text.length > MAX_COMMENT) return invalid('message.text is too long');
  const { post } = await makePost(world, c, { account: by, text, replyTo: parent.id });
  return json(commentShape(parent, by, post), 201, { 'x-restli-id': post.id });
}

export async function findComments(world: World, c: Ctx): Promise<Response> {
  const { post: parent, account } = await parentOf(world, c);
  await actor(world, c, urnOf(account), 'socialActions/comments.GET', READ);
  const window = windowOf(c);
  const { rows, total } = await pageOfPosts(world, eq(posts.replyTo, parent.id), window);
  const found = await findPostsById(
    world,
    'linkedin',
    rows.map(({ id }) => id),
  );
  const byOf = new Map(found.map(({ post, account: by }) => [post.id, by]));
  return json({
    paging: paging(window, total),
    elements: rows.map((row) => commentShape(parent, byOf.get(row.id) ?? account, row)),
  });
}

export async function deleteComment(world: World, c: Ctx): Promise<Response> {
  const { post: parent } = await parentOf(world, c);
  const by = await actor(world, c, c.req.query('actor'), 'socialActions/comments.DELETE', WRITE);
  const id = c.req.param('id') ?? '';
  const found = await findPost(world, 'linkedin', id);
  if (found?.post.replyTo !== parent.id) return missing(id);
  if (found.account.id !== by.id) return denied('socialActions/comments.DELETE');
  await removePost(world, id, c.get('now'));
  return new Response(null, { status: 204 });
}

export async function shareStatistics(world: World, c: Ctx): Promise<Response> {
  checkFinder(c, 'organizationalEntity');
  const action = 'organizationalEntityShareStatistics.FINDER-organizationalEntity';
  const page = await actor(world, c, c.req.query('organizationalEntity'), action, ADMIN);
  const ugcPosts = listIn(c, 'ugcPosts').map(shareId);
  const ids = [...listIn(c, 'shares').map(shareId), ...ugcPosts];
  const found = (await findPostsById(world, 'linkedin', ids)).filter(({ account }) => account.id === page.id);
  const window = windowOf(c);
  return json({
    paging: paging(window, found.length),
    elements: (await seen(world, c, found)).map(({ post, reach }) => ({
      organizationalEntity: urnOf(page),
      [ugcPosts.includes(post.id) ? 'ugcPost' : 'share']: shareUrn(post.id),
      totalShareStatistics: {
        shareCount: reach.reposts,
        likeCount: reach.likes,
        commentCount: reach.replies,
        impressionCount: reach.impressions,
        uniqueImpressionsCount: reach.impressions,
        clickCount: 0,
        engagement: 0,
      },
    })),
  });
}
