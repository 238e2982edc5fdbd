import { json } from '../http';
import type { RevocationRules, TokenRules } from '../oauth/endpoint';
import type { OAuthRules } from '../oauth/flow';

export const xRules: OAuthRules = {
  platform: 'x',
  pkce: true,
  codeSeconds: 30,
  accessSeconds: 7_200,
  refreshSeconds: null,
  refreshable: (scopes) => scopes.includes('offline.access'),
  prefix: () => '',
};

export const X_SCOPES: Record<string, string> = {
  'tweet.read': 'See your posts',
  'tweet.write': 'Post and delete posts for you',
  'users.read': 'See your profile',
  'media.write': 'Upload pictures for you',
  'offline.access': 'Stay connected until you end it',
};

export const xTokens: TokenRules = {
  proofs: ['basic'],
  stranger: [401, 'unauthorized_client', 'Missing valid authorization header'],
  more: () => ({ token_type: 'bearer' }),
  refusals: {
    code: ['invalid_request', 'Value passed for the authorization code was invalid.'],
    verifier: ['invalid_request', 'Value passed for the code verifier did not match the code challenge.'],
    redirect: [
      'invalid_request',
      'Value passed for the redirect uri did not match the uri of the authorization code.',
    ],
    refresh: ['invalid_request', 'Value passed for the token was invalid.'],
  },
  otherGrant: 'The grant type is not supported.',
};

export const xRevocation: RevocationRules = {
  operation: 'revoke',
  path: '/2/oauth2/revoke',
  missing: 'Missing required parameter [token].',
  answer: () => json({ revoked: true }),
};
