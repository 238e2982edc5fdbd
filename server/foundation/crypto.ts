import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { secrets } from './secrets';

function keyRing(): Map<string, Buffer> {
  const ring = new Map<string, Buffer>();
  for (const pair of secrets().encryptionKeys.split(',')) {
    const at = pair.indexOf(':');
    const key = Buffer.from(pair.slice(at + 1), 'base64');
    if (key.length !== 32)
      throw new Error(`The encryption key "${pair.slice(0, at)}" does not have 32 bytes`);
    ring.set(pair.slice(0, at), key);
  }
  return ring;
}

/**
 * Encrypts with AES-256-GCM under the newest key. `context` (for example `connection:<id>`) is authenticated with the text, so that a value
 * moved to another row cannot be decrypted. Returns `v1.<key id>.<iv>.<tag>.<text>`, base64url.
 */
export function seal(plain: string, context: string): string {
  const [entry] = keyRing();
  if (!entry) throw new Error('There is no encryption key');
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', entry[1], iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return ['v1', entry[0], ...[iv, cipher.getAuthTag(), body].map((b) => b.toString('base64url'))].join('.');
}

/**
 * Decodes base64url. Throws if the text is not exactly the encoding of its bytes: Node ignores foreign characters and the unused bits of the
 * last one (RFC 4648, section 3.5), so several texts would have the same meaning.
 */
export function decodeBase64url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error('This is not canonical base64url');
  return bytes;
}

/** Decrypts the result of `seal`. Throws if the key is gone, the text was changed in any character or the context differs. */
export function unseal(sealed: string, context: string): string {
  const [version, keyId, iv, tag, body, rest] = sealed.split('.');
  if (version !== 'v1' || !keyId || !iv || !tag || body === undefined || rest !== undefined)
    throw new Error('This is not a sealed value');
  const key = keyRing().get(keyId);
  if (!key) throw new Error(`The encryption key "${keyId}" is not configured`);
  const decipher = createDecipheriv('aes-256-gcm', key, decodeBase64url(iv), { authTagLength: 16 })
    .setAAD(Buffer.from(context))
    .setAuthTag(decodeBase64url(tag));
  return Buffer.concat([decipher.update(decodeBase64url(body)), decipher.final()]).toString('utf8');
}

export const sha256 = (value: string | Buffer): string => createHash('sha256').update(value).digest('hex');
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** Compares two texts without revealing through timing where they differ. */
export function safeEqual(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/** Signs a small JSON payload for a link: `<payload>.<hmac>`. `expiresAt` is checked by `verifyLink`. */
export function signLink(purpose: string, payload: Record<string, string>, expiresAt: Date): string {
  const body = Buffer.from(JSON.stringify({ ...payload, exp: expiresAt.getTime() })).toString('base64url');
  return `${body}.${linkMac(purpose, body)}`;
}

/** Returns the payload of a link that `signLink` created for the same purpose, or null if it is forged or has expired. */
export function verifyLink(purpose: string, token: string, now: Date): Record<string, string> | null {
  const [body, mac, rest] = token.split('.');
  if (!body || !mac || rest !== undefined || !safeEqual(mac, linkMac(purpose, body))) return null;
  const { exp, ...payload } = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  return typeof exp === 'number' && exp > now.getTime() ? payload : null;
}

/**
 * Hashes a value with a key that only this installation has. For short secrets, which anyone who reads the database could guess from a
 * plain hash.
 */
export const keyedHash = (purpose: string, value: string): string => linkMac(purpose, value);

function linkMac(purpose: string, body: string): string {
  return createHmac('sha256', secrets().linkSigning).update(`${purpose}\n${body}`).digest('base64url');
}
