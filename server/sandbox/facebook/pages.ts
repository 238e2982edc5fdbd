import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { findPost, makePost, numbersOf, type Post, removePost } from '../cores/feed';
import { type Ctx, json, str } from '../http';
import { NOBODY } from '../people';
import { snowflake } from '../random';
import { accounts, posts } from '../schema';
import { mediaOf } from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { actingPage } from './acting-page';
import { pageToken } from './auth';
import { showComment } from './comments';
import { graphError, lacks, missing } from './errors';
import { fieldNames, fieldsOf, graphTime } from './fields';
import { attachedPhotos, attachmentsOf, linkAttachment, postShowing, showMedia } from './media';
import { cursor, nextAddress, postsPage } from './paging';
import { tellFeed } from './subscriptions';

export function me(_world: World, c: Ctx): Response {
  const { account } = c.get('bearer');
  return json({ id: account.id, name: account.name });
}

/** Returns the user's Pages, 25 at a time by default and at most 100. `next` is the address of the next page, if there is one. */
export async function pages(world: World, c: Ctx): Promise<Response> {
  const bearer = c.get('bearer');
  if (bearer.kind !== 'access')
    return graphError(400, 100, '(#100) Tried accessing nonexisting field (accounts)');
  if (!bearer.scopes.has('pages_show_list')) return json({ data: [] });
  const limit = Math.min(100, Number(c.req.query('limit') ?? 25));
  if (!Number.isInteger(limit) || limit < 1) return graphError(400, 100, '(#100) limit must be at least 1');
  const after = c.req.query('after');
  const rows = await world.db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.parentId, bearer.account.id),
        eq(accounts.kind, 'page'),
        after ? gt(accounts.id, Buffer.from(after, 'base64url').toString()) : undefined,
      ),
    )
    .orderBy(asc(accounts.id))
    .limit(limit + 1);
  const shown = rows.slice(0, limit);
  const data = [];
  for (const page of shown)
    data.push({
      access_token: await pageToken(world, c, page.id),
      category: page.about,
      id: page.id,
      name: page.name,
      tasks: ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE'],
    });
  return json({
    data,
    paging: {
      cursors: { before: cursor(shown[0]), after: cursor(shown.at(-1)) },
      ...(rows.length > limit ? { next: nextAddress(world, c, shown.at(-1)) } : {}),
    },
  });
}

export async function publish(world: World, c: Ctx): Promise<Response> {
  const page = actingPage(c, 'pages_manage_posts');
  if (page instanceof Response) return page;
  const body = await fieldsOf(c);
  const text = typeof body.message === 'string' ? body.message : '';
  const link = str(body.link) ?? null;
  const photos = await attachedPhotos(world, page, c, body.attached_media);
  if (photos instanceof Response) return photos;
  if (!text.trim() && !link && photos.length === 0)
    return graphError(400, 100, '(#100) The post is empty. Please enter a message to share.');
  if ([...text].length > 63_206) return graphError(400, 100, '(#100) Param message is too long.');
  if (link && !URL.canParse(link))
    return graphError(400, 100, '(#100) link should represent a valid URL', { subcode: 1500 });
  if (body.published === 'false' || body.published === false)
    return graphError(400, 100, '(#100) Unpublished posts are not offered here. Publish at once.');
  const { post } = await makePost(world, c, {
    id: `${page.id}_${snowflake(c.get('now'))}`,
    text,
    // A link is not shown in a post with photos.
    link: photos.length > 0 ? null : link,
    media: photos,
  });
  await tellFeed(world, page, {
    item: link ? 'share' : 'status',
    verb: 'add',
    post_id: post.id,
    message: text,
  });
  return json({ id: post.id });
}

async function show(world: World, c: Ctx, post: Post, page: Account): Promise<Record<string, unknown>> {
  const asked = fieldNames(c.req.query('fields')) ?? new Set(['id', 'message', 'created_time']);
  const r = (await numbersOf(world, c, [post], page)).get(post.id) ?? NOBODY;
  const permalink = `${world.publicUrl}/facebook/${page.handle}/posts/${post.id}`;
  const attached = asked.has('attachments')
    ? (attachmentsOf((await mediaOf(world, [post.id])).get(post.id) ?? [], permalink) ??
      (post.link ? linkAttachment(post.link) : null))
    : null;
  const summary = (n: number) => ({ data: [], summary: { total_count: n } });
  const every: Record<string, unknown> = {
    id: post.id,
    ...(post.text ? { message: post.text } : {}),
    created_time: graphTime(post.createdAt),
    updated_time: graphTime(post.createdAt),
    permalink_url: permalink,
    ...(attached ? { attachments: attached } : {}),
    from: { id: page.id, name: page.name },
    is_published: true,
    status_type: post.link ? 'shared_story' : 'mobile_status_update',
    likes: summary(r.likes),
    reactions: summary(r.likes + Math.floor(r.likes / 6)),
    comments: summary(r.replies),
    ...(r.reposts > 0 ? { shares: { count: r.reposts } } : {}),
    ...(c.get('bearer').scopes.has('read_insights') || c.get('bearer').scopes.has('pages_read_engagement')
      ? {
          insights: {
            data: [
              {
                name: 'post_impressions',
                period: 'lifetime',
                values: [{ value: r.impressions }],
                id: `${post.id}/insights/post_impressions/lifetime`,
              },
            ],
          },
        }
      : {}),
  };
  return {
    ...Object.fromEntries([...asked].filter((f) => f in every).map((f) => [f, every[f]])),
    id: post.id,
  };
}

export async function listPosts(world: World, c: Ctx): Promise<Response> {
  const page = actingPage(c, 'pages_read_engagement');
  if (page instanceof Response) return page;
  return postsPage(world, c, and(eq(posts.accountId, page.id), isNull(posts.replyTo)), (post) =>
    show(world, c, post, page),
  );
}

export async function getObject(world: World, c: Ctx): Promise<Response> {
  const id = c.req.param('id') ?? '';
  const { account: own, scopes } = c.get('bearer');
  if (/^\d+_\d+$/.test(id)) {
    const row = await findPost(world, 'facebook', id);
    if (!row || (row.account.id !== own.id && row.account.parentId !== own.id)) return missing(id);
    if (!scopes.has('pages_read_engagement')) return lacks('pages_read_engagement');
    return json(
      row.post.replyTo
        ? showComment(world, c, row.post, row.account)
        : await show(world, c, row.post, row.account),
    );
  }
  const [page] = await world.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.id, id), eq(accounts.platform, 'facebook')));
  if (!page && own.kind === 'page')
    return showMedia(world, c, own, id, fieldNames(c.req.query('fields')) ?? new Set());
  if (!page || (page.kind === 'person' && page.id !== own.id)) return missing(id);
  const every: Record<string, unknown> = {
    id: page.id,
    name: page.name,
    link: `${world.publicUrl}/facebook/${page.handle}`,
    ...(page.kind === 'page'
      ? {
          category: page.about,
          username: page.handle,
          fan_count: page.followers,
          followers_count: page.followers,
        }
      : {}),
  };
  const asked = fieldNames(c.req.query('fields')) ?? new Set(['id', 'name']);
  return json({
    ...Object.fromEntries([...asked].filter((f) => f in every).map((f) => [f, every[f]])),
    id: page.id,
  });
}

/** Returns up to 50 posts by `ids`. As at Facebook, a single missing post fails the whole request. */
export async function getObjects(world: World, c: Ctx): Promise<Response> {
  const ids = (c.req.query('ids') ?? '').split(',').filter(Boolean);
  if (ids.length === 0) return graphError(400, 100, '(#100) The parameter ids is required');
  if (ids.length > 50) return graphError(400, 1, 'Too many IDs. Maximum: 50.');
  const { account: own, scopes } = c.get('bearer');
  const out: Record<string, unknown> = {};
  for (const id of ids) {
    const row = await findPost(world, 'facebook', id);
    if (!row || (row.account.id !== own.id && row.account.parentId !== own.id)) return missing(id);
    if (!scopes.has('pages_read_engagement')) return lacks('pages_read_engagement');
    out[id] = await show(world, c, row.post, row.account);
  }
  return json(out);
}

export async function deleteObject(world: World, c: Ctx): Promise<Response> {
  const { account: own, kind, scopes } = c.get('bearer');
  // Deleting a video deletes the post that shows it.
  const id = (await postShowing(world, own, c.req.param('id') ?? '')) ?? c.req.param('id') ?? '';
  const row = await findPost(world, 'facebook', id);
  if (!row || row.account.id !== own.id) return missing(id);
  if (kind !== 'page' || !scopes.has('pages_manage_posts')) return lacks('pages_manage_posts');
  await removePost(world, id, c.get('now'));
  await tellFeed(world, own, { item: 'status', verb: 'remove', post_id: id });
  return json({ success: true });
}
