import { eq } from 'drizzle-orm';
import { sha256 } from '@/server/foundation/crypto';
import { bodyFields, type Ctx, json } from '../http';
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
import { invalid, missing, refuse } from './errors';
import { actor } from './people';

const MB = 1024 * 1024;
const PART = 4 * MB;
const MAX_VIDEO = 500 * MB;
const LIFE_MS = 24 * 3_600_000;
type Noun = 'image' | 'video' | 'document';
const WRITE = { person: 'w_member_social', organization: 'w_organization_social' };

export const mediaUrn = ({ id, kind }: Pick<MediaRow, 'id' | 'kind'>): string =>
  `urn:li:${kind === 'gif' ? 'image' : kind}:${id}`;
const idIn = (urn: unknown, noun: Noun): string =>
  new RegExp(`^urn:li:${noun}:(\\w+)$`).exec(String(urn))?.[1] ?? '';

/** Announces an image or a document. */
export const begin = (noun: 'image' | 'document') => async (world: World, c: Ctx) => {
  if (c.req.query('action') !== 'initializeUpload') return invalid('action is invalid');
  const given = (await bodyFields(c)).initializeUploadRequest as { owner?: unknown } | undefined;
  const row = await announce(world, c, noun, given?.owner, 0);
  return json({
    value: {
      uploadUrlExpiresAt: row.expiresAt.getTime(),
      uploadUrl: uploadUrl(world, row, 0),
      [noun]: mediaUrn(row),
    },
  });
};

async function announce(
  world: World,
  c: Ctx,
  noun: Noun,
  owner: unknown,
  totalBytes: number,
): Promise<MediaRow> {
  const account = await actor(world, c, owner, `${noun}s.ACTION-initializeUpload`, WRITE);
  const now = c.get('now');
  const [row] = await world.db
    .insert(media)
    .values({
      id: `D4E10AQ${snowflake(now)}`,
      platform: 'linkedin',
      accountId: account.id,
      kind: noun,
      contentType: 'application/octet-stream',
      totalBytes,
      createdAt: now,
      expiresAt: new Date(now.getTime() + LIFE_MS),
    })
    .returning();
  if (!row) throw new Error('The upload was not stored');
  return row;
}

const uploadUrl = (world: World, { id, kind }: MediaRow, part: number): string =>
  `${world.publicUrl}/linkedin/dms-uploads/${id}/uploaded-${kind}/${part}?ca=vector_feedshare&cn=uploads&sync=0&v=beta`;
/** What a part of a video is called after its upload. */
const tagOf = (row: MediaRow, part: number, bytes: number): string =>
  `/ambry-video/signedId/${sha256(`${row.id}/${part}/${bytes}`)}.bin`;

/** Announces a video, or completes it. */
export async function videoAction(world: World, c: Ctx): Promise<Response> {
  const body = await bodyFields(c);
  const action = c.req.query('action');
  if (action === 'finalizeUpload') return finalize(world, c, body.finalizeUploadRequest);
  if (action !== 'initializeUpload') return invalid('action is invalid');
  const { owner, fileSizeBytes } = (body.initializeUploadRequest ?? {}) as Record<string, unknown>;
  const size = Number(fileSizeBytes);
  if (!Number.isInteger(size) || size < 1 || size > MAX_VIDEO) return invalid('fileSizeBytes is invalid');
  const row = await announce(world, c, 'video', owner, size);
  return json({
    value: {
      uploadUrlsExpireAt: row.expiresAt.getTime(),
      video: mediaUrn(row),
      uploadToken: `token-${row.id}`,
      uploadInstructions: Array.from({ length: Math.ceil(size / PART) }, (_, part) => ({
        uploadUrl: uploadUrl(world, row, part),
        firstByte: part * PART,
        lastByte: Math.min(size, (part + 1) * PART) - 1,
      })),
    },
  });
}

/** Takes the bytes of an image, a document or a part of a video. */
export async function putFile(world: World, c: Ctx): Promise<Response> {
  const row = await findMedia(world, 'linkedin', c.req.param('id') ?? '');
  const now = c.get('now');
  if (!row || row.expiresAt <= now || (row.kind === 'video' && row.finalizedAt)) return missing('upload');
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const part = Number(c.req.param('part'));
  if (row.kind === 'video') {
    const size = Math.min(PART, row.totalBytes - part * PART);
    if (bytes.byteLength !== size) return invalid('The part has another size than was announced');
    await storePart(world, row, part, bytes);
    return new Response(null, { status: 200, headers: { etag: `"${tagOf(row, part, size)}"` } });
  }
  await storePart(world, { ...row, totalBytes: bytes.byteLength }, 0, bytes);
  const type = typeOf(bytes.subarray(0, 64));
  const pdf = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-';
  await world.db
    .update(media)
    .set({
      totalBytes: bytes.byteLength,
      contentType: pdf ? 'application/pdf' : (type ?? 'application/octet-stream'),
      ...done(
        c,
        row.kind === 'document' ? 3 : 0,
        row.kind === 'document' ? !pdf : !type?.startsWith('image/'),
      ),
    })
    .where(eq(media.id, row.id));
  return new Response(null, { status: 201 });
}

function done(c: Ctx, seconds: number, fails: boolean) {
  const struck = c.get('struck');
  return {
    finalizedAt: c.get('now'),
    processSeconds: seconds + (struck.includes('processing_slow') ? SLOW_SECONDS : 0),
    processFails: fails || struck.includes('processing_fails'),
  };
}

async function finalize(world: World, c: Ctx, given: unknown): Promise<Response> {
  const { video, uploadToken, uploadedPartIds } = (given ?? {}) as Record<string, unknown>;
  const row = await findMedia(world, 'linkedin', idIn(video, 'video'));
  if (!row) return missing(String(video));
  const parts = await partsOf(world, row.id);
  const tags = parts.map(({ part, bytes }) => tagOf(row, part, bytes));
  const isWhole = parts.reduce((n, { bytes }) => n + bytes, 0) === row.totalBytes;
  if (
    uploadToken !== `token-${row.id}` ||
    !isWhole ||
    JSON.stringify(tags) !== JSON.stringify(uploadedPartIds)
  )
    return invalid('The uploaded parts do not match');
  const type = typeOf(await headOf(world, row.id));
  if (!row.finalizedAt)
    await world.db
      .update(media)
      .set({
        contentType: 'video/mp4',
        ...done(c, 4 + Math.ceil(row.totalBytes / PART), row.totalBytes <= 24 * MB && type !== 'video/mp4'),
      })
      .where(eq(media.id, row.id));
  return json({});
}

const STATUS = {
  pending: 'PROCESSING',
  in_progress: 'PROCESSING',
  succeeded: 'AVAILABLE',
  failed: 'PROCESSING_FAILED',
};
const statusOf = (row: MediaRow, now: Date): string =>
  row.finalizedAt ? STATUS[processing(row, now).state] : 'WAITING_UPLOAD';

export const getMedia = (noun: Noun) => async (world: World, c: Ctx) => {
  const urn = c.req.param('urn') ?? '';
  const row = await findMedia(world, 'linkedin', idIn(urn, noun));
  return row ? json({ id: mediaUrn(row), status: statusOf(row, c.get('now')) }) : missing(urn);
};

/** Returns what the content of a post names: one medium, or 2 to 20 images. Otherwise refuses. */
export async function mediaIn(world: World, c: Ctx, accountId: string, given: unknown): Promise<MediaRow[]> {
  const content = (given ?? {}) as {
    media?: { id?: unknown; altText?: unknown };
    multiImage?: { images?: { id?: unknown; altText?: unknown }[] };
  };
  const images = content.multiImage?.images;
  if (images && (images.length < 2 || images.length > 20)) refuse(invalid('multiImage takes 2 to 20 images'));
  const rows: MediaRow[] = [];
  for (const { id, altText } of images ?? (content.media ? [content.media] : [])) {
    const noun = /^urn:li:(image|video|document):/.exec(String(id))?.[1] as Noun | undefined;
    const row =
      noun && (!images || noun === 'image') ? await findMedia(world, 'linkedin', idIn(id, noun)) : undefined;
    const status = row && statusOf(row, c.get('now'));
    if (!row || row.accountId !== accountId || row.postId !== null || status === 'WAITING_UPLOAD')
      return refuse(invalid(`The media ${String(id)} cannot be used`));
    if (status === 'PROCESSING_FAILED')
      return refuse(invalid(`The media ${String(id)} could not be processed`));
    if (typeof altText === 'string')
      await world.db.update(media).set({ altText }).where(eq(media.id, row.id));
    rows.push(row);
  }
  return rows;
}
