import type { Face } from '../kit/face';

export const blueskyFace = {
  id: 'bluesky',
  name: 'Bluesky',
  order: 35,
  tier: 'free',
  accountNoun: 'account',
  summary: { fact: 'platforms.bluesky.summary' },
  kind: 'api',
  capabilities: ['publish', 'lookup', 'remove', 'engagement'],
  // The limits of app.bsky.feed.post and app.bsky.embed.images: https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky
  post: {
    characters: 300,
    text: { rules: 'own', link: 'in_text' },
    preview: { shape: 'timeline' },
    // The lexicon names no limit; 25 is our own.
    thread: { parts: 25 },
    // A repost is a record under a key of ours, which the server creates once, and it keeps one repost of a post per account:
    // https://github.com/bluesky-social/atproto/pull/690
    repost: true,
    media: {
      // A server discards an uploaded file that no record refers to within minutes (com.atproto.repo.uploadBlob).
      way: 'with_post',
      // Servers that are not up to date still refuse more than a million bytes.
      pictures: { most: 4, bytes: 1_000_000, mimes: ['image/jpeg', 'image/png', 'image/webp'] },
      // A picture that moves is shown still.
      gif: null,
      // Videos go to a service of their own, which this connector does not use.
      video: null,
      // The lexicon names no limit; Bluesky's own app allows this many.
      alt: { characters: 2000, kinds: ['picture'] },
    },
    // "5000 points per hour and 35000 per day", and a record costs 3: https://docs.bsky.app/docs/advanced-guides/rate-limits
    rates: [
      { count: 1_666, seconds: 3_600, per: 'account' },
      { count: 11_666, seconds: 86_400, per: 'account' },
    ],
  },
} as const satisfies Face;
