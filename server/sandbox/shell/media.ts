import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../http';
import { html, type Markup } from '../pages';
import { snowflake } from '../random';
import { media, mediaParts } from '../schema';
import type { Account } from '../stand-in';
import type { World } from '../world';

export type MediaRow = typeof media.$inferSelect;
/** How much longer an upload is processed under the fault `processing_slow`, in seconds. */
export const SLOW_SECONDS = 60;
export const MB = 1024 * 1024;
const DAY_SECONDS = 86_400;
/** Parts of larger uploads are counted but not stored. */
const MAX_STORED_BYTES = 24 * MB;

/** An upload that is announced. */
export interface NewMedia extends Pick<MediaRow, 'kind'> {
  id?: string;
  /** Who it belongs to, if not the account that acts. */
  account?: Account;
  contentType?: string;
  totalBytes?: number;
  altText?: string;
  /** How long it is kept if no post uses it. By default a day. */
  lifeSeconds?: number;
}

/** Announces an upload, or returns the one that has its id. */
export async function addMedia(
  world: World,
  c: Ctx,
  { account, lifeSeconds = DAY_SECONDS, ...given }: NewMedia,
): Promise<MediaRow> {
  const now = c.get('now');
  const id = given.id ?? snowflake(now);
  const [row] = await world.db
    .insert(media)
    .values({
      contentType: 'application/octet-stream',
      totalBytes: 0,
      ...given,
      id,
      platform: c.get('realm'),
      accountId: (account ?? c.get('bearer').account).id,
      createdAt: now,
      expiresAt: new Date(now.getTime() + lifeSeconds * 1000),
    })
    .onConflictDoUpdate({ target: media.id, set: { id } })
    .returning();
  if (!row) throw new Error('The upload was not stored');
  return row;
}

/** How an upload that is complete is processed. The faults for it count as well. */
export interface Processing extends Partial<Pick<MediaRow, 'contentType' | 'totalBytes' | 'expiresAt'>> {
  seconds: number;
  fails: boolean;
}

/** Completes an upload, whose processing begins. */
export async function complete(
  world: World,
  c: Ctx,
  row: MediaRow,
  { seconds, fails, ...change }: Processing,
): Promise<MediaRow> {
  const struck = c.get('struck');
  const done = {
    ...change,
    finalizedAt: c.get('now'),
    processSeconds: seconds + (struck.includes('processing_slow') ? SLOW_SECONDS : 0),
    processFails: fails || struck.includes('processing_fails'),
  };
  await world.db.update(media).set(done).where(eq(media.id, row.id));
  return { ...row, ...done };
}

/** Announces, stores and completes an upload that arrives at once. */
export async function addFile(
  world: World,
  c: Ctx,
  bytes: Uint8Array,
  given: NewMedia,
  processing: Processing = { seconds: 0, fails: false },
): Promise<MediaRow> {
  const row = await addMedia(world, c, { ...given, totalBytes: bytes.byteLength });
  await storePart(world, row, 0, bytes);
  return complete(world, c, row, processing);
}

/** Whether the parts of an upload are all there, numbered from 0. */
export async function isWhole(world: World, row: MediaRow): Promise<boolean> {
  const parts = await partsOf(world, row.id);
  return (
    parts.every(({ part }, i) => part === i) &&
    parts.reduce((n, { bytes }) => n + bytes, 0) === row.totalBytes
  );
}

/** Returns the content type that the first bytes of an upload reveal; of one that is too large to be stored, that which it claims. */
export const revealedType = async (world: World, row: MediaRow): Promise<string | null> =>
  row.totalBytes <= MAX_STORED_BYTES ? typeOf(await headOf(world, row.id)) : row.contentType;

export async function describeMedia(world: World, id: string, altText: string): Promise<void> {
  await world.db.update(media).set({ altText }).where(eq(media.id, id));
}

/** Returns an upload of the account that acts, or of another one, unless it has expired. */
export async function ownMedia(
  world: World,
  c: Ctx,
  id: string,
  account = c.get('bearer').account,
): Promise<MediaRow | undefined> {
  const row = await findMedia(world, c.get('realm'), id);
  return row && row.accountId === account.id && row.expiresAt > c.get('now') ? row : undefined;
}

/** Stores a part of an upload. A repeated part replaces the first one. */
export async function storePart(world: World, row: MediaRow, part: number, bytes: Uint8Array): Promise<void> {
  const kept = {
    bytes: bytes.byteLength,
    content: row.totalBytes <= MAX_STORED_BYTES ? Buffer.from(bytes).toString('base64') : null,
  };
  await world.db
    .insert(mediaParts)
    .values({ mediaId: row.id, part, ...kept })
    .onConflictDoUpdate({ target: [mediaParts.mediaId, mediaParts.part], set: kept });
}

export const partsOf = (world: World, id: string) =>
  world.db
    .select({ part: mediaParts.part, bytes: mediaParts.bytes })
    .from(mediaParts)
    .where(eq(mediaParts.mediaId, id))
    .orderBy(asc(mediaParts.part));

export async function findMedia(world: World, platform: string, id: string): Promise<MediaRow | undefined> {
  const [row] = await world.db
    .select()
    .from(media)
    .where(and(eq(media.id, id), eq(media.platform, platform)));
  return row;
}

/** Returns the first bytes of an upload, which reveal its real type. */
export async function headOf(world: World, id: string): Promise<Uint8Array> {
  const [first] = await world.db
    .select({ content: sql<string | null>`left(${mediaParts.content}, 64)` })
    .from(mediaParts)
    .where(and(eq(mediaParts.mediaId, id), eq(mediaParts.part, 0)));
  return Buffer.from(first?.content ?? '', 'base64');
}

/** Detects the content type from the first bytes. Returns null if it is unknown. */
export function typeOf(head: Uint8Array): string | null {
  const text = Buffer.from(head).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG')) return 'image/png';
  if (text.startsWith('GIF8')) return 'image/gif';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  return text.slice(4, 8) === 'ftyp' ? 'video/mp4' : null;
}

/** Returns the media of these posts, in order. */
export async function mediaOf(world: World, posts: readonly string[]): Promise<Map<string, MediaRow[]>> {
  const found = new Map<string, MediaRow[]>();
  if (posts.length === 0) return found;
  const rows = await world.db
    .select()
    .from(media)
    .where(inArray(media.postId, [...posts]))
    .orderBy(asc(media.position));
  for (const row of rows) found.set(row.postId ?? '', [...(found.get(row.postId ?? '') ?? []), row]);
  return found;
}

export async function attach(world: World, rows: readonly MediaRow[], postId: string): Promise<void> {
  for (const [position, row] of rows.entries())
    await world.db.update(media).set({ postId, position }).where(eq(media.id, row.id));
}

/** Returns the processing state of a complete upload at the platform's current time. */
export function processing(
  row: MediaRow,
  now: Date,
): { state: 'pending' | 'in_progress' | 'succeeded' | 'failed'; percent: number } {
  const gone = row.finalizedAt ? (now.getTime() - row.finalizedAt.getTime()) / 1000 : 0;
  const part = row.processSeconds === 0 ? 1 : Math.max(0, gone) / row.processSeconds;
  if (part >= 1)
    return row.processFails ? { state: 'failed', percent: 100 } : { state: 'succeeded', percent: 100 };
  return { state: part < 0.2 ? 'pending' : 'in_progress', percent: Math.floor(part * 100) };
}

/** Renders the media of a post with their descriptions. */
export function mediaMarkup(world: World, rows: readonly MediaRow[]): Markup | string {
  if (rows.length === 0) return '';
  return html`<div class="media n${rows.length}">${rows.map((row) => {
    const source = `${world.base}/${row.platform}/media/${row.id}`;
    if (row.kind === 'document') return html`<p><a href="${source}">${row.altText || 'Document'}</a></p>`;
    if (row.kind === 'video' && row.totalBytes > MAX_STORED_BYTES)
      return html`<p class="muted">Video, ${Math.round(row.totalBytes / 1024 / 1024)} MB</p>`;
    return row.contentType === 'video/mp4'
      ? html`<video controls preload="metadata" src="${source}" aria-label="${row.altText || 'Video'}"></video>`
      : html`<img src="${source}" alt="${row.altText}">`;
  })}</div>`;
}

/** Serves the bytes of an upload to the pages. */
export async function serveMedia(world: World, c: Ctx, platform: string): Promise<Response | null> {
  const row = await findMedia(world, platform, c.req.param('id') ?? '');
  if (!row) return null;
  const parts = await world.db
    .select({ content: mediaParts.content })
    .from(mediaParts)
    .where(eq(mediaParts.mediaId, row.id))
    .orderBy(asc(mediaParts.part));
  return new Response(Buffer.concat(parts.map((p) => Buffer.from(p.content ?? '', 'base64'))), {
    headers: {
      'content-type': row.contentType,
      'cache-control': 'private, max-age=3600',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    },
  });
}
