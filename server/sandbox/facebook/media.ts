import { and, eq } from 'drizzle-orm';
import { makePost } from '../cores/feed';
import { type Ctx, json, str } from '../http';
import { snowflake } from '../random';
import { media, posts } from '../schema';
import {
  findMedia,
  type MediaRow,
  partsOf,
  processing,
  SLOW_SECONDS,
  storePart,
  typeOf,
} from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { actingPage } from './acting-page';
import { graphError, missing } from './errors';
import { fieldsOf } from './fields';

const MB = 1024 * 1024;
const PHOTO_BYTES = 10 * MB;
const VIDEO_BYTES = 10 * 1024 * MB;
/** Size of the first range that the platform requests, and of the later ones. */
const FIRST_RANGE = MB;
const RANGE = 3 * MB;
/** How long uploads that no post uses are kept. */
const DAY_MS = 86_400_000;
const PHOTOS = ['image/jpeg', 'image/png', 'image/gif', 'image/bmp', 'image/tiff'];

/** Parses the fields and the single file of a form, or the fields of JSON. */
async function formOf(
  c: Ctx,
  file: string,
): Promise<{ fields: Record<string, unknown>; bytes: Uint8Array | null }> {
  if (!(c.req.header('content-type') ?? '').startsWith('multipart/form-data'))
    return { fields: await fieldsOf(c), bytes: null };
  const form = await c.req.raw.formData();
  const part = form.get(file);
  return {
    fields: Object.fromEntries([...form.entries()].filter(([, value]) => typeof value === 'string')),
    bytes: part instanceof Blob ? new Uint8Array(await part.arrayBuffer()) : null,
  };
}

/** Takes an unpublished photo. */
export async function uploadPhoto(world: World, c: Ctx): Promise<Response> {
  const page = actingPage(c, 'pages_manage_posts');
  if (page instanceof Response) return page;
  const { fields, bytes } = await formOf(c, 'source');
  if (fields.published !== 'false' && fields.published !== false)
    return graphError(400, 100, '(#100) Photos that are published at once are not offered here.');
  if (!bytes || bytes.byteLength === 0)
    return graphError(400, 324, '(#324) Missing or invalid image file', { subcode: 1366046 });
  const type = typeOf(bytes.subarray(0, 64));
  if (bytes.byteLength > PHOTO_BYTES || !type || !PHOTOS.includes(type) || struck(c))
    return graphError(
      400,
      1,
      '(#1) The image could not be read. It must be a JPEG, PNG or GIF of up to 10 MB.',
      {
        subcode: 1366046,
        transient: false,
      },
    );
  const row = await insert(world, page, c, {
    kind: 'image',
    contentType: type,
    totalBytes: bytes.byteLength,
    altText: str(fields.alt_text_custom) ?? '',
    finalizedAt: c.get('now'),
  });
  await storePart(world, row, 0, bytes);
  return json({ id: row.id });
}

const struck = (c: Ctx): boolean => c.get('struck').includes('processing_fails');

async function insert(
  world: World,
  page: Account,
  c: Ctx,
  more: Pick<MediaRow, 'kind' | 'contentType' | 'totalBytes'> & Partial<MediaRow>,
): Promise<MediaRow> {
  const now = c.get('now');
  const [row] = await world.db
    .insert(media)
    .values({
      id: snowflake(now),
      platform: 'facebook',
      accountId: page.id,
      createdAt: now,
      expiresAt: new Date(now.getTime() + DAY_MS),
      ...more,
    })
    .returning();
  if (!row) throw new Error('The upload was not stored');
  return row;
}

/** Handles `start`, any number of `transfer`, and `finish`, which publishes. The session has the id of its video. */
export async function videoPhase(world: World, c: Ctx): Promise<Response> {
  const page = actingPage(c, 'pages_manage_posts');
  if (page instanceof Response) return page;
  const { fields, bytes } = await formOf(c, 'video_file_chunk');
  if (fields.upload_phase === 'start') {
    const size = Number(fields.file_size);
    if (!Number.isInteger(size) || size < 1 || size > VIDEO_BYTES)
      return graphError(400, 100, '(#100) The parameter file_size is required');
    const row = await insert(world, page, c, { kind: 'video', contentType: 'video/mp4', totalBytes: size });
    return json({ video_id: row.id, upload_session_id: row.id, ...offsets(0, size) });
  }
  const id = str(fields.upload_session_id) ?? '';
  const row = /^\d+$/.test(id) ? await findMedia(world, 'facebook', id) : undefined;
  if (!row || row.accountId !== page.id || row.finalizedAt || row.expiresAt <= c.get('now'))
    return graphError(400, 100, '(#100) There is no such upload session: upload_session_id');
  const parts = await partsOf(world, row.id);
  const there = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (fields.upload_phase === 'transfer') {
    const from = Number(fields.start_offset);
    const [start, end] = rangeFrom(there, row.totalBytes);
    if (from !== start)
      return graphError(
        400,
        6001,
        'There was a problem uploading your video. Please try uploading it again.',
        {
          subcode: 1363037,
          data: { start_offset: start, end_offset: end },
        },
      );
    if (!bytes || bytes.byteLength === 0)
      return graphError(
        400,
        6001,
        'There was a problem uploading your video. Please try uploading it again.',
        {
          subcode: 1363033,
        },
      );
    if (start + bytes.byteLength > end)
      return graphError(400, 100, '(#100) The chunk is longer than the range that was asked for.');
    await storePart(world, row, parts.length, bytes);
    if (there === 0)
      await world.db
        .update(media)
        .set({ contentType: typeOf(bytes.subarray(0, 64)) ?? 'application/octet-stream' })
        .where(eq(media.id, row.id));
    return json(offsets(there + bytes.byteLength, row.totalBytes));
  }
  if (fields.upload_phase === 'finish') return finish(world, page, c, row, there, fields);
  return graphError(400, 100, '(#100) upload_phase must be one of start, transfer, finish');
}

const rangeFrom = (from: number, size: number) =>
  [from, Math.min(size, from + (from === 0 ? FIRST_RANGE : RANGE))] as const;
function offsets(from: number, size: number) {
  const [start, end] = rangeFrom(from, size);
  return { start_offset: String(start), end_offset: String(end) };
}

async function finish(
  world: World,
  page: Account,
  c: Ctx,
  row: MediaRow,
  there: number,
  fields: Record<string, unknown>,
): Promise<Response> {
  if (there !== row.totalBytes) return graphError(400, 100, '(#100) The upload is not complete.');
  if (struck(c) || !['video/mp4', 'image/gif'].includes(row.contentType))
    return graphError(400, 352, '(#352) The video file you tried to upload is not supported.', {
      subcode: 1363024,
    });
  const now = c.get('now');
  const processSeconds = c.get('struck').includes('processing_slow') ? SLOW_SECONDS : 0;
  await world.db.update(media).set({ finalizedAt: now, processSeconds }).where(eq(media.id, row.id));
  await makePost(world, c, {
    id: `${page.id}_${snowflake(now)}`,
    text: str(fields.description) ?? '',
    media: [row],
  });
  return json({ success: true });
}

/** Returns the photos that a post names in `attached_media`. Each must have been uploaded by this Page and not be used by a post yet. */
export async function attachedPhotos(
  world: World,
  page: Account,
  c: Ctx,
  given: unknown,
): Promise<MediaRow[] | Response> {
  if (given === undefined) return [];
  const list: unknown = typeof given === 'string' ? parse(given) : given;
  const ids = Array.isArray(list)
    ? list.map((one) => String((one as { media_fbid?: unknown } | null)?.media_fbid ?? ''))
    : [];
  if (ids.length === 0) return graphError(400, 100, '(#100) Param attached_media must be a list');
  const rows: MediaRow[] = [];
  for (const id of ids) {
    const row = /^\d+$/.test(id) ? await findMedia(world, 'facebook', id) : undefined;
    if (
      !row ||
      row.accountId !== page.id ||
      row.kind !== 'image' ||
      row.postId ||
      row.expiresAt <= c.get('now')
    )
      return graphError(400, 100, `(#100) Param attached_media has an invalid media_fbid: ${id}`, {
        subcode: 33,
      });
    rows.push(row);
  }
  return rows;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Formats the media of a post as its `attachments`. */
export function attachmentsOf(rows: readonly MediaRow[], url: string): Record<string, unknown> | null {
  const [first] = rows;
  if (!first) return null;
  const one = (row: MediaRow) => ({
    media_type: row.kind === 'video' ? 'video' : 'photo',
    type: row.kind === 'video' ? 'video_inline' : 'photo',
    target: { id: row.id, url },
    url,
  });
  return {
    data: [
      rows.length === 1
        ? one(first)
        : {
            media_type: 'album',
            type: 'album',
            target: { id: first.id, url },
            url,
            subattachments: { data: rows.map(one) },
          },
    ],
  };
}

/** Formats the link of a post as its `attachments`. */
export const linkAttachment = (link: string): Record<string, unknown> => ({
  data: [
    {
      media_type: 'link',
      type: 'share',
      unshimmed_url: link,
      url: `https://l.facebook.com/l.php?u=${encodeURIComponent(link)}&h=AT0`,
    },
  ],
});

/** Returns a photo or video by its own id, with the requested fields. */
export async function showMedia(
  world: World,
  c: Ctx,
  page: Account,
  id: string,
  asked: ReadonlySet<string>,
): Promise<Response> {
  const [row] = await world.db
    .select()
    .from(media)
    .where(and(eq(media.id, id), eq(media.platform, 'facebook'), eq(media.accountId, page.id)));
  if (!row || (!row.postId && row.expiresAt <= c.get('now'))) return missing(id);
  const [post] = row.postId ? await world.db.select().from(posts).where(eq(posts.id, row.postId)) : [];
  if (post?.deletedAt) return missing(id);
  const out = post !== undefined && processing(row, c.get('now')).state === 'succeeded';
  const every: Record<string, unknown> = {
    ...(row.kind === 'video' ? { published: out, status: statusOf(row, out) } : {}),
    ...(post && out
      ? {
          post_id: post.id.split('_')[1],
          permalink_url: `${world.publicUrl}/facebook/${page.handle}/posts/${post.id}`,
        }
      : {}),
  };
  return json({ ...Object.fromEntries([...asked].filter((f) => f in every).map((f) => [f, every[f]])), id });
}

/** Formats a video's `status`: the phases of uploading, processing and publishing it. */
function statusOf(row: MediaRow, out: boolean): Record<string, unknown> {
  const [uploading, processing, publishing] = out
    ? ['complete', 'complete', 'complete']
    : row.finalizedAt
      ? ['complete', 'in_progress', 'not_started']
      : ['in_progress', 'not_started', 'not_started'];
  return {
    video_status: out ? 'ready' : row.finalizedAt ? 'processing' : 'uploading',
    uploading_phase: { status: uploading },
    processing_phase: { status: processing },
    publishing_phase: { status: publishing, ...(out ? { publish_status: 'published' } : {}) },
  };
}

/** Returns the post that shows a video of this Page, or undefined for any other id. */
export async function postShowing(world: World, page: Account, id: string): Promise<string | undefined> {
  const row = /^\d+$/.test(id) ? await findMedia(world, 'facebook', id) : undefined;
  return row?.kind === 'video' && row.accountId === page.id ? (row.postId ?? undefined) : undefined;
}
