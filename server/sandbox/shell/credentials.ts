import { bodyFields, type Ctx, str } from '../http';
import type { Bearer } from '../oauth/tokens';
import type { World } from '../world';

/** How a request says who acts. */
export type Credential =
  /** `Authorization: Bearer …`, or other schemes. */
  | { in: 'bearer'; schemes?: readonly string[] }
  /** HTTP Basic: the account's handle and a key. Spaces in the key do not matter. */
  | { in: 'basic' }
  | { in: 'header'; name: string }
  | { in: 'query'; name: string }
  /** A part of the path; `prefix` is not part of the key. */
  | { in: 'path'; param: string; prefix?: string }
  /** A field of a form or of JSON. */
  | { in: 'body'; name: string }
  /** A way of the platform's own, such as a signature. Returns null if the request does not have it. */
  | { in: 'own'; read: (world: World, c: Ctx) => Promise<Bearer | 'bad_credential' | null> };

/** Returns who acts, or what is wrong: the request says nothing about it, or nothing that is valid. */
export async function bearerOf(
  world: World,
  c: Ctx,
  credentials: readonly Credential[],
): Promise<Bearer | 'no_credential' | 'bad_credential'> {
  for (const credential of credentials) {
    if (credential.in === 'own') {
      const own = await credential.read(world, c);
      if (own) return own;
      continue;
    }
    const given = await secretOf(c, credential);
    if (!given) continue;
    const bearer = await world.tokens.bearer(c.get('realm'), given.secret, c.get('now'));
    if (!bearer) return 'bad_credential';
    const other =
      given.handle !== undefined && given.handle.toLowerCase() !== bearer.account.handle.toLowerCase();
    return other ? 'bad_credential' : bearer;
  }
  return 'no_credential';
}

async function secretOf(
  c: Ctx,
  credential: Exclude<Credential, { in: 'own' }>,
): Promise<{ secret: string; handle?: string } | null> {
  const found = (secret: string | undefined) => (secret ? { secret } : null);
  const header = c.req.header('authorization') ?? '';
  switch (credential.in) {
    case 'bearer': {
      const [, scheme = '', secret] = /^(\S+) (.+)$/.exec(header) ?? [];
      const schemes = (credential.schemes ?? ['Bearer']).map((one) => one.toLowerCase());
      return schemes.includes(scheme.toLowerCase()) ? found(secret) : null;
    }
    case 'basic': {
      if (!/^basic /i.test(header)) return null;
      const text = Buffer.from(header.slice(6), 'base64').toString('utf8');
      const at = text.indexOf(':');
      return at < 1 ? null : { handle: text.slice(0, at), secret: text.slice(at + 1).replace(/\s/g, '') };
    }
    case 'header':
      return found(c.req.header(credential.name));
    case 'query':
      return found(c.req.query(credential.name));
    case 'path': {
      const { prefix = '' } = credential;
      const part = c.req.param(credential.param) ?? '';
      return part.startsWith(prefix) ? found(part.slice(prefix.length)) : null;
    }
    case 'body': {
      const type = c.req.header('content-type') ?? '';
      // A form with a file is left to the operation.
      if (c.req.method === 'GET' || type.startsWith('multipart/')) return null;
      return found(str((await bodyFields(c))[credential.name]));
    }
  }
}
