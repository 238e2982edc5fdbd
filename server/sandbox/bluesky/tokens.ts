import { randomToken } from '@/server/foundation/crypto';
import { unix } from '../http';

interface Claims {
  scope: string;
  sub: string;
  exp: number;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Makes a token in the format of a server: a JWT, whose signature only the server can check. */
export const makeToken = (claims: { scope: string; sub: string; ends: Date; now: Date }): string =>
  [
    part({ typ: claims.scope.endsWith('refresh') ? 'refresh+jwt' : 'at+jwt', alg: 'HS256' }),
    part({ scope: claims.scope, sub: claims.sub, iat: unix(claims.now), exp: unix(claims.ends) }),
    randomToken(32),
  ].join('.');

/** Returns what a token says, or null if it is none. */
export function claimsOf(token: string): Claims | null {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
  } catch {
    return null;
  }
}
