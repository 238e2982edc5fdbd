import type { Face } from '../kit/face';

export const facebookFace = {
  id: 'facebook',
  name: 'Facebook',
  order: 20,
  tier: 'free',
  accountNoun: 'Page',
  summary: { fact: 'platforms.facebook.summary' },
  kind: 'api',
  capabilities: ['publish', 'lookup', 'remove', 'engagement', 'upload'],
  // Meta does not document the maximum length of a comment; https://typecount.com/blog/facebook-post-character-limit
  post: {
    characters: 63_206,
    text: { rules: 'general', link: 'field' },
    preview: { shape: 'page', fold: 477 },
    firstComment: { characters: 8_000 },
    media: {
      way: 'ahead',
      // https://developers.facebook.com/docs/graph-api/reference/page/photos; the number of pictures is our own limit.
      pictures: { most: 10, bytes: 10 * 1024 * 1024, mimes: ['image/jpeg', 'image/png', 'image/gif'] },
      // A GIF would lose its animation as a photo, so it is published as a video, which accepts this format.
      gif: { bytes: 100 * 1024 * 1024, width: 4096, height: 4096 },
      // https://developers.facebook.com/docs/video-api/guides/publishing
      video: { bytes: 10 * 1024 * 1024 * 1024, seconds: [1, 14_400], aspect: null },
      // Facebook does not document a maximum length of descriptions, so we use that of other platforms.
      alt: { characters: 1000, kinds: ['picture'] },
    },
  },
} as const satisfies Face;
