import type { Face } from '../kit/face';

export const mastodonFace = {
  id: 'mastodon',
  name: 'Mastodon',
  order: 60,
  tier: 'pro',
  accountNoun: 'account',
  summary: { fact: 'platforms.mastodon.summary' },
  kind: 'api',
  capabilities: ['publish', 'lookup', 'remove', 'engagement', 'upload'],
  // What Mastodon allows as it is delivered. Servers may allow more, or less.
  post: {
    characters: 500,
    text: { rules: 'own', link: 'in_text' },
    preview: { shape: 'timeline' },
    // Mastodon itself has no limit; 25 is what readers of other networks know.
    thread: { parts: 25 },
    // A second reblog returns the first one:
    // https://github.com/mastodon/mastodon/blob/main/app/services/reblog_service.rb
    repost: true,
    // https://docs.joinmastodon.org/user/posting/#media; pixels and frames:
    // https://github.com/mastodon/mastodon/blob/main/app/models/media_attachment.rb
    media: {
      way: 'ahead',
      pictures: {
        most: 4,
        bytes: 16 * 1024 * 1024,
        // At most 33,177,600 pixels, which is a square of this side.
        longestSide: 5760,
        mimes: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
      },
      gif: { bytes: 16 * 1024 * 1024, width: 1280, height: 720 },
      // At most 36,000 frames: twenty minutes at 30 frames per second.
      video: { bytes: 99 * 1024 * 1024, seconds: [0.1, 1200], aspect: null, largest: [3840, 2160] },
      alt: { characters: 1500, kinds: ['picture', 'gif', 'video'] },
    },
    // https://github.com/mastodon/mastodon/blob/main/app/lib/rate_limiter.rb
    rates: [{ count: 300, seconds: 10_800, per: 'account' }],
  },
} as const satisfies Face;
