import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { findPost, makePost, type Post, react, removePost, seen, unreact } from '../cores/feed';
import { type Ctx, json, str } from '../http';
import { media, mediaParts } from '../schema';
import { findAccount } from '../shell/accounts';
import { listOf, objectOf, readBody, signsIn } from '../shell/body';
import { addFile, findMedia, type MediaRow, typeOf } from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { invalid, refuse, unauthorized } from './errors';
import { shape } from './shapes';
import { records } from './tables';

const POST = 'app.bsky.feed.post';
const REPOST = 'app.bsky.feed.repost';
const MAX_BLOB = 5 * 1024 * 1024;
const MAX_IMAGE = 2_000_000;
const TID = /^[234567a-j][2-7a-z]{12}$/;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

type Json = Record<string, unknown>;

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
const uriOf = ({ did, collection, rkey }: Place) => `at://${did}/${collection}/${rkey}`;
const inUri = (uri: unknown) => {
  const [, did = '', collection = '', rkey = ''] =
    /^at:\/\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(String(uri)) ?? [];
  return { did, collection, rkey };
};

const accountOf = (world: World, name: string): Promise<Account | undefined> =>
  findAccount(world, 'bluesky', { [name.startsWith('did:') ? 'id' : 'handle']: name.toLowerCase() });

/** A record's place: the account, the collection and the key. */
interface Place {
  did: string;
  collection: string;
  rkey: string;
}
const isAt = ({ did, collection, rkey }: Place) =>
  and(eq(records.did, did), eq(records.collection, collection), eq(records.rkey, rkey));

const recordIn = async (world: World, at: Place) =>
  (await world.db.select().from(records).where(isAt(at)))[0];

export async function uploadBlob(world: World, c: Ctx): Promise<Response> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const size = bytes.byteLength;
  if (size > MAX_BLOB) return refuse(413, 'PayloadTooLarge', 'request entity too large');
  const id = cidOf(bytes);
  // A server looks at the content, whatever the header says.
  const mimeType = typeOf(bytes) ?? c.req.header('content-type') ?? 'application/octet-stream';
  const blob = { id, kind: 'image', contentType: mimeType, lifeSeconds: 3_600 } as const;
  if (!(await findMedia(world, 'bluesky', id))) await addFile(world, c, bytes, blob);
  return json(
    shape('com.atproto.repo.uploadBlob', { blob: { $type: 'blob', ref: { $link: id }, mimeType, size } }),
  );
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
async function picturesOf(world: World, embed: Json): Promise<MediaRow[]> {
  const images = listOf(embed.images).map(objectOf);
  if (images.length > 4)
    invalid('Invalid app.bsky.feed.post record: images must not have more than 4 elements');
  const found: MediaRow[] = [];
  for (const { image, alt: altText } of images) {
    const id = String(objectOf(objectOf(image).ref).$link);
    const row = (await findMedia(world, 'bluesky', id)) ?? invalid('Could not find blob');
    if (typeof altText !== 'string') return invalid('Invalid app.bsky.feed.post record: missing alt');
    if (row.totalBytes > MAX_IMAGE)
      invalid('This file is too large. It is over the maximum of 2000000 bytes.');
    found.push({ ...row, altText });
  }
  return found;
}

/** Says what is wrong with a post, or null. */
function wrongIn({ text, createdAt, facets, langs }: Json): string | null {
  if (typeof text !== 'string') return 'text must be a string';
  const bytes = Buffer.byteLength(text);
  if (bytes > 3000) return 'text must not be longer than 3000 characters';
  if (signsIn(text) > 300) return 'text must not be longer than 300 graphemes';
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
  const { repo, collection, rkey: given, record: sent } = (await readBody(c)).fields;
  const { account } = c.get('bearer');
  if (repo !== account.id && repo !== account.handle) return unauthorized();
  const record = objectOf(sent);
  if (collection !== POST && collection !== REPOST) return invalid(`Unknown lexicon type: ${collection}`);
  const rkey = str(given) ?? commitOf(c, '').rev;
  if (!TID.test(rkey)) return invalid(`Invalid record key for ${collection}: ${rkey}`);
  if (record.$type !== collection) return invalid(`Invalid $type: expected ${collection}`);
  const at = { did: account.id, collection, rkey };
  if (await recordIn(world, at)) refuse(500, 'InternalServerError', 'Internal Server Error');
  const embed = objectOf(record.embed);
  const pictures = collection === POST ? await picturesOf(world, embed) : [];
  const wrong = collection === POST ? wrongIn(record) : null;
  if (wrong) return invalid(`Invalid app.bsky.feed.post record: ${wrong}`);
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
  const commit = commitOf(c, cid);
  const validationStatus = 'valid';
  return json(shape('com.atproto.repo.createRecord', { uri: uriOf(at), cid, commit, validationStatus }));
}

export async function getRecord(world: World, c: Ctx): Promise<Response> {
  const [repo, collection, rkey] = ['repo', 'collection', 'rkey'].map((name) => c.req.query(name) ?? '');
  const account = await accountOf(world, repo ?? '');
  const at = { did: account?.id ?? repo ?? '', collection: collection ?? '', rkey: rkey ?? '' };
  const uri = uriOf(at);
  const row = await recordIn(world, at);
  if (!row) return refuse(400, 'RecordNotFound', `Could not locate record: ${uri}`);
  return json(shape('com.atproto.repo.getRecord', { uri, cid: row.cid, value: row.value }));
}

export async function deleteRecord(world: World, c: Ctx): Promise<Response> {
  const { repo, collection, rkey } = (await readBody(c)).fields;
  const { account } = c.get('bearer');
  if (repo !== account.id && repo !== account.handle) return unauthorized();
  const at = { did: account.id, collection: String(collection), rkey: String(rkey) };
  const row = await recordIn(world, at);
  if (!row) return json({});
  await world.db.delete(records).where(isAt(at));
  if (at.collection === POST) await removePost(world, at.rkey, c.get('now'));
  else await unreact(world, 'repost', account.id, inUri(objectOf(row.value.subject).uri).rkey);
  return json(shape('com.atproto.repo.deleteRecord', { commit: commitOf(c, row.cid) }));
}

export async function resolveHandle(world: World, c: Ctx): Promise<Response> {
  const account = await accountOf(world, c.req.query('handle') ?? '');
  if (!account) return invalid('Unable to resolve handle');
  return json(shape('com.atproto.identity.resolveHandle', { did: account.id }));
}

/** Returns the posts that exist. About others, it says nothing. */
export async function getPosts(world: World, c: Ctx): Promise<Response> {
  const uris = c.req.queries('uris') ?? [];
  if (uris.length === 0 || uris.length > 25) return invalid('uris must not have more than 25 elements');
  const found: ({ post: Post; account: Account } & { uri: string; row: typeof records.$inferSelect })[] = [];
  for (const uri of uris) {
    const at = inUri(uri);
    const [row, one] = [await recordIn(world, at), await findPost(world, 'bluesky', at.rkey)];
    if (row && one?.account.id === at.did) found.push({ ...one, uri, row });
  }
  const posts = (await seen(world, c, found)).map(({ account, reach }, i) => ({
    uri: found[i]?.uri,
    cid: found[i]?.row.cid,
    author: { did: account.id, handle: account.handle, displayName: account.name },
    record: found[i]?.row.value,
    replyCount: reach.replies,
    repostCount: reach.reposts,
    likeCount: reach.likes,
    quoteCount: reach.quotes,
    indexedAt: found[i]?.row.createdAt.toISOString(),
  }));
  return json(shape('app.bsky.feed.getPosts', { posts }));
}
