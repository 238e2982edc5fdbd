import { type Ctx, json } from '../http';
import type { RateState } from '../rates';
import type { Problem, Vendor } from '../shell/vendor';
import { claimsOf } from './tokens';

/** Every error has a name for programs and words for people: https://atproto.com/specs/xrpc#error-responses */
export const failed = (
  status: number,
  error: string,
  message: string,
  headers: Record<string, string> = {},
): Response => json({ error, message }, status, headers);

export const rateHeaders = ({
  limit,
  remaining,
  reset,
}: Pick<RateState, 'limit' | 'remaining' | 'reset'>) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(reset),
});

/** Says why a token is not accepted: it is over, or it is none. */
function badToken(c: Ctx): Response {
  const claims = claimsOf(c.req.header('authorization')?.replace(/^Bearer /i, '') ?? '');
  return claims && claims.exp * 1000 <= c.get('now').getTime()
    ? failed(400, 'ExpiredToken', 'Token has expired')
    : failed(400, 'InvalidToken', 'Token could not be verified');
}

function problem(c: Ctx, p: Problem): Response {
  switch (p.is) {
    case 'no_credential':
      return failed(401, 'AuthMissing', 'Authentication Required');
    case 'bad_credential':
      return badToken(c);
    case 'no_scope':
      return failed(403, 'Forbidden', 'Bad token scope');
    case 'forbidden':
      return failed(403, 'Forbidden', p.text);
    case 'too_many':
      return failed(
        429,
        'RateLimitExceeded',
        'Rate Limit Exceeded',
        rateHeaders({ limit: p.limit, remaining: p.remaining ?? 0, reset: p.reset }),
      );
    case 'not_there':
      return failed(400, 'RecordNotFound', `Could not locate record: ${p.id}`);
    case 'invalid':
      return failed(400, 'InvalidRequest', p.text);
    // What a server answers to a second record with the same key: https://github.com/bluesky-social/atproto/issues/3718
    case 'conflict':
    case 'server_error':
      return failed(500, 'InternalServerError', 'Internal Server Error');
  }
}

export const blueskyVendor: Vendor = { platform: 'bluesky', problem };
