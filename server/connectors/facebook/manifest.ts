import type { AvailableManifest } from '../kit/manifest';

/** The version of the Graph API that every path starts with. */
export const GRAPH = 'v23.0';

export const facebookManifest = {
  id: 'facebook',
  name: 'Facebook',
  accountNoun: 'Page',
  summary: 'Publish posts and links to a Page that you manage.',
  available: true,
  capabilities: ['publish', 'lookup', 'remove'],
  api: { live: 'https://graph.facebook.com', sandbox: '/facebook' },
  web: { live: 'https://www.facebook.com', sandbox: '/facebook' },
  auth: {
    kind: 'oauth2',
    authorize: {
      live: `https://www.facebook.com/${GRAPH}/dialog/oauth`,
      sandbox: `/facebook/${GRAPH}/dialog/oauth`,
    },
    token: {
      live: `https://graph.facebook.com/${GRAPH}/oauth/access_token`,
      sandbox: `/facebook/${GRAPH}/oauth/access_token`,
    },
    pkce: 'none',
    client: 'query',
    refresh: 'none',
    exchange: 'fb_exchange_token',
    scopeSeparator: ',',
    accountScopes: ['pages_show_list'],
    scopes: {
      publish: ['pages_manage_posts'],
      lookup: ['pages_read_engagement'],
      remove: ['pages_manage_posts'],
    },
    // A Page's token from a long-lived person's token does not end by time.
    accessLifetime: null,
    refreshLifetime: null,
  },
  post: { characters: 63_206 },
  docs: [
    'https://developers.facebook.com/docs/pages-api/posts',
    'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived',
    'https://developers.facebook.com/docs/graph-api/guides/error-handling',
  ],
} as const satisfies AvailableManifest;
