import type { StandIn } from '../stand-in';
import { xAccounts } from './accounts';
import { X_SCOPES, xRevocation, xRules, xTokens } from './auth';
import { xVendor } from './errors';
import { X_DUPLICATES } from './posts';
import { xApi } from './routes';

/** The stand-in for X: API v2 with its OAuth 2.0. */
export const x: StandIn = {
  id: 'x',
  name: 'X',
  vendor: xVendor,
  signIn: {
    rules: xRules,
    separator: ' ',
    scopes: X_SCOPES,
    paths: {
      authorize: '/i/oauth2/authorize',
      token: '/2/oauth2/token',
      apps: '/settings/connected_apps',
    },
    tokens: xTokens,
    revocation: xRevocation,
    client: 'basic',
  },
  accounts: xAccounts,
  switches: [
    {
      key: X_DUPLICATES,
      initial: true,
      button: { on: 'Let X take the same text twice', off: 'Let X refuse the same text' },
    },
  ],
  feed: {
    accounts: { person: '/:handle' },
    post: '/status/:id',
    handles: true,
    numbers: { replies: 'replies', reposts: 'reposts', likes: 'likes', views: 'impressions' },
  },
  apis: [xApi],
};
