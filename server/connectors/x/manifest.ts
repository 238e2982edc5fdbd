import { defineManifest } from '../kit/define-manifest';
import { xFace } from './face';

export const xManifest = defineManifest(xFace, {
  setUp: 'https://console.x.com',
  drafting: { aim: { from: 120, to: 250 }, hashtags: 2, aliases: ['Twitter'] },
  // `ids` takes 1 to 100: https://docs.x.com/x-api/posts/get-posts-by-ids
  engagementBatch: 100,
  api: 'https://api.x.com',
  web: 'https://x.com',
  webAliases: ['twitter.com'],
  credential: 'bearer',
  auth: {
    kind: 'oauth2',
    authorize: 'https://x.com/i/oauth2/authorize',
    token: 'https://api.x.com/2/oauth2/token',
    revoke: 'https://api.x.com/2/oauth2/revoke',
    ending: 'token',
    appsPage: 'https://x.com/settings/connected_apps',
    pkce: 'S256',
    client: 'basic',
    refresh: 'rotating',
    // X's response to a refresh token that was used or revoked. X does not document it, but public reports do, such as
    // https://github.com/plhery/node-twitter-api-v2/issues/496 for a code.
    grantOver: [{ error: 'invalid_request', description: 'Value passed for the token was invalid.' }],
    scopeSeparator: ' ',
    accountScopes: ['users.read', 'tweet.read', 'offline.access'],
    scopes: {
      publish: ['tweet.write'],
      lookup: ['tweet.read'],
      remove: ['tweet.write'],
      engagement: ['tweet.read'],
      upload: ['media.write'],
    },
    accessLifetime: 7200,
    refreshLifetime: null,
  },
  docs: [
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code',
    'https://docs.x.com/x-api/posts/create-post',
    'https://docs.x.com/x-api/fundamentals/rate-limits',
    'https://docs.x.com/x-api/users/get-posts',
    'https://docs.x.com/x-api/posts/get-posts-by-ids',
    'https://docs.x.com/x-api/users/repost-post',
    'https://docs.x.com/x-api/media/quickstart/media-upload-chunked',
  ],
});
