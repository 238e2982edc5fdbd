import { createHash } from 'node:crypto';
import type { FileMedia } from '../kit/post-media';
import type { Facet } from './facets';
import type { Account, Blob, Ref } from './wire';

export const POST = 'app.bsky.feed.post';
export const REPOST = 'app.bsky.feed.repost';

const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz';
/** Microseconds since 1970 from which the times of our record keys are taken: 1 January 2024. */
const FIRST = 1_704_067_200_000_000n;

/**
 * Returns the key of the record that is written for an idempotency key: a TID (https://atproto.com/specs/tid), as posts need. The same key
 * gives the same record, of which there is one at most. Its 44 bits of time and 10 of a clock are those of a hash, within the half year after
 * `FIRST`, so that no time is in the future; when something was posted is said by the record itself.
 */
export function recordKey(idempotencyKey: string): string {
  const hash = createHash('sha256').update(idempotencyKey).digest().readBigUInt64BE();
  let rest = ((FIRST + (hash >> 20n)) << 10n) | (hash & 1023n);
  let key = '';
  for (let i = 0; i < 13; i++) {
    key = `${ALPHABET[Number(rest & 31n)]}${key}`;
    rest >>= 5n;
  }
  return key;
}

/** The parts of a record's address, `at://<did>/<collection>/<key>`; null if it is not one. */
export function recordAt(uri: string): { did: string; collection: string; rkey: string } | null {
  const [, did, collection, rkey] = /^at:\/\/(did:[^/]+)\/([\w.-]+)\/([\w.:~-]+)$/.exec(uri) ?? [];
  return did && collection && rkey ? { did, collection, rkey } : null;
}

/** Returns the base address of the server that holds an account, or null if its document names none that can be used. */
export function serverOf({ didDoc }: Account): string | null {
  const entry = didDoc?.service.find(
    ({ id, type }) => id?.endsWith('#atproto_pds') && type === 'AtprotoPersonalDataServer',
  );
  const endpoint = entry?.serviceEndpoint;
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return null;
  const { protocol, origin, username, password } = new URL(endpoint);
  return protocol === 'https:' && username === '' && password === '' ? origin : null;
}

/** What a session's token says of itself, as far as it can be read. Servers may issue tokens of any kind. */
export function readToken(token: string): { scope: string | null; expiresAt: Date | null } {
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    claims = null;
  }
  const { scope, exp } = (claims && typeof claims === 'object' ? claims : {}) as {
    scope?: unknown;
    exp?: unknown;
  };
  const seconds = typeof exp === 'number' && exp > 0 && exp < 1e11 ? exp : null;
  return {
    scope: typeof scope === 'string' ? scope : null,
    expiresAt: seconds === null ? null : new Date(seconds * 1000),
  };
}

export interface PostParts {
  text: string;
  facets: Facet[];
  link: string | undefined;
  images: readonly { media: FileMedia; blob: Blob }[];
  reply: { root: Ref; parent: Ref } | null;
  options: Readonly<Record<string, string | boolean>>;
  now: Date;
}

/** Builds the record of a post. A link becomes a card unless the post has pictures. */
export function postRecord({ text, facets, link, images, reply, options, now }: PostParts) {
  const embed = images.length > 0 ? picturesOf(images) : link ? cardOf(link) : null;
  const { language, warning } = options;
  return {
    $type: POST,
    text,
    createdAt: now.toISOString(),
    ...(facets.length > 0 ? { facets } : {}),
    ...(embed ? { embed } : {}),
    ...(reply ? { reply } : {}),
    ...(typeof language === 'string' ? { langs: [language] } : {}),
    ...(typeof warning === 'string'
      ? { labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: warning }] } }
      : {}),
  };
}

const picturesOf = (images: PostParts['images']) => ({
  $type: 'app.bsky.embed.images',
  images: images.map(({ media: { alt, width, height }, blob }) => ({
    image: blob,
    alt,
    ...(width > 0 && height > 0 ? { aspectRatio: { width, height } } : {}),
  })),
});

/** The page is not fetched, so the card shows its address. */
function cardOf(link: string) {
  if (!URL.canParse(link)) return null;
  const { host, pathname } = new URL(link);
  return {
    $type: 'app.bsky.embed.external',
    external: { uri: link, title: `${host}${pathname === '/' ? '' : pathname}`, description: '' },
  };
}
