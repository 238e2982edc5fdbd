import { json, Refusal } from '../http';
import type { RateState } from '../rates';
import type { Vendor } from '../shell/vendor';

/** Mastodon's one format of errors. */
export const problem = (status: number, error: string, headers: Record<string, string> = {}): Response =>
  json({ error }, status, headers);

export const refuse = (status: number, error: string): never => {
  throw new Refusal(problem(status, error));
};
export const notFound = (): Response => problem(404, 'Record not found');
export const invalid = (text: string): never => refuse(422, `Validation failed: ${text}`);

/** The reset is a time in ISO 8601. */
export const rateHeaders = (state: Pick<RateState, 'limit' | 'reset'> & { remaining?: number }) => ({
  'x-ratelimit-limit': String(state.limit),
  'x-ratelimit-remaining': String(state.remaining ?? 0),
  'x-ratelimit-reset': new Date(state.reset * 1000).toISOString(),
});

export const mastodonVendor: Vendor = {
  platform: 'mastodon',
  problem: (_c, p) => {
    switch (p.is) {
      case 'no_credential':
        return problem(401, 'This method requires an authenticated user');
      case 'bad_credential':
        return problem(401, 'The access token is invalid');
      case 'no_scope':
        return problem(403, 'This action is outside the authorized scopes');
      case 'too_many':
        return problem(429, 'Too many requests', rateHeaders(p));
      case 'not_there':
        return notFound();
      case 'invalid':
      case 'conflict':
        return problem(422, `Validation failed: ${p.text}`);
      case 'forbidden':
        return problem(403, 'This action is not allowed');
      case 'server_error':
        return problem(503, 'There was a temporary problem serving your request, please try again');
    }
  },
};
