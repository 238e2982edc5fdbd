import { type Ctx, json } from '../http';
import { snowflake } from '../random';
import { media } from '../schema';
import { findMedia, type MediaRow, processing, SLOW_SECONDS, storePart, typeOf } from '../shell/media';
import type { World } from '../world';
import { invalid, notFound, problem } from './errors';
import { limitsOf } from './instance';
import { mediaShape } from './shapes';

const MB = 1024 * 1024;
/** Accepted types, with the kind and the limit that applies. */
const TYPES: Record<string, { kind: MediaRow['kind']; limit: 'image_size_limit' | 'video_size_limit' }> = {
  'image/jpeg': { kind: 'image', limit: 'image_size_limit' },
  'image/png': { kind: 'image', limit: 'image_size_limit' },
  'image/webp': { kind: 'image', limit: 'image_size_limit' },
  'image/gif': { kind: 'gif', limit: 'image_size_limit' },
  'video/mp4': { kind: 'video', limit: 'video_size_limit' },
};
const DAY_MS = 86_400_000;
const NOT_PROCESSED = 'Error processing thumbnail for uploaded media';

/** Pictures are processed at once, all others after the response. */
export async function createMedia(world: World, c: Ctx): Promise<Response> {
  const form = await c.req.raw.formData().catch(() => null);
  const file = form?.get('file');
  if (!(file instanceof Blob)) return invalid("File can't be blank");
  const limits = await limitsOf(world, c);
  const terms = TYPES[file.type];
  if (!terms || !limits.supported_mime_types.includes(file.type))
    return invalid(`File content type is invalid`);
  const most = limits[terms.limit];
  if (file.size > most) return invalid(`File file size must be less than ${most / MB} MB`);
  const description = String(form?.get('description') ?? '');
  const longest = limits.description_limit;
  if ([...description].length > longest)
    return invalid(`Description is too long (maximum is ${longest} characters)`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const fails = c.get('struck').includes('processing_fails') || typeOf(bytes.subarray(0, 64)) !== file.type;
  if (terms.kind === 'image' && fails) return problem(500, NOT_PROCESSED);
  const now = c.get('now');
  const slow = c.get('struck').includes('processing_slow') ? SLOW_SECONDS : 0;
  const row = {
    id: snowflake(now),
    platform: c.get('realm'),
    accountId: c.get('bearer').account.id,
    kind: terms.kind,
    contentType: file.type,
    totalBytes: file.size,
    altText: description,
    createdAt: now,
    finalizedAt: now,
    processSeconds: (terms.kind === 'image' ? 0 : 4) + slow,
    processFails: fails,
    expiresAt: new Date(now.getTime() + DAY_MS),
  };
  const [stored] = await world.db.insert(media).values(row).returning();
  if (!stored) throw new Error('The file was not stored');
  await storePart(world, stored, 0, bytes);
  const ready = stored.processSeconds === 0;
  return json(mediaShape(world, stored, ready), ready ? 200 : 202);
}

/** Returns an unused file of the account, or undefined. */
export async function ownMedia(world: World, c: Ctx, id: string): Promise<MediaRow | undefined> {
  const row = await findMedia(world, c.get('realm'), id);
  const usable = row && row.accountId === c.get('bearer').account.id && row.postId === null;
  return usable && row.expiresAt > c.get('now') ? row : undefined;
}

export async function getMedia(world: World, c: Ctx): Promise<Response> {
  const row = await ownMedia(world, c, c.req.param('id') ?? '');
  if (!row) return notFound();
  const { state } = processing(row, c.get('now'));
  if (state === 'failed') return problem(422, NOT_PROCESSED);
  if (state !== 'succeeded') return new Response(null, { status: 206 });
  return json(mediaShape(world, row, true));
}
