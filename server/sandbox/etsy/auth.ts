import { safeEqual } from '@/server/foundation/crypto';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { type Ctx, json, Refusal, unix } from '../http';
import type { TokenRules } from '../oauth/endpoint';
import type { OAuthRules } from '../oauth/flow';
import type { Api } from '../shell/api';
import type { Limit, Problem, Vendor } from '../shell/vendor';

export const etsyRules: OAuthRules = {
  platform: 'etsy',
  pkce: true,
  codeSeconds: 60,
  accessSeconds: 3_600,
  refreshSeconds: 90 * 86_400,
  refreshable: () => true,
  prefix: (accountId) => `${accountId}.`,
};

export const ETSY_SCOPES: Record<string, string> = {
  listings_r: 'See all your listings',
  listings_w: 'Create and change listings',
  listings_d: 'Delete listings',
  shops_r: 'See your shop',
  shops_w: 'Change your shop',
  transactions_r: 'See orders and payments',
  transactions_w: 'Update orders',
  billing_r: 'See your Etsy bill',
  email_r: 'See your name and e-mail address',
  profile_r: 'See your profile',
};

/** Creates an error response in Etsy's format. */
export const etsyError = (
  status: number,
  error: string,
  description?: string,
  headers: Record<string, string> = {},
) => json({ error, ...(description ? { error_description: description } : {}) }, status, headers);
export const bad = (message: string): never => {
  throw new Refusal(etsyError(400, message));
};
export const gone = (what: string): never => {
  throw new Refusal(etsyError(404, `${what} not found`));
};

const PER_SECOND = { limit: 50, windowSeconds: 1 };
const PER_DAY = { limit: 100_000, windowSeconds: 86_400 };

const dayLimit = (c: Ctx, { reset }: Limit): Response =>
  etsyError(429, 'Exceeded daily rate limit', undefined, {
    'retry-after': String(Math.max(1, reset - etsyTime(c.get('now')))),
    'x-limit-per-second': String(PER_SECOND.limit),
    'x-remaining-this-second': String(PER_SECOND.limit - 1),
    'x-limit-per-day': String(PER_DAY.limit),
    'x-remaining-today': '0',
  });

function etsyProblem(c: Ctx, p: Problem): Response {
  switch (p.is) {
    case 'no_credential':
      return etsyError(401, 'invalid_token', 'access token is required');
    case 'bad_credential':
      return etsyError(401, 'invalid_token', 'access token is expired or was revoked');
    case 'no_scope':
      return etsyError(403, 'insufficient_scope', `The scope ${p.scope} is needed`);
    case 'too_many':
      return p.rule === 'day'
        ? dayLimit(c, p)
        : etsyError(429, 'Exceeded rate limit', undefined, {
            'retry-after': '1',
            'x-limit-per-second': String(p.limit),
            'x-remaining-this-second': '0',
          });
    case 'not_there':
      return etsyError(404, `${p.what} not found`);
    case 'invalid':
    case 'conflict':
      return etsyError(400, p.text);
    case 'forbidden':
      return etsyError(403, p.text);
    case 'server_error':
      return etsyError(500, 'Server Error');
  }
}

export const etsyVendor: Vendor = {
  platform: 'etsy',
  problem: etsyProblem,
  rare: {
    day_limit: dayLimit,
    // https://github.com/etsy/open-api/issues/622
    other_error: () =>
      json([{ path: '/title/1', type: 'invalid_characters', message: 'contains invalid characters' }], 400),
  },
};

/** Checks the app's key, which every call carries: `keystring:shared_secret`. */
function checkKey(c: Ctx): Response | null {
  const key = c.req.header('x-api-key') ?? '';
  const { clientId, clientSecret } = sandboxClient('etsy');
  if (!key) return etsyError(403, 'Missing x-api-key header or client_id');
  if (!key.includes(':'))
    return etsyError(403, "Invalid API key: should be in the format 'keystring:shared_secret'");
  return safeEqual(key, `${clientId}:${clientSecret}`)
    ? null
    : etsyError(403, 'API key not found or not active');
}

/** What every Etsy call has in common: the app's key, a token where a scope is needed, and the limits of the app. */
export const etsyApi = {
  at: '/v3/application',
  credential: { in: 'bearer' },
  before: (_world, c) => checkKey(c),
  rate: [
    { name: 'day', ...PER_DAY, per: 'app' },
    { name: 'second', ...PER_SECOND, per: 'app' },
  ],
  rateHeaders: ({ day, second }) => ({
    'x-limit-per-second': String(second?.limit),
    'x-remaining-this-second': String(second?.remaining),
    'x-limit-per-day': String(day?.limit),
    'x-remaining-today': String(day?.remaining),
  }),
} satisfies Omit<Api, 'operations'>;

export const etsyTokens: TokenRules = {
  proofs: ['id'],
  stranger: [401, 'invalid_client', 'client_id is not known'],
  more: () => ({ scope: undefined }),
  refusals: {
    code: ['invalid_grant', 'code is invalid, was used already or has expired'],
    verifier: ['invalid_grant', 'code_verifier does not match the code_challenge'],
    redirect: ['invalid_grant', 'redirect_uri does not match the one of the authorization code'],
    refresh: ['invalid_grant', 'refresh_token is invalid, was used already or has expired'],
  },
  otherGrant: 'grant_type must be authorization_code or refresh_token',
};

/** Formats money as Etsy does. */
export const etsyMoney = (cents: number, currency = 'USD') => ({
  amount: cents,
  divisor: 100,
  currency_code: currency,
});
export const etsyTime = unix;
