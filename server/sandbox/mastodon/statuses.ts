import { and, eq, lt, sql } from 'drizzle-orm';
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
import { type Ctx, json } from '../http';
import { posts } from '../schema';
import { firstWrong, isOn, listOf, objectOf, readBody, textOf } from '../shell/body';
import { type MediaRow, processing } from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { invalid, notFound, refuse } from './errors';
import { type Limits, limitsOf, OLDER } from './instance';
import { unusedMedia } from './media';
import { accountFields, type Extra, extraOf, shape, siteOf, statusShapes } from './shapes';
import { lengthOf } from './text';

const HOUR_MS = 3_600_000;
const VISIBILITIES = ['public', 'unlisted', 'private', 'direct'];

async function answer(world: World, c: Ctx, post: Post, account: Account): Promise<Response> {
  return json((await statusShapes(world, c, [{ post, account }]))[0]);
}

export async function createStatus(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const key = c.req.header('idempotency-key');
  if (key) await forgetKey(world, account.id, key, c.get('now'));
  const { fields: body } = await readBody(c);
  const limits = await limitsOf(world, c);
  const media = await mediaOfBody(world, c, body, limits);
  const poll = pollOf(body.poll, c.get('now'), limits);
  const [text, spoiler] = [textOf(body.status), textOf(body.spoiler_text)];
  const isBlank = text.trim() === '';
  const wrong = firstWrong([
    [isBlank && media.length === 0 && spoiler === '', "Text can't be blank"],
    [poll !== null && media.length > 0, 'Cannot attach a poll to a post with media'],
    [
      lengthOf(spoiler + text, limits.characters_reserved_per_url) > limits.max_characters,
      `Text character limit of ${limits.max_characters} exceeded`,
    ],
  ]);
  if (wrong) return invalid(wrong);
  const visibility = String(body.visibility ?? 'public');
  if (!VISIBILITIES.includes(visibility)) return refuse(422, 'Invalid visibility');
  const replyTo = body.in_reply_to_id === undefined ? null : String(body.in_reply_to_id);
  if (replyTo !== null && !(await findPost(world, c.get('realm'), replyTo)))
    return refuse(404, 'The post you are trying to reply to does not appear to exist.');
  const extra: Extra = {
    visibility,
    spoiler: isBlank ? '' : spoiler,
    sensitive: isOn(body.sensitive) || spoiler !== '',
    language: typeof body.language === 'string' ? body.language : 'en',
    poll,
  };
  const { post } = await makePost(world, c, {
    // A warning without a text is the text.
    text: isBlank ? spoiler : text,
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
  const ids = listOf(body.media_ids).map(String);
  if (ids.length > most) return invalid(`Cannot attach more than ${most} files`);
  const key = c.req.header('idempotency-key');
  if (key && ids.length > 0 && (await world.db.$count(posts, isKnown(c, key))) > 0) return [];
  const found = await Promise.all(ids.map((id) => unusedMedia(world, c, id)));
  const missing = ids.filter((_, i) => !found[i]);
  const rows = found.filter((row) => row !== undefined);
  const wrong = firstWrong([
    [missing.length > 0, `Media ${missing.join(', ')} not found or already attached to another post`],
    [
      rows.length > 1 && rows.some(({ kind }) => kind === 'video'),
      'Cannot attach a video to a post that already contains images',
    ],
    [
      rows.some((row) => processing(row, c.get('now')).state !== 'succeeded'),
      'Cannot attach files that have not finished processing. Try again in a moment!',
    ],
  ]);
  return wrong ? invalid(wrong) : rows;
}
const isKnown = (c: Ctx, key: string) =>
  and(eq(posts.accountId, c.get('bearer').account.id), eq(posts.dedupeKey, `key:${key}`));

function pollOf(given: unknown, now: Date, limits: Limits): Extra['poll'] {
  if (typeof given !== 'object' || given === null) return null;
  const { options: asked, expires_in: seconds, multiple } = objectOf(given);
  const options = listOf(asked).map(String).filter(Boolean);
  const length = Number(seconds);
  const longest = limits.max_characters_per_option;
  const wrong = firstWrong([
    [options.length < 2, 'Options must have more than one item'],
    [options.length > limits.max_options, `Options can't contain more than ${limits.max_options} items`],
    [
      options.some((one) => [...one].length > longest),
      `Options can't be longer than ${longest} characters each`,
    ],
    [new Set(options).size < options.length, 'Options contain duplicate items'],
    [!(length >= limits.min_expiration), 'Expires at is too soon'],
    [length > limits.max_expiration, 'Expires at is too far into the future'],
  ]);
  if (wrong) return invalid(wrong);
  const expiresAt = new Date(now.getTime() + length * 1000).toISOString();
  return { options, multiple: multiple === true, expiresAt };
}

/** Returns the post in the path, or refuses. */
const statusAt = async (world: World, c: Ctx) =>
  (await findPost(world, c.get('realm'), c.req.param('id') ?? '')) ?? notFound();

export async function getStatus(world: World, c: Ctx): Promise<Response> {
  const { post, account } = await statusAt(world, c);
  return answer(world, c, post, account);
}

/** Returns those of up to 20 posts that exist. */
export async function getStatuses(world: World, c: Ctx): Promise<Response> {
  if (await world.settings.isOn(OLDER)) return refuse(404, 'Not Found');
  const ids = c.req.queries('id[]') ?? [];
  if (ids.length > 20) return invalid('Too many ids');
  return json(await statusShapes(world, c, await findPosts(world, c.get('realm'), ids)));
}

export async function deleteStatus(world: World, c: Ctx): Promise<Response> {
  const { post, account } = await statusAt(world, c);
  if (account.id !== c.get('bearer').account.id) return notFound();
  const { reblogOf } = extraOf(post);
  const [shown] = await statusShapes(world, c, [{ post, account }]);
  await removePost(world, post.id, c.get('now'));
  if (reblogOf) await unreact(world, 'repost', account.id, reblogOf);
  return json({ ...shown, text: post.text });
}

/** An account reblogs a post once; a repetition returns the first reblog. */
export async function reblog(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  const extra = extraOf((await statusAt(world, c)).post);
  if (extra.visibility === 'direct') return notFound();
  const original = extra.reblogOf ?? c.req.param('id') ?? '';
  const { post } = await makePost(world, c, {
    text: '',
    visibility: 'hidden',
    fields: { ...extra, poll: null, spoiler: '', reblogOf: original } satisfies Extra,
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
      before ? sql`${posts.id}::numeric < ${before}::numeric` : undefined,
      c.req.query('exclude_reblogs') === 'true' ? sql`${posts.fields}->>'reblogOf' is null` : undefined,
    ),
    { limit },
  );
  const last = rows.at(-1);
  const here = `${siteOf(world, c)}/api/v1/accounts/${account.id}/statuses`;
  const link = { link: `<${here}?max_id=${last?.id}>; rel="next"` };
  const own = rows.map((post) => ({ post, account }));
  return json(await statusShapes(world, c, own), 200, rows.length === limit ? link : {});
}

export async function verifyCredentials(world: World, c: Ctx): Promise<Response> {
  const { account } = c.get('bearer');
  return json(
    shape('CredentialAccount', {
      ...(await accountFields(world, c, account)),
      source: { privacy: 'public', language: 'en', note: account.about, indexable: true },
      role: { id: '-99', permissions: '65536' },
    }),
  );
}
