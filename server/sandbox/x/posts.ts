import { and, desc, eq, gte, isNull, lt, sql } from 'drizzle-orm';
import {
  conversationOf,
  countPosts,
  findPost,
  findPosts,
  makePost,
  numbersOf,
  type Post,
  removePost,
} from '../cores/feed';
import { bodyFields, type Ctx, json } from '../http';
import { shortHash, snowflake } from '../random';
import { accounts, posts } from '../schema';
import { mediaOf } from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { forbidden, invalidRequest, notFound, notFoundEntry, refuse } from './errors';
import { mediaFor, mediaKey } from './media';
import { findLinks, hasInvalidCharacters, publishedText, shortAddress, weightedLength } from './text';

/** The switch by which X refuses a text that the account has posted before. */
export const X_DUPLICATES = 'refuseDuplicates';

/** Longest text that is measured, in UTF-16 code units. X's own longest posts are shorter. */
const LONGEST_TEXT = 25_000;

export async function createPost(world: World, c: Ctx): Promise<Response> {
  const { text = '', media, quote_tweet_id: quote, reply } = await bodyFields(c);
  const attached = await mediaFor(world, c, media);
  if (typeof text !== 'string' || (text.trim() === '' && attached.length === 0))
    return invalidRequest(
      quote
        ? 'Only posts with a text are taken here.'
        : 'One or more parameters to your request was invalid. The text is missing.',
      'text',
    );
  if (hasInvalidCharacters(text))
    return invalidRequest('The text contains characters that are not allowed.', 'text');
  if (text.length > LONGEST_TEXT || weightedLength(text) > 280)
    return forbidden('Your post text is too long. You are not permitted to perform this action.');
  const answered = reply === undefined ? null : await repliedTo(world, reply);
  const clean = text.normalize('NFC');
  // The same text with another picture is a different post.
  const key =
    (await world.settings.isOn(X_DUPLICATES)) && attached.length === 0
      ? shortHash(`${answered ? `${answered} ` : ''}${clean.trim()}`)
      : null;
  const { post: made, repeated } = await makePost(world, c, {
    id: snowflake(c.get('now')),
    text: clean,
    link: findLinks(clean)[0]?.url ?? null,
    replyTo: answered,
    media: attached,
    key,
  });
  if (repeated) return forbidden('You are not allowed to create a Tweet with duplicate content.');
  const { text: shown } = publishedText(made.id, clean);
  return json({ data: { id: made.id, text: shown, edit_history_post_ids: [made.id] } }, 201);
}

/** Returns the id in `reply` if the post exists. Otherwise refuses the request as X does. */
async function repliedTo(world: World, reply: unknown): Promise<string> {
  const id = (reply as { in_reply_to_tweet_id?: unknown } | null)?.in_reply_to_tweet_id;
  if (typeof id !== 'string' || !/^\d{1,19}$/.test(id))
    return refuse(
      invalidRequest('The reply.in_reply_to_tweet_id is not valid', 'reply.in_reply_to_tweet_id'),
    );
  if (!(await findPost(world, 'x', id)))
    return refuse(forbidden('You attempted to reply to a Tweet that is deleted or not visible to you.'));
  return id;
}

export async function deletePost(world: World, c: Ctx): Promise<Response> {
  const id = c.req.param('id') ?? '';
  if (!/^\d{1,19}$/.test(id))
    return invalidRequest(`The id query parameter value [${id}] is not valid`, 'id');
  const [post] = await world.db
    .select()
    .from(posts)
    .where(and(eq(posts.id, id), eq(posts.platform, 'x')));
  if (!post) return notFound(id);
  if (post.accountId !== c.get('bearer').account.id)
    return forbidden('You are not permitted to delete a post of another account.');
  await removePost(world, id, c.get('now'));
  return json({ data: { deleted: true } });
}

/** Returns the requested fields. The old name of the parameter still works, as it does at X. */
function fields(c: Ctx, kind: 'post' | 'user'): Set<string> {
  const asked =
    c.req.query(`${kind}.fields`) ?? (kind === 'post' ? c.req.query('tweet.fields') : undefined) ?? '';
  return new Set(asked.split(',').filter(Boolean));
}

async function showPosts(
  world: World,
  c: Ctx,
  rows: Post[],
  account: Account,
): Promise<Record<string, unknown>[]> {
  const asked = fields(c, 'post');
  const numbers = asked.has('public_metrics') ? await numbersOf(world, c, rows, account) : null;
  const expanded = new Set((c.req.query('expansions') ?? '').split(','));
  const pictured = await mediaOf(
    world,
    rows.map((r) => r.id),
  );
  const show = async (post: Post) => {
    const own = pictured.get(post.id) ?? [];
    const { text: written, urls } = publishedText(post.id, post.text);
    // X appends one link to the pictures to the text.
    const link = shortAddress(post.id, urls.length);
    const text = own.length > 0 ? `${written} ${link}`.trim() : written;
    const out: Record<string, unknown> = { id: post.id, text, edit_history_post_ids: [post.id] };
    if (own.length > 0 && (asked.has('attachments') || expanded.has('attachments.media_keys')))
      out.attachments = { media_keys: own.map(mediaKey) };
    const length = [...text].length;
    const links = [
      ...urls,
      ...own.map((m) => ({
        start: length - link.length,
        end: length,
        url: link,
        expanded_url: `https://x.com/${account.handle}/status/${post.id}/${m.kind === 'video' ? 'video' : 'photo'}/1`,
        display_url: `pic.x.com/${link.slice(-10)}`,
        media_key: mediaKey(m),
      })),
    ];
    if (links.length > 0 && asked.has('entities')) out.entities = { urls: links };
    if (asked.has('created_at')) out.created_at = post.createdAt.toISOString();
    if (asked.has('author_id')) out.author_id = post.accountId;
    if (asked.has('conversation_id')) out.conversation_id = await conversationOf(world, post);
    if (expanded.has('referenced_posts') && post.replyTo)
      out.referenced_posts = [{ type: 'replied_to', id: post.replyTo }];
    if (asked.has('username')) out.username = account.handle;
    const r = numbers?.get(post.id);
    if (r)
      out.public_metrics = {
        repost_count: r.reposts,
        reply_count: r.replies,
        like_count: r.likes,
        quote_count: r.quotes,
        bookmark_count: r.bookmarks,
        impression_count: r.impressions,
      };
    return out;
  };
  return Promise.all(rows.map(show));
}

export async function getPost(world: World, c: Ctx): Promise<Response> {
  const id = c.req.param('id') ?? '';
  if (!/^\d{1,19}$/.test(id))
    return invalidRequest(`The id query parameter value [${id}] is not valid`, 'id');
  const row = await findPost(world, 'x', id);
  if (!row) return json({ errors: [notFoundEntry(id, 'tweet')] });
  const [data] = await showPosts(world, c, [row.post], row.account);
  return json({ data });
}

/** Returns up to 100 posts by id. A missing post has an entry in `errors`, and the others are still returned. */
export async function getPosts(world: World, c: Ctx): Promise<Response> {
  const ids = (c.req.query('ids') ?? '').split(',');
  if (ids.length > 100 || ids.some((id) => !/^\d{1,19}$/.test(id)))
    return invalidRequest('The `ids` query parameter must name 1 to 100 posts by their numbers', 'ids');
  const rows = await findPosts(world, 'x', ids);
  const data: Record<string, unknown>[] = [];
  const errors: unknown[] = [];
  for (const id of ids) {
    const row = rows.find((r) => r.post.id === id);
    if (row) data.push(...(await showPosts(world, c, [row.post], row.account)));
    else errors.push({ ...notFoundEntry(id, 'tweet'), parameter: 'ids' });
  }
  return json({ ...(data.length > 0 ? { data } : {}), ...(errors.length > 0 ? { errors } : {}) });
}

function instant(c: Ctx, name: string): Date | undefined {
  const value = c.req.query(name);
  if (value === undefined) return undefined;
  const at = new Date(value);
  if (Number.isNaN(at.getTime()) || !/^\d{4}-\d\d-\d\dT/.test(value))
    return refuse(
      invalidRequest(
        `Invalid '${name}':'${value}'. It must be a date and time such as 2026-01-31T12:00:00Z.`,
        name,
      ),
    );
  return at;
}

export async function getUserPosts(world: World, c: Ctx): Promise<Response> {
  const id = c.req.param('id') ?? '';
  const max = Number(c.req.query('max_results') ?? 10);
  if (!Number.isInteger(max) || max < 5 || max > 100)
    return invalidRequest(
      `The \`max_results\` query parameter value [${c.req.query('max_results')}] is not between 5 and 100`,
      'max_results',
    );
  const token = c.req.query('pagination_token');
  const before = token ? Buffer.from(token, 'base64url').toString() : undefined;
  if (before !== undefined && !/^\d{1,19}$/.test(before))
    return invalidRequest('The pagination token is not valid', 'pagination_token');
  const [account] = await world.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.id, id), eq(accounts.platform, 'x')));
  if (!account) return json({ errors: [notFoundEntry(id, 'user')], meta: { result_count: 0 } });
  const start = instant(c, 'start_time');
  const end = instant(c, 'end_time');
  const since = c.req.query('since_id');
  const number = sql`${posts.id}::bigint`;
  const rows = await world.db
    .select()
    .from(posts)
    .where(
      and(
        eq(posts.accountId, id),
        isNull(posts.deletedAt),
        start ? gte(posts.createdAt, start) : undefined,
        end ? lt(posts.createdAt, end) : undefined,
        since ? sql`${number} > ${since}::bigint` : undefined,
        before ? sql`${number} < ${before}::bigint` : undefined,
      ),
    )
    .orderBy(desc(number))
    .limit(max + 1);
  const shown = rows.slice(0, max);
  const data = await showPosts(world, c, shown, account);
  const [first, last] = [shown[0], shown.at(-1)];
  return json({
    ...(data.length > 0 ? { data } : {}),
    meta: {
      result_count: data.length,
      ...(first && last ? { newest_id: first.id, oldest_id: last.id } : {}),
      ...(rows.length > max && last ? { next_token: Buffer.from(last.id).toString('base64url') } : {}),
    },
  });
}

export async function getMe(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const asked = fields(c, 'user');
  const data: Record<string, unknown> = { id: account.id, name: account.name, username: account.handle };
  if (asked.has('created_at')) data.created_at = account.createdAt.toISOString();
  if (asked.has('description')) data.description = account.about;
  if (asked.has('protected')) data.protected = false;
  if (asked.has('verified')) data.verified = false;
  if (asked.has('public_metrics')) {
    data.public_metrics = {
      followers_count: account.followers,
      following_count: 180,
      post_count: await countPosts(world, account.id),
      listed_count: Math.floor(account.followers / 150),
      like_count: 0,
      media_count: 0,
    };
  }
  return json({ data });
}
