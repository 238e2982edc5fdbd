import { and, count, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Hono } from 'hono';
import { bodyFields, type Ctx, json, operation, type SandboxEnv } from '../http';
import { attach, mediaOf } from '../media';
import { simulateReach } from '../people';
import { shortHash, snowflake } from '../random';
import type { RateLimit } from '../rates';
import { accounts, posts } from '../schema';
import type { World } from '../world';
import { xRevoke } from './auth';
import {
  forbidden,
  invalidRequest,
  missingScope,
  notFound,
  notFoundEntry,
  rateHeaders,
  refuse,
  unauthorized,
  xVendor,
} from './errors';
import { findLinks } from './links';
import { append, describe, finalize, initialize, mediaFor, mediaKey, status } from './media';
import { repost, repostCounts } from './reposts';
import { hasInvalidCharacters, publishedText, shortAddress, weightedLength } from './text';

/** The switch by which X refuses a text that the account has posted before. */
export const X_DUPLICATES = 'refuseDuplicates';

/** X's rate limits per user, for the endpoints that exist here. */
const LIMITS: Record<string, RateLimit> = {
  createPosts: { limit: 100, windowSeconds: 900 },
  deletePosts: { limit: 50, windowSeconds: 900 },
  getPostsById: { limit: 900, windowSeconds: 900 },
  getPostsByIds: { limit: 900, windowSeconds: 900 },
  getUsersPosts: { limit: 900, windowSeconds: 900 },
  repostPost: { limit: 50, windowSeconds: 900 },
  initializeMediaUpload: { limit: 500, windowSeconds: 900 },
  appendMediaUpload: { limit: 500, windowSeconds: 900 },
  finalizeMediaUpload: { limit: 500, windowSeconds: 900 },
  getMediaUploadStatus: { limit: 1000, windowSeconds: 900 },
  createMediaMetadata: { limit: 500, windowSeconds: 900 },
  getUsersMe: { limit: 75, windowSeconds: 900 },
};

/** Longest text that is measured, in UTF-16 code units. X's own longest posts are shorter. */
const LONGEST_TEXT = 25_000;

/** Adds the routes of X: revocation, and the posts of API v2. */
export function xRoutes(app: Hono<SandboxEnv>, world: World): void {
  app.post('/x/2/oauth2/revoke', operation(world, xVendor, 'revoke', xRevoke(world)));

  const api = (name: string, scopes: string[], work: (c: Ctx) => Promise<Response>) =>
    operation(world, xVendor, name, async (c) => {
      const token = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
      const bearer = token ? await world.tokens.bearer('x', token, c.get('now')) : null;
      if (!bearer) return unauthorized();
      const lacking = scopes.find((s) => !bearer.scopes.has(s));
      if (lacking) return missingScope(lacking);
      c.set('bearer', bearer);
      const standard = LIMITS[name] ?? { limit: 300, windowSeconds: 900 };
      const state = world.rates.take(`x.${name}`, bearer.account.id, standard, c.get('now'));
      if (!state.allowed) return xVendor.tooMany(c, state);
      const answer = await work(c);
      for (const [key, value] of Object.entries(rateHeaders(state))) answer.headers.set(key, value);
      return answer;
    });

  app.get(
    '/x/2/users/me',
    api('getUsersMe', ['users.read', 'tweet.read'], (c) => getMe(world, c)),
  );
  app.post(
    '/x/2/tweets',
    api('createPosts', ['tweet.read', 'tweet.write', 'users.read'], (c) => createPost(world, c)),
  );
  const upload = '/x/2/media/upload';
  app.post(
    `${upload}/initialize`,
    api('initializeMediaUpload', ['media.write'], (c) => initialize(world, c)),
  );
  app.post(
    `${upload}/:id/append`,
    api('appendMediaUpload', ['media.write'], (c) => append(world, c)),
  );
  app.post(
    `${upload}/:id/finalize`,
    api('finalizeMediaUpload', ['media.write'], (c) => finalize(world, c)),
  );
  app.get(
    upload,
    api('getMediaUploadStatus', ['media.write'], (c) => status(world, c)),
  );
  app.post(
    '/x/2/media/metadata',
    api('createMediaMetadata', ['media.write'], (c) => describe(world, c)),
  );
  app.get(
    '/x/2/tweets',
    api('getPostsByIds', ['tweet.read', 'users.read'], (c) => getPosts(world, c)),
  );
  app.post(
    '/x/2/users/:id/retweets',
    api('repostPost', ['tweet.read', 'tweet.write', 'users.read'], (c) => repost(world, c)),
  );
  app.get(
    '/x/2/tweets/:id',
    api('getPostsById', ['tweet.read', 'users.read'], (c) => getPost(world, c)),
  );
  app.delete(
    '/x/2/tweets/:id',
    api('deletePosts', ['tweet.read', 'tweet.write', 'users.read'], (c) => deletePost(world, c)),
  );
  app.get(
    '/x/2/users/:id/tweets',
    api('getUsersPosts', ['tweet.read', 'users.read'], (c) => getUserPosts(world, c)),
  );
}

async function createPost(world: World, c: Ctx): Promise<Response> {
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
  const account = c.get('bearer').account;
  const now = c.get('now');
  const clean = text.normalize('NFC');
  const { crowdAhead } = await world.settings.get();
  // The same text with another picture is a different post.
  const dedupeKey =
    (await world.settings.isOn(X_DUPLICATES)) && attached.length === 0
      ? shortHash(`${answered ? `${answered} ` : ''}${clean.trim()}`)
      : null;
  const [made] = await world.db
    .insert(posts)
    .values({
      id: snowflake(now),
      platform: 'x',
      accountId: account.id,
      text: clean,
      link: findLinks(clean)[0]?.url ?? null,
      replyTo: answered,
      dedupeKey,
      createdAt: now,
      crowdAt: new Date(now.getTime() + crowdAhead),
    })
    .onConflictDoUpdate({
      target: [posts.accountId, posts.dedupeKey],
      set: { refusedDuplicates: sql`${posts.refusedDuplicates} + 1` },
    })
    // xmax is zero only for a row that this statement inserted.
    .returning({ id: posts.id, inserted: sql<boolean>`(xmax = 0)` });
  if (!made?.inserted) return forbidden('You are not allowed to create a Tweet with duplicate content.');
  await attach(world, attached, made.id);
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
  const [there] = await world.db
    .select({ id: posts.id })
    .from(posts)
    .where(and(eq(posts.id, id), eq(posts.platform, 'x'), isNull(posts.deletedAt)));
  if (!there)
    return refuse(forbidden('You attempted to reply to a Tweet that is deleted or not visible to you.'));
  return id;
}

/** Returns the first post of the thread that a post belongs to. */
async function conversationOf(world: World, post: typeof posts.$inferSelect): Promise<string> {
  let at = post;
  while (at.replyTo) {
    const [above] = await world.db.select().from(posts).where(eq(posts.id, at.replyTo));
    if (!above) return at.replyTo;
    at = above;
  }
  return at.id;
}

async function deletePost(world: World, c: Ctx): Promise<Response> {
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
  await world.db
    .update(posts)
    .set({ deletedAt: c.get('now'), dedupeKey: null })
    .where(and(eq(posts.id, id), isNull(posts.deletedAt)));
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
  rows: (typeof posts.$inferSelect)[],
  account: typeof accounts.$inferSelect,
): Promise<Record<string, unknown>[]> {
  const asked = fields(c, 'post');
  const { crowdAhead, seed } = await world.settings.get();
  const crowdNow = new Date(c.get('now').getTime() + crowdAhead);
  const reposted = asked.has('public_metrics')
    ? await repostCounts(
        world,
        rows.map((r) => r.id),
      )
    : new Map<string, number>();
  const expanded = new Set((c.req.query('expansions') ?? '').split(','));
  const pictured = await mediaOf(
    world,
    rows.map((r) => r.id),
  );
  const show = async (post: typeof posts.$inferSelect) => {
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
    if (asked.has('public_metrics')) {
      const r = simulateReach(post, account, crowdNow, seed);
      out.public_metrics = {
        repost_count: r.reposts + (reposted.get(post.id) ?? 0),
        reply_count: r.replies + (await repliesTo(world, post.id)),
        like_count: r.likes,
        quote_count: r.quotes,
        bookmark_count: r.bookmarks,
        impression_count: r.impressions,
      };
    }
    return out;
  };
  return Promise.all(rows.map(show));
}

async function repliesTo(world: World, id: string): Promise<number> {
  const [made] = await world.db
    .select({ n: count() })
    .from(posts)
    .where(and(eq(posts.replyTo, id), isNull(posts.deletedAt)));
  return made?.n ?? 0;
}

async function getPost(world: World, c: Ctx): Promise<Response> {
  const id = c.req.param('id') ?? '';
  if (!/^\d{1,19}$/.test(id))
    return invalidRequest(`The id query parameter value [${id}] is not valid`, 'id');
  const [row] = await world.db
    .select({ post: posts, account: accounts })
    .from(posts)
    .innerJoin(accounts, eq(accounts.id, posts.accountId))
    .where(and(eq(posts.id, id), eq(posts.platform, 'x'), isNull(posts.deletedAt)));
  if (!row) return json({ errors: [notFoundEntry(id, 'tweet')] });
  const [data] = await showPosts(world, c, [row.post], row.account);
  return json({ data });
}

/** Returns up to 100 posts by id. A missing post has an entry in `errors`, and the others are still returned. */
async function getPosts(world: World, c: Ctx): Promise<Response> {
  const ids = (c.req.query('ids') ?? '').split(',');
  if (ids.length > 100 || ids.some((id) => !/^\d{1,19}$/.test(id)))
    return invalidRequest('The `ids` query parameter must name 1 to 100 posts by their numbers', 'ids');
  const rows = await world.db
    .select({ post: posts, account: accounts })
    .from(posts)
    .innerJoin(accounts, eq(accounts.id, posts.accountId))
    .where(and(inArray(posts.id, ids), eq(posts.platform, 'x'), isNull(posts.deletedAt)));
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

async function getUserPosts(world: World, c: Ctx): Promise<Response> {
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

async function getMe(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const asked = fields(c, 'user');
  const data: Record<string, unknown> = { id: account.id, name: account.name, username: account.handle };
  if (asked.has('created_at')) data.created_at = account.createdAt.toISOString();
  if (asked.has('description')) data.description = account.about;
  if (asked.has('protected')) data.protected = false;
  if (asked.has('verified')) data.verified = false;
  if (asked.has('public_metrics')) {
    const [made] = await world.db
      .select({ n: count() })
      .from(posts)
      .where(and(eq(posts.accountId, account.id), isNull(posts.deletedAt)));
    data.public_metrics = {
      followers_count: account.followers,
      following_count: 180,
      post_count: made?.n ?? 0,
      listed_count: Math.floor(account.followers / 150),
      like_count: 0,
      media_count: 0,
    };
  }
  return json({ data });
}
