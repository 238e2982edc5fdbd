import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { findPost, makePost, numbersOf, react, removePost, unreact } from '../cores/feed';
import { bodyFields, type Ctx, json, str } from '../http';
import { accounts, media, mediaParts } from '../schema';
import { findMedia, type MediaRow, storePart, typeOf } from '../shell/media';
import { refuse } from '../shell/operation';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { blueskyVendor, failed } from './errors';
import { records } from './tables';

const POST = 'app.bsky.feed.post';
const REPOST = 'app.bsky.feed.repost';
const MAX_BLOB = 5 * 1024 * 1024;
const MAX_IMAGE = 2_000_000;
const TID = /^[234567a-j][2-7a-z]{12}$/;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Returns the identifier of a content: a CID of version 1 with SHA-256, of CBOR or of bytes. */
function cidOf(content: string | Uint8Array): string {
  const codec = typeof content === 'string' ? 0x71 : 0x55;
  const bytes = [1, codec, 0x12, 32, ...createHash('sha256').update(content).digest()];
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return `b${(bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')}`;
}

const commitOf = (c: Ctx, cid: string) => {
  let micros = BigInt(c.get('now').getTime()) * 1_024_000n;
  let rev = '';
  for (; rev.length < 13; micros >>= 5n) rev = '234567abcdefghijklmnopqrstuvwxyz'[Number(micros & 31n)] + rev;
  return { cid, rev };
};
const invalid = (c: Ctx, text: string): never => refuse(c, blueskyVendor, { is: 'invalid', text });
const uriOf = (did: string, collection: string, rkey: string) => `at://${did}/${collection}/${rkey}`;
const inUri = (uri: unknown) => {
  const [, did = '', collection = '', rkey = ''] =
    /^at:\/\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(String(uri)) ?? [];
  return { did, collection, rkey };
};

async function accountOf(world: World, name: string): Promise<Account | undefined> {
  const column = name.startsWith('did:') ? accounts.id : accounts.handle;
  const [row] = await world.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.platform, 'bluesky'), eq(column, name.toLowerCase())));
  return row;
}

const recordIn = async (world: World, at: { did: string; collection: string; rkey: string }) =>
  (
    await world.db
      .select()
      .from(records)
      .where(and(eq(records.did, at.did), eq(records.collection, at.collection), eq(records.rkey, at.rkey)))
  )[0];

export async function uploadBlob(world: World, c: Ctx): Promise<Response> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  if (bytes.byteLength > MAX_BLOB) return failed(413, 'PayloadTooLarge', 'request entity too large');
  const cid = cidOf(bytes);
  // A server looks at the content, whatever the header says.
  const mimeType = typeOf(bytes) ?? c.req.header('content-type') ?? 'application/octet-stream';
  const now = c.get('now');
  const [made] = await world.db
    .insert(media)
    .values({
      id: cid,
      platform: 'bluesky',
      accountId: c.get('bearer').account.id,
      kind: 'image',
      contentType: mimeType,
      totalBytes: bytes.byteLength,
      createdAt: now,
      finalizedAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
    })
    .onConflictDoNothing()
    .returning();
  if (made) await storePart(world, made, 0, bytes);
  return json({ blob: { $type: 'blob', ref: { $link: cid }, mimeType, size: bytes.byteLength } });
}

/** A blob is stored once, however many posts show it. Each post gets copies, with its own descriptions. */
async function copiesFor(world: World, rkey: string, pictures: readonly MediaRow[]): Promise<MediaRow[]> {
  const copies = pictures.map((row, at) => ({ ...row, id: `${rkey}-${at}` }));
  for (const [at, copy] of copies.entries()) {
    await world.db.insert(media).values(copy);
    const parts = await world.db
      .select()
      .from(mediaParts)
      .where(eq(mediaParts.mediaId, pictures[at]?.id ?? ''));
    await world.db.insert(mediaParts).values(parts.map((part) => ({ ...part, mediaId: copy.id })));
  }
  return copies;
}

/** Returns the blobs of a post, as the lexicon of its pictures allows them. */
async function picturesOf(world: World, c: Ctx, embed: Json): Promise<MediaRow[]> {
  const images = listOf(embed.images).map(objectOf);
  if (images.length > 4)
    invalid(c, 'Invalid app.bsky.feed.post record: images must not have more than 4 elements');
  const found: MediaRow[] = [];
  for (const { image, alt } of images) {
    const blob = objectOf(image);
    const row = await findMedia(world, 'bluesky', String(objectOf(blob.ref).$link));
    if (!row) refuse(c, blueskyVendor, { is: 'invalid', text: 'Could not find blob' });
    if (typeof alt !== 'string') invalid(c, 'Invalid app.bsky.feed.post record: missing alt');
    if (row.totalBytes > MAX_IMAGE) return refuseLarge(c);
    found.push({ ...row, altText: String(alt) });
  }
  return found;
}
const refuseLarge = (c: Ctx): never =>
  invalid(c, 'This file is too large. It is over the maximum of 2000000 bytes.');

/** Says what is wrong with a post, or null. */
function wrongIn({ text, createdAt, facets, langs }: Json): string | null {
  if (typeof text !== 'string') return 'text must be a string';
  const bytes = Buffer.byteLength(text);
  if (bytes > 3000) return 'text must not be longer than 3000 characters';
  if ([...new Intl.Segmenter('en').segment(text)].length > 300)
    return 'text must not be longer than 300 graphemes';
  if (typeof createdAt !== 'string' || Number.isNaN(Date.parse(createdAt)))
    return 'createdAt must be a datetime';
  if (listOf(langs).length > 3) return 'langs must not have more than 3 elements';
  const isOutside = (facet: unknown) => {
    const { byteStart, byteEnd } = objectOf(objectOf(facet).index);
    return !(Number(byteStart) >= 0 && Number(byteEnd) >= Number(byteStart) && Number(byteEnd) <= bytes);
  };
  return listOf(facets).some(isOutside) ? 'facets have a wrong index' : null;
}

export async function createRecord(world: World, c: Ctx): Promise<Response> {
  const { repo, collection, rkey: given, record: sent } = await bodyFields(c);
  const { account } = c.get('bearer');
  if (repo !== account.id && repo !== account.handle)
    return failed(401, 'AuthenticationRequired', 'Authentication Required');
  const record = objectOf(sent);
  if (collection !== POST && collection !== REPOST) return invalid(c, `Unknown lexicon type: ${collection}`);
  const rkey = str(given) ?? commitOf(c, '').rev;
  if (!TID.test(rkey)) return invalid(c, `Invalid record key for ${collection}: ${rkey}`);
  if (record.$type !== collection) return invalid(c, `Invalid $type: expected ${collection}`);
  const at = { did: account.id, collection, rkey };
  if (await recordIn(world, at)) refuse(c, blueskyVendor, { is: 'conflict', text: rkey });
  const embed = objectOf(record.embed);
  const pictures = collection === POST ? await picturesOf(world, c, embed) : [];
  const wrong = collection === POST ? wrongIn(record) : null;
  if (wrong) return invalid(c, `Invalid app.bsky.feed.post record: ${wrong}`);
  const cid = cidOf(JSON.stringify(record));
  await world.db.insert(records).values({ ...at, cid, value: record, createdAt: c.get('now') });
  if (collection === POST) {
    await makePost(world, c, {
      id: rkey,
      text: String(record.text),
      link: str(objectOf(embed.external).uri) ?? null,
      replyTo: str(inUri(objectOf(objectOf(record.reply).parent).uri).rkey) ?? null,
      media: await copiesFor(world, rkey, pictures),
    });
  } else await react(world, 'repost', account.id, inUri(objectOf(record.subject).uri).rkey, c.get('now'));
  return json({
    uri: uriOf(account.id, collection, rkey),
    cid,
    commit: commitOf(c, cid),
    validationStatus: 'valid',
  });
}

export async function getRecord(world: World, c: Ctx): Promise<Response> {
  const [repo, collection, rkey] = ['repo', 'collection', 'rkey'].map((name) => c.req.query(name) ?? '');
  const account = await accountOf(world, repo ?? '');
  const at = { did: account?.id ?? repo ?? '', collection: collection ?? '', rkey: rkey ?? '' };
  const uri = uriOf(at.did, at.collection, at.rkey);
  const row = await recordIn(world, at);
  if (!row) return blueskyVendor.problem(c, { is: 'not_there', what: 'record', id: uri });
  return json({ uri, cid: row.cid, value: row.value });
}

export async function deleteRecord(world: World, c: Ctx): Promise<Response> {
  const { repo, collection, rkey } = await bodyFields(c);
  const { account } = c.get('bearer');
  if (repo !== account.id && repo !== account.handle)
    return failed(401, 'AuthenticationRequired', 'Authentication Required');
  const at = { did: account.id, collection: String(collection), rkey: String(rkey) };
  const row = await recordIn(world, at);
  if (!row) return json({});
  await world.db
    .delete(records)
    .where(and(eq(records.did, at.did), eq(records.collection, at.collection), eq(records.rkey, at.rkey)));
  if (at.collection === POST) await removePost(world, at.rkey, c.get('now'));
  else await unreact(world, 'repost', account.id, inUri(objectOf(row.value.subject).uri).rkey);
  return json({ commit: commitOf(c, row.cid) });
}

export async function resolveHandle(world: World, c: Ctx): Promise<Response> {
  const account = await accountOf(world, c.req.query('handle') ?? '');
  return account ? json({ did: account.id }) : failed(400, 'InvalidRequest', 'Unable to resolve handle');
}

/** Returns the posts that exist. About others, it says nothing. */
export async function getPosts(world: World, c: Ctx): Promise<Response> {
  const uris = c.req.queries('uris') ?? [];
  if (uris.length === 0 || uris.length > 25) return invalid(c, 'uris must not have more than 25 elements');
  const posts: Json[] = [];
  for (const uri of uris) {
    const at = inUri(uri);
    const [row, found] = [await recordIn(world, at), await findPost(world, 'bluesky', at.rkey)];
    if (!row || !found || found.account.id !== at.did) continue;
    const { post, account } = found;
    const reach = (await numbersOf(world, c, [post], account)).get(post.id);
    posts.push({
      uri,
      cid: row.cid,
      author: { did: account.id, handle: account.handle, displayName: account.name },
      record: row.value,
      replyCount: reach?.replies ?? 0,
      repostCount: reach?.reposts ?? 0,
      likeCount: reach?.likes ?? 0,
      quoteCount: reach?.quotes ?? 0,
      indexedAt: row.createdAt.toISOString(),
    });
  }
  return json({ posts });
}
