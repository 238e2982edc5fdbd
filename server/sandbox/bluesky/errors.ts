import { type Ctx, json } from '../http';
import { limitHeaders, refuser, vendorOf } from '../shell/vendor';
import { claimsOf } from './tokens';

/** Every error has a name for programs and words for people: https://atproto.com/specs/xrpc#error-responses */
const failed = (
  status: number,
  error: string,
  message: string,
  headers: Record<string, string> = {},
): Response => json({ error, message }, status, headers);
export const refuse = refuser(failed);
export const invalid = (message: string): never => refuse(400, 'InvalidRequest', message);
export const unauthorized = (message = 'Authentication Required'): never =>
  refuse(401, 'AuthenticationRequired', message);

export const bearerIn = (c: Ctx): string | undefined =>
  /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];

export const rateHeaders = limitHeaders('ratelimit');

export const blueskyVendor = vendorOf('bluesky', failed, {
  no_credential: [401, 'AuthMissing', 'Authentication Required'],
  // Says why a token is not accepted: it is over, or it is none.
  bad_credential: (_p, c) => {
    const claims = claimsOf(bearerIn(c) ?? '');
    return claims && claims.exp * 1000 <= c.get('now').getTime()
      ? [400, 'ExpiredToken', 'Token has expired']
      : [400, 'InvalidToken', 'Token could not be verified'];
  },
  no_scope: [403, 'Forbidden', 'Bad token scope'],
  forbidden: ({ text }) => [403, 'Forbidden', text],
  too_many: (limit) => [429, 'RateLimitExceeded', 'Rate Limit Exceeded', rateHeaders(limit)],
  not_there: ({ id }) => [400, 'RecordNotFound', `Could not locate record: ${id}`],
  invalid: ({ text }) => [400, 'InvalidRequest', text],
  // What a server answers to a second record with the same key: https://github.com/bluesky-social/atproto/issues/3718
  conflict: [500, 'InternalServerError', 'Internal Server Error'],
  server_error: [500, 'InternalServerError', 'Internal Server Error'],
});
