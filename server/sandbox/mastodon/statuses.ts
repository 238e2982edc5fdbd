import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import {
  findPost,
  findPosts,
  listPosts,
  makePost,
  type Post,
  react,
  removePost,
  unreact,
} from '../cores/feed';
import { bodyFields, type Ctx, json } from '../http';
import { snowflake } from '../random';
import { posts } from '../schema';
import { type MediaRow, processing } from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { invalid, notFound, refuse } from './errors';
import { type Limits, limitsOf, OLDER } from './instance';
import { ownMedia } from './media';
import { accountShape, type Extra, extraOf, statusShapes } from './shapes';
import { lengthOf } from './text';

const HOUR_MS = 3_600_000;
const VISIBILITIES = ['public', 'unlisted', 'private', 'direct'];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

async function answer(world: World, c: Ctx, post: Post, account: Account): Promise<Response> {
  const [shape] = await statusShapes(world, c, [{ post, account }]);
  return json(shape);
}

export async function createStatus(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const key = c.req.header('idempotency-key');
  if (key) await forgetKey(world, account.id, key, c.get('now'));
  const body = await bodyFields(c);
  const limits = await limitsOf(world, c);
  const media = await mediaOfBody(world, c, body, limits);
  const poll = pollOf(body.poll, c.get('now'), limits);
  const [text, spoiler] = [textOf(body.status), textOf(body.spoiler_text)];
  if (text.trim() === '' && media.length === 0 && spoiler === '') return invalid("Text can't be blank");
  if (poll && media.length > 0) return invalid('Cannot attach a poll to a post with media');
  if (lengthOf(spoiler + text, limits.characters_reserved_per_url) > limits.max_characters)
    return invalid(`Text character limit of ${limits.max_characters} exceeded`);
  const visibility = String(body.visibility ?? 'public');
  if (!VISIBILITIES.includes(visibility)) return refuse(422, 'Invalid visibility');
  const replyTo = body.in_reply_to_id === undefined ? null : String(body.in_reply_to_id);
  if (replyTo !== null && !(await findPost(world, c.get('realm'), replyTo)))
    return refuse(404, 'The post you are trying to reply to does not appear to exist.');
  const extra: Extra = {
    visibility,
    spoiler: text.trim() === '' ? '' : spoiler,
    sensitive: body.sensitive === true || body.sensitive === 'true' || spoiler !== '',
    language: typeof body.language === 'string' ? body.language : 'en',
    poll,
  };
  const { post } = await makePost(world, c, {
    id: snowflake(c.get('now')),
    // A warning without a text is the text.
    text: text.trim() === '' ? spoiler : text,
    replyTo,
    media,
    visibility: visibility === 'public' || visibility === 'unlisted' ? visibility : 'hidden',
    fields: extra,
    key: key ? `key:${key}` : null,
  });
  return answer(world, c, post, account);
}

/** A key is known for an hour. */
async function forgetKey(world: World, accountId: string, key: string, now: Date): Promise<void> {
  await world.db
    .update(posts)
    .set({ dedupeKey: null })
    .where(
      and(
        eq(posts.accountId, accountId),
        eq(posts.dedupeKey, `key:${key}`),
        lt(posts.createdAt, new Date(now.getTime() - HOUR_MS)),
      ),
    );
}

/** A repetition with a key names media that its first request has used; that request is then answered again. */
async function mediaOfBody(
  world: World,
  c: Ctx,
  body: Record<string, unknown>,
  { max_media_attachments: most }: Limits,
): Promise<MediaRow[]> {
  const ids = Array.isArray(body.media_ids) ? body.media_ids.map(String) : [];
  if (ids.length > most) return invalid(`Cannot attach more than ${most} files`);
  const key = c.req.header('idempotency-key');
  if (key && ids.length > 0 && (await world.db.$count(posts, isKnown(c, key))) > 0) return [];
  const found = await Promise.all(ids.map((id) => ownMedia(world, c, id)));
  const missing = ids.filter((_, i) => !found[i]);
  if (missing.length > 0)
    return invalid(`Media ${missing.join(', ')} not found or already attached to another post`);
  const rows = found.filter((row) => row !== undefined);
  if (rows.length > 1 && rows.some(({ kind }) => kind === 'video'))
    return invalid('Cannot attach a video to a post that already contains images');
  if (rows.some((row) => processing(row, c.get('now')).state !== 'succeeded'))
    return invalid('Cannot attach files that have not finished processing. Try again in a moment!');
  return rows;
}
const isKnown = (c: Ctx, key: string) =>
  and(eq(posts.accountId, c.get('bearer').account.id), eq(posts.dedupeKey, `key:${key}`));

function pollOf(given: unknown, now: Date, limits: Limits): Extra['poll'] {
  if (typeof given !== 'object' || given === null) return null;
  const { options, expires_in: seconds, multiple } = given as Record<string, unknown>;
  const answers = Array.isArray(options) ? options.map(String).filter(Boolean) : [];
  if (answers.length < 2) return invalid('Options must have more than one item');
  if (answers.length > limits.max_options)
    return invalid(`Options can't contain more than ${limits.max_options} items`);
  const longest = limits.max_characters_per_option;
  if (answers.some((one) => [...one].length > longest))
    return invalid(`Options can't be longer than ${longest} characters each`);
  if (new Set(answers).size < answers.length) return invalid('Options contain duplicate items');
  const length = Number(seconds);
  if (!(length >= limits.min_expiration)) return invalid('Expires at is too soon');
  if (length > limits.max_expiration) return invalid('Expires at is too far into the future');
  return {
    options: answers,
    multiple: multiple === true,
    expiresAt: new Date(now.getTime() + length * 1000).toISOString(),
  };
}

export async function getStatus(world: World, c: Ctx): Promise<Response> {
  const row = await findPost(world, c.get('realm'), c.req.param('id') ?? '');
  return row ? answer(world, c, row.post, row.account) : notFound();
}

/** Returns those of up to 20 posts that exist. */
export async function getStatuses(world: World, c: Ctx): Promise<Response> {
  if (await world.settings.isOn(OLDER)) return refuse(404, 'Not Found');
  const ids = c.req.queries('id[]') ?? [];
  if (ids.length > 20) return invalid('Too many ids');
  return json(await statusShapes(world, c, await findPosts(world, c.get('realm'), ids)));
}

export async function deleteStatus(world: World, c: Ctx): Promise<Response> {
  const row = await findPost(world, c.get('realm'), c.req.param('id') ?? '');
  if (!row || row.account.id !== c.get('bearer').account.id) return notFound();
  const { post, account } = row;
  const { reblogOf } = extraOf(post);
  const [shape] = await statusShapes(world, c, [row]);
  await removePost(world, post.id, c.get('now'));
  if (reblogOf) await unreact(world, 'repost', account.id, reblogOf);
  return json({ ...shape, text: post.text });
}

/** An account reblogs a post once; a repetition returns the first reblog. */
export async function reblog(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const found = await findPost(world, c.get('realm'), c.req.param('id') ?? '');
  if (!found || extraOf(found.post).visibility === 'direct') return notFound();
  const original = extraOf(found.post).reblogOf ?? found.post.id;
  const { post } = await makePost(world, c, {
    id: snowflake(c.get('now')),
    text: '',
    visibility: 'hidden',
    fields: { ...extraOf(found.post), poll: null, spoiler: '', reblogOf: original } satisfies Extra,
    key: `reblog:${original}`,
  });
  await react(world, 'repost', account.id, original, c.get('now'));
  return answer(world, c, post, account);
}

/** Newest first, with the addresses of the pages before and after in `Link`. */
export async function getAccountStatuses(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  if (c.req.param('id') !== account.id) return notFound();
  const limit = Math.min(40, Number(c.req.query('limit') ?? 20) || 20);
  const before = c.req.query('max_id');
  const rows = await listPosts(
    world,
    and(
      eq(posts.accountId, account.id),
      isNull(posts.deletedAt),
      before ? sql`${posts.id}::numeric < ${before}::numeric` : undefined,
      c.req.query('exclude_reblogs') === 'true' ? sql`${posts.fields}->>'reblogOf' is null` : undefined,
    ),
    { limit },
  );
  const last = rows.at(-1);
  const here = `${world.publicUrl}/${c.get('realm')}/api/v1/accounts/${account.id}/statuses`;
  return json(
    await statusShapes(
      world,
      c,
      rows.map((post) => ({ post, account })),
    ),
    200,
    last && rows.length === limit ? { link: `<${here}?max_id=${last.id}>; rel="next"` } : {},
  );
}

export async function verifyCredentials(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  return json({
    ...(await accountShape(world, c, account)),
    source: {
      privacy: 'public',
      sensitive: false,
      language: 'en',
      note: account.about,
      fields: [],
      follow_requests_count: 0,
      indexable: true,
    },
    role: { id: '-99', name: '', color: '', permissions: '65536', highlighted: false },
  });
}
