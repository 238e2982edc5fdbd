import type { Face } from '../kit/face';

export const xFace = {
  id: 'x',
  name: 'X',
  order: 10,
  tier: 'free',
  accountNoun: 'account',
  summary: { fact: 'platforms.x.summary' },
  kind: 'api',
  capabilities: ['publish', 'lookup', 'remove', 'engagement', 'upload'],
  post: {
    characters: 280,
    // X has no field for a link. It refuses these as "invalid characters".
    text: { rules: 'own', link: 'in_text', leaveOut: /[\uFEFF\uFFFE\uFFFF]/g },
    preview: { shape: 'timeline' },
    // X's rules forbid duplicate posts without naming a number of days; half a year is our own choice:
    // https://help.x.com/en/rules-and-policies/x-automation
    sameTextDays: 180,
    // X's own composer allows 25; https://help.x.com/en/using-x/create-a-thread
    thread: { parts: 25 },
    // "Twitter will ignore attempts to perform duplicate retweets":
    // https://developer.x.com/en/docs/tweets/post-and-engage/api-reference/post-statuses-retweet-id
    repost: true,
    // https://docs.x.com/x-api/media/quickstart/best-practices; alt text: https://docs.x.com/x-api/media/metadata-create
    media: {
      way: 'ahead',
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
} as const satisfies Face;
