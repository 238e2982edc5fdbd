import { and, eq } from 'drizzle-orm';
import { bodyFields, type Ctx, json, unix } from '../http';
import { snowflake } from '../random';
import { media } from '../schema';
import {
  findMedia,
  headOf,
  type MediaRow,
  partsOf,
  processing,
  SLOW_SECONDS,
  storePart,
  typeOf,
} from '../shell/media';
import type { World } from '../world';
import { invalidRequest, notFoundMedia, refuse } from './errors';

const MB = 1024 * 1024;
const DAY = 86_400;
/** X's maximum file size and accepted types, by category. */
const CATEGORIES: Record<string, { kind: MediaRow['kind']; most: number; types: string[] }> = {
  tweet_image: {
    kind: 'image',
    most: 5 * MB,
    types: ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/bmp', 'image/tiff', 'image/pjpeg'],
  },
  tweet_gif: { kind: 'gif', most: 15 * MB, types: ['image/gif'] },
  tweet_video: {
    kind: 'video',
    most: 512 * MB,
    types: ['video/mp4', 'video/quicktime', 'video/webm', 'video/mp2t'],
  },
};
/** Prefixes of X's media keys. */
const KEY: Partial<Record<MediaRow['kind'], string>> = { image: '3', gif: '16', video: '7' };
export const mediaKey = (row: Pick<MediaRow, 'kind' | 'id'>): string => `${KEY[row.kind]}_${row.id}`;
/** X accepts chunks of up to 5 MB, numbered from 0 to 999. */
const CHUNK = 5 * MB;

export async function initialize(world: World, c: Ctx): Promise<Response> {
  const { media_type: type, media_category: category, total_bytes: total } = await bodyFields(c);
  const terms = CATEGORIES[String(category ?? 'tweet_image')];
  if (!terms) return invalidRequest('The media_category is not valid', 'media_category');
  if (typeof type !== 'string' || !terms.types.includes(type))
    return invalidRequest(
      `The media type ${String(type)} is not valid for ${String(category)}`,
      'media_type',
    );
  if (!Number.isInteger(total) || Number(total) < 1)
    return invalidRequest('The total_bytes must be a number above 0', 'total_bytes');
  if (Number(total) > terms.most)
    return invalidRequest(`File size exceeds ${terms.most} bytes.`, 'total_bytes');
  const now = c.get('now');
  const row = {
    id: snowflake(now),
    platform: 'x',
    accountId: c.get('bearer').account.id,
    kind: terms.kind,
    contentType: type,
    totalBytes: Number(total),
    createdAt: now,
    expiresAt: new Date(now.getTime() + DAY * 1000),
  };
  await world.db.insert(media).values(row);
  return json({ data: { id: row.id, media_key: mediaKey(row), expires_after_secs: DAY } });
}

export async function append(world: World, c: Ctx): Promise<Response> {
  const row = await own(world, c, c.req.param('id') ?? '');
  if (row.finalizedAt) return invalidRequest('This media was finalized already.', 'id');
  const { index, bytes } = await segment(c);
  if (!Number.isInteger(index) || index < 0 || index > 999)
    return invalidRequest('The segment_index must be a number from 0 to 999', 'segment_index');
  if (!bytes || bytes.byteLength === 0) return invalidRequest('The media is missing', 'media');
  if (bytes.byteLength > CHUNK) return invalidRequest('The segment is larger than 5 MB', 'media');
  await storePart(world, row, index, bytes);
  return json({ data: { expires_at: unix(row.expiresAt) } });
}

async function segment(c: Ctx): Promise<{ index: number; bytes: Uint8Array | null }> {
  const type = c.req.header('content-type') ?? '';
  if (type.startsWith('multipart/form-data')) {
    const form = await c.req.raw.formData().catch(() => null);
    const part = form?.get('media');
    const bytes = part instanceof Blob ? new Uint8Array(await part.arrayBuffer()) : null;
    return { index: Number(form?.get('segment_index') ?? Number.NaN), bytes };
  }
  const body = await bodyFields(c);
  return {
    index: Number(body.segment_index ?? Number.NaN),
    bytes: typeof body.media === 'string' ? Buffer.from(body.media, 'base64') : null,
  };
}

export async function finalize(world: World, c: Ctx): Promise<Response> {
  const row = await own(world, c, c.req.param('id') ?? '');
  const now = c.get('now');
  if (row.finalizedAt) return invalidRequest('This media was finalized already.', 'id');
  const parts = await partsOf(world, row.id);
  const sum = parts.reduce((n, p) => n + p.bytes, 0);
  if (parts.some((p, i) => p.part !== i) || sum !== row.totalBytes)
    return invalidRequest('Segments do not add up to provided total file size.', 'id');
  const struck = c.get('struck');
  const fails = struck.includes('processing_fails');
  const slow = struck.includes('processing_slow') ? SLOW_SECONDS : 0;
  const looked = row.totalBytes <= 24 * MB ? typeOf(await headOf(world, row.id)) : row.contentType;
  if (row.kind === 'image' && (fails || looked !== row.contentType))
    return invalidRequest('Media type unrecognized.', 'id');
  const done = {
    finalizedAt: now,
    expiresAt: new Date(now.getTime() + DAY * 1000),
    processSeconds:
      row.kind === 'image' ? 0 : slow + (row.kind === 'gif' ? 2 : 4 + Math.ceil(row.totalBytes / (4 * MB))),
    processFails: fails || looked !== row.contentType,
  };
  await world.db.update(media).set(done).where(eq(media.id, row.id));
  return json({ data: shown({ ...row, ...done }, now) });
}

export async function status(world: World, c: Ctx): Promise<Response> {
  const row = await own(world, c, c.req.query('media_id') ?? '');
  return json({ data: shown(row, c.get('now')) });
}

function shown(row: MediaRow, now: Date): Record<string, unknown> {
  const { state, percent } = processing(row, now);
  return {
    id: row.id,
    media_key: mediaKey(row),
    size: row.totalBytes,
    expires_after_secs: Math.max(0, Math.floor((row.expiresAt.getTime() - now.getTime()) / 1000)),
    ...(row.finalizedAt && state === 'succeeded'
      ? row.kind === 'video'
        ? { video: { video_type: row.contentType } }
        : { image: { image_type: row.contentType } }
      : {}),
    ...(row.finalizedAt && row.kind !== 'image'
      ? {
          processing_info: {
            state,
            ...(state === 'in_progress' || state === 'succeeded' ? { progress_percent: percent } : {}),
            ...(state === 'pending' || state === 'in_progress' ? { check_after_secs: 1 } : {}),
          },
        }
      : {}),
  };
}

export async function describe(world: World, c: Ctx): Promise<Response> {
  const body = await bodyFields(c);
  const row = await own(world, c, String(body.id ?? ''));
  const text = (body.metadata as { alt_text?: { text?: unknown } } | undefined)?.alt_text?.text;
  if (typeof text !== 'string') return invalidRequest('The alt_text is missing', 'metadata');
  if (text.length > 1000) return invalidRequest('The alt_text has more than 1000 characters', 'metadata');
  await world.db.update(media).set({ altText: text }).where(eq(media.id, row.id));
  return json({ data: { id: row.id, associated_metadata: { alt_text: { text } } } });
}

/** Returns an upload of this account that has not expired, or refuses the request as X does. */
async function own(world: World, c: Ctx, id: string): Promise<MediaRow> {
  if (!/^\d{1,19}$/.test(id)) return refuse(invalidRequest(`The id [${id}] is not valid`, 'id'));
  const row = await findMedia(world, 'x', id);
  if (!row || row.accountId !== c.get('bearer').account.id || row.expiresAt <= c.get('now'))
    return refuse(notFoundMedia(id));
  return row;
}

/**
 * Returns the media that a post names in `media.media_ids`: at most four pictures, one GIF or one video, each of them ready. Otherwise
 * refuses the request as X does.
 */
export async function mediaFor(world: World, c: Ctx, given: unknown): Promise<MediaRow[]> {
  if (given === undefined) return [];
  const ids = (given as { media_ids?: unknown } | null)?.media_ids;
  if (
    !Array.isArray(ids) ||
    ids.length < 1 ||
    ids.length > 4 ||
    ids.some((id) => !/^\d{1,19}$/.test(String(id)))
  )
    return refuse(invalidRequest('The media.media_ids must name 1 to 4 media', 'media.media_ids'));
  const rows: MediaRow[] = [];
  for (const id of ids) {
    const [row] = await world.db
      .select()
      .from(media)
      .where(and(eq(media.id, String(id)), eq(media.accountId, c.get('bearer').account.id)));
    const usable =
      row?.finalizedAt && row.expiresAt > c.get('now') && processing(row, c.get('now')).state === 'succeeded';
    if (!row || !usable) return refuse(invalidRequest('Your media IDs are invalid.', 'media.media_ids'));
    rows.push(row);
  }
  if (rows.length > 1 && rows.some((row) => row.kind !== 'image'))
    return refuse(
      invalidRequest('A post takes up to four pictures, or one GIF, or one video.', 'media.media_ids'),
    );
  return rows;
}
