import { sha256 } from '@/server/foundation/crypto';
import { type Ctx, json } from '../http';
import { snowflake } from '../random';
import { listOf, objectOf, readBody } from '../shell/body';
import {
  addMedia,
  complete,
  describeMedia,
  findMedia,
  isWhole,
  MB,
  type MediaRow,
  partsOf,
  processing,
  revealedType,
  storePart,
  typeOf,
} from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { invalid, missing } from './errors';
import { actor, WRITE } from './people';
import { shape } from './shapes';

const PART = 4 * MB;
const MAX_VIDEO = 500 * MB;
type Noun = 'image' | 'video' | 'document';

export const mediaUrn = ({ id, kind }: Pick<MediaRow, 'id' | 'kind'>): string => `urn:li:${kind}:${id}`;
const idIn = (urn: unknown, noun: Noun): string =>
  new RegExp(`^urn:li:${noun}:(\\w+)$`).exec(String(urn))?.[1] ?? '';

async function announce(world: World, c: Ctx, kind: Noun, owner: unknown, totalBytes = 0): Promise<MediaRow> {
  const account = await actor(world, c, owner, `${kind}s.ACTION-initializeUpload`, WRITE);
  return addMedia(world, c, { id: `D4E10AQ${snowflake(c.get('now'))}`, account, kind, totalBytes });
}

/** Announces an image or a document. */
const begin = (noun: 'image' | 'document') => async (world: World, c: Ctx) => {
  if (c.req.query('action') !== 'initializeUpload') return invalid('action is invalid');
  const { owner } = objectOf((await readBody(c)).fields.initializeUploadRequest);
  const row = await announce(world, c, noun, owner);
  const value = { uploadUrlExpiresAt: row.expiresAt.getTime(), uploadUrl: uploadUrl(world, row, 0) };
  return json(
    noun === 'image'
      ? shape('initializeImageUpload', { value: { ...value, image: mediaUrn(row) } })
      : shape('initializeDocumentUpload', { value: { ...value, document: mediaUrn(row) } }),
  );
};
export const [initializeImage, initializeDocument] = [begin('image'), begin('document')];

const uploadUrl = (world: World, { id, kind }: MediaRow, part: number): string =>
  `${world.publicUrl}/linkedin/dms-uploads/${id}/uploaded-${kind}/${part}?ca=vector_feedshare&cn=uploads&sync=0&v=beta`;
/** What a part of a video is called after its upload. */
const tagOf = (row: MediaRow, part: number, bytes: number): string =>
  `/ambry-video/signedId/${sha256(`${row.id}/${part}/${bytes}`)}.bin`;

/** Announces a video, or completes it. */
export async function videoAction(world: World, c: Ctx): Promise<Response> {
  const { fields } = await readBody(c);
  const action = c.req.query('action');
  if (action === 'finalizeUpload') return finalize(world, c, objectOf(fields.finalizeUploadRequest));
  if (action !== 'initializeUpload') return invalid('action is invalid');
  const { owner, fileSizeBytes } = objectOf(fields.initializeUploadRequest);
  const size = Number(fileSizeBytes);
  if (!Number.isInteger(size) || size < 1 || size > MAX_VIDEO) return invalid('fileSizeBytes is invalid');
  const row = await announce(world, c, 'video', owner, size);
  const value = {
    uploadUrlsExpireAt: row.expiresAt.getTime(),
    video: mediaUrn(row),
    uploadToken: `token-${row.id}`,
    uploadInstructions: Array.from({ length: Math.ceil(size / PART) }, (_, part) => ({
      uploadUrl: uploadUrl(world, row, part),
      firstByte: part * PART,
      lastByte: Math.min(size, (part + 1) * PART) - 1,
    })),
  };
  return json(shape('videoUploadAction', { value }));
}

/** Takes the bytes of an image, a document or a part of a video. */
export async function putFile(world: World, c: Ctx): Promise<Response> {
  const row = await findMedia(world, 'linkedin', c.req.param('id') ?? '');
  if (!row || row.expiresAt <= c.get('now') || (row.kind === 'video' && row.finalizedAt))
    return missing('upload');
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const part = Number(c.req.param('part'));
  if (row.kind === 'video') {
    const size = Math.min(PART, row.totalBytes - part * PART);
    if (bytes.byteLength !== size) return invalid('The part has another size than was announced');
    await storePart(world, row, part, bytes);
    return new Response(null, { status: 200, headers: { etag: `"${tagOf(row, part, size)}"` } });
  }
  const totalBytes = bytes.byteLength;
  await storePart(world, { ...row, totalBytes }, 0, bytes);
  const isPdf = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-';
  const contentType = isPdf ? 'application/pdf' : (typeOf(bytes.subarray(0, 64)) ?? row.contentType);
  await complete(world, c, row, {
    totalBytes,
    contentType,
    ...(row.kind === 'document'
      ? { seconds: 3, fails: !isPdf }
      : { seconds: 0, fails: !contentType.startsWith('image/') }),
  });
  return new Response(null, { status: 201 });
}

async function finalize(world: World, c: Ctx, given: Record<string, unknown>): Promise<Response> {
  const { video, uploadToken, uploadedPartIds } = given;
  const row = (await findMedia(world, 'linkedin', idIn(video, 'video'))) ?? missing(String(video));
  const tags = (await partsOf(world, row.id)).map(({ part, bytes }) => tagOf(row, part, bytes));
  if (
    uploadToken !== `token-${row.id}` ||
    !(await isWhole(world, row)) ||
    JSON.stringify(tags) !== JSON.stringify(uploadedPartIds)
  )
    return invalid('The uploaded parts do not match');
  const typed = { ...row, contentType: 'video/mp4' };
  const fails = (await revealedType(world, typed)) !== 'video/mp4';
  const seconds = 4 + Math.ceil(row.totalBytes / PART);
  if (!row.finalizedAt) await complete(world, c, row, { contentType: 'video/mp4', seconds, fails });
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

const show = (noun: Noun) => async (world: World, c: Ctx) => {
  const urn = c.req.param('urn') ?? '';
  const row = (await findMedia(world, 'linkedin', idIn(urn, noun))) ?? missing(urn);
  return json({ id: mediaUrn(row), status: statusOf(row, c.get('now')) });
};
export const [getVideo, getDocument] = [show('video'), show('document')];

/** Returns what the content of a post names: one medium, or 2 to 20 images. Otherwise refuses. */
export async function mediaIn(world: World, c: Ctx, account: Account, given: unknown): Promise<MediaRow[]> {
  const { media, multiImage } = objectOf(given);
  const images = multiImage ? listOf(objectOf(multiImage).images) : undefined;
  if (images && (images.length < 2 || images.length > 20)) invalid('multiImage takes 2 to 20 images');
  const rows: MediaRow[] = [];
  for (const { id, altText } of (images ?? (media ? [media] : [])).map(objectOf)) {
    const noun = /^urn:li:(image|video|document):/.exec(String(id))?.[1] as Noun | undefined;
    const row =
      noun && (!images || noun === 'image') ? await findMedia(world, 'linkedin', idIn(id, noun)) : undefined;
    const status = row && statusOf(row, c.get('now'));
    if (!row || row.accountId !== account.id || row.postId !== null || status === 'WAITING_UPLOAD')
      return invalid(`The media ${String(id)} cannot be used`);
    if (status === 'PROCESSING_FAILED') return invalid(`The media ${String(id)} could not be processed`);
    if (typeof altText === 'string') await describeMedia(world, row.id, altText);
    rows.push(row);
  }
  return rows;
}
