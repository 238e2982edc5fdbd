import { defineManifest } from '../kit/define-manifest';
import { facebookFace } from './face';

/** Version of the Graph API that every path starts with. */
export const GRAPH = 'v23.0';

export const facebookManifest = defineManifest(facebookFace, {
  setUp: 'https://developers.facebook.com/apps',
  drafting: { aim: { from: 250, to: 600 }, hashtags: 3 },
  // https://developers.facebook.com/docs/graph-api/using-graph-api (several objects by `ids`)
  engagementBatch: 50,
  api: 'https://graph.facebook.com',
  // "Videos must be published to graph-video.facebook.com": https://developers.facebook.com/docs/graph-api/video-uploads
  uploads: { live: 'https://graph-video.facebook.com', sandbox: '/facebook/graph-video' },
  web: 'https://www.facebook.com',
  webAliases: ['fb.com'],
  webhooks: { per: 'app', proof: 'signed', topics: ['posts'], scopes: ['pages_manage_metadata'] },
  nothingToConnect: 'https://www.facebook.com/pages/create',
  credential: 'bearer',
  auth: {
    kind: 'oauth2',
    authorize: `https://www.facebook.com/${GRAPH}/dialog/oauth`,
    token: `https://graph.facebook.com/${GRAPH}/oauth/access_token`,
    // There is no revocation endpoint; https://developers.facebook.com/docs/graph-api/reference/user/permissions
    ending: 'person',
    appsPage: {
      live: 'https://www.facebook.com/settings?tab=business_tools',
      sandbox: '/facebook/settings/business_tools',
    },
    pkce: 'none',
    client: 'own',
    refresh: 'none',
    scopeSeparator: ',',
    // The second lets Facebook report what happens on the Page.
    accountScopes: ['pages_show_list', 'pages_manage_metadata'],
    scopes: {
      // The first comment needs the second scope; https://developers.facebook.com/documentation/pages-api/comments-mentions
      publish: ['pages_manage_posts', 'pages_manage_engagement'],
      lookup: ['pages_read_engagement'],
      remove: ['pages_manage_posts'],
      engagement: ['pages_read_engagement'],
      upload: ['pages_manage_posts'],
    },
    // A Page's token does not expire if it comes from a long-lived user token.
    accessLifetime: null,
    refreshLifetime: null,
  },
  docs: [
    'https://developers.facebook.com/docs/pages-api/posts',
    'https://developers.facebook.com/documentation/pages-api/comments-mentions',
    'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived',
    'https://developers.facebook.com/docs/graph-api/reference/user/permissions',
    'https://developers.facebook.com/docs/graph-api/guides/error-handling',
    'https://developers.facebook.com/docs/graph-api/using-graph-api',
    'https://developers.facebook.com/docs/graph-api/reference/page-post',
    'https://developers.facebook.com/docs/graph-api/reference/page/photos',
    'https://developers.facebook.com/docs/video-api/guides/publishing',
    'https://developers.facebook.com/docs/graph-api/video-uploads',
    'https://developers.facebook.com/docs/video-api/reference/error-codes',
    'https://developers.facebook.com/docs/graph-api/reference/video-status',
  ],
});
