import type { AvailableManifest } from '../kit/manifest';

export const xManifest = {
  id: 'x',
  name: 'X',
  accountNoun: 'account',
  summary: { fact: 'platforms.x.summary' },
  available: true,
  capabilities: ['publish', 'lookup', 'remove', 'engagement', 'upload'],
  // `ids` takes 1 to 100: https://docs.x.com/x-api/posts/get-posts-by-ids
  engagementBatch: 100,
  api: { live: 'https://api.x.com', sandbox: '/x' },
  web: { live: 'https://x.com', sandbox: '/x' },
  webAliases: ['twitter.com'],
  auth: {
    kind: 'oauth2',
    authorize: { live: 'https://x.com/i/oauth2/authorize', sandbox: '/x/i/oauth2/authorize' },
    token: { live: 'https://api.x.com/2/oauth2/token', sandbox: '/x/2/oauth2/token' },
    revoke: { live: 'https://api.x.com/2/oauth2/revoke', sandbox: '/x/2/oauth2/revoke' },
    ending: 'token',
    appsPage: {
      address: { live: 'https://x.com/settings/connected_apps', sandbox: '/x/settings/connected_apps' },
      where: { fact: 'platforms.x.appsPage' },
    },
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
  post: {
    characters: 280,
    ownTextRules: true,
    // X's own composer allows 25; https://help.x.com/en/using-x/create-a-thread
    thread: { parts: 25 },
    // "Twitter will ignore attempts to perform duplicate retweets":
    // https://developer.x.com/en/docs/tweets/post-and-engage/api-reference/post-statuses-retweet-id
    repost: true,
    // https://docs.x.com/x-api/media/quickstart/best-practices; alt text: https://docs.x.com/x-api/media/metadata-create
    media: {
      pictures: {
        most: 4,
        bytes: 5 * 1024 * 1024,
        mimes: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
      },
      gif: { bytes: 15 * 1024 * 1024, width: 1280, height: 1080, frames: 350, pixels: 300_000_000 },
      // The same page recommends 720 × 1280 for upright videos, so the limits apply to the longer and shorter side and not to width and
      // height.
      video: {
        bytes: 512 * 1024 * 1024,
        seconds: [0.5, 140],
        aspect: [1 / 3, 3],
        smallest: [32, 32],
        largest: [1280, 1024],
      },
      alt: { characters: 1000, kinds: ['picture', 'gif'] },
    },
    rates: [
      { count: 100, seconds: 900, per: 'account' },
      { count: 10_000, seconds: 86_400, per: 'installation' },
    ],
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
} as const satisfies AvailableManifest;
