import type { Face } from '../kit/face';

const MB = 1024 * 1024;

export const linkedinFace = {
  id: 'linkedin',
  name: 'LinkedIn',
  order: 40,
  tier: 'pro',
  accountNoun: 'profile',
  summary: { fact: 'platforms.linkedin.summary' },
  kind: 'api',
  capabilities: ['publish', 'lookup', 'remove', 'engagement', 'upload'],
  post: {
    // https://www.linkedin.com/help/linkedin/answer/a528176
    characters: 3000,
    // An article needs a title, which posts do not have, so the link goes into the text.
    text: { rules: 'general', link: 'in_text' },
    preview: { shape: 'page', fold: 210 },
    // LinkedIn refuses a text that the account has already posted, without naming a number of days; half a year is our own choice.
    sameTextDays: 180,
    firstComment: { characters: 1250 },
    media: {
      way: 'ahead',
      // https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api: fewer than 36,152,320 pixels, and up
      // to 250 frames. It names no limit in bytes; this one is ours.
      pictures: { most: 20, bytes: 8 * MB, longestSide: 6012, mimes: ['image/jpeg', 'image/png'] },
      gif: { bytes: 8 * MB, width: 6012, height: 6012, frames: 250 },
      // https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/videos-api
      video: { bytes: 500 * MB, seconds: [3, 1800], aspect: null },
      // https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/documents-api
      document: { bytes: 100 * MB, pages: 300, mimes: ['application/pdf'] },
      alt: { characters: 4086, kinds: ['picture', 'gif', 'document'], withPost: true },
    },
    // https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/share-on-linkedin
    rates: [
      { count: 150, seconds: 86_400, per: 'account' },
      { count: 100_000, seconds: 86_400, per: 'installation' },
    ],
  },
} as const satisfies Face;
