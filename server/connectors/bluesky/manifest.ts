import { defineManifest } from '../kit/define-manifest';
import { blueskyFace } from './face';
import { blueskyOptions } from './options';

const YEAR_S = 31_536_000;

export const blueskyManifest = defineManifest(blueskyFace, {
  options: blueskyOptions,
  drafting: { aim: { from: 100, to: 260 }, hashtags: 3, aliases: ['Bsky'] },
  // A record's key is never used twice, so this could be any time.
  publishKey: { seconds: YEAR_S },
  // `uris` takes at most 25 (app.bsky.feed.getPosts).
  engagementBatch: 25,
  api: '/xrpc',
  web: 'https://bsky.app',
  server: { example: 'bsky.social', default: 'bsky.social' },
  credential: 'bearer',
  auth: {
    kind: 'fields',
    session: true,
    fields: [
      {
        id: 'handle',
        kind: 'text',
        // A handle is a host name; the @ before it is left out.
        pattern: /@?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?/i,
        maxLength: 254,
        example: 'mira.bsky.social',
      },
      { id: 'password', kind: 'secret', maxLength: 256, example: 'abcd-efgh-2345-6789' },
    ],
    ending: 'by_hand',
    appsPage: 'https://bsky.app/settings/app-passwords',
  },
  docs: [
    'https://docs.bsky.app/docs/advanced-guides/posts',
    'https://docs.bsky.app/docs/advanced-guides/post-richtext',
    'https://docs.bsky.app/docs/advanced-guides/rate-limits',
    'https://atproto.com/specs/record-key',
    'https://atproto.com/specs/xrpc',
    'https://github.com/bluesky-social/atproto/tree/main/lexicons',
  ],
});
