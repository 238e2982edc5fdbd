import type { Face } from '../kit/face';

const answer = <const N extends 1 | 2 | 3 | 4>(n: N) =>
  ({
    id: `pollAnswer${n}`,
    kind: 'text',
    label: { fact: `platforms.mastodon.options.pollAnswer${n}` },
    maxLength: 50,
  }) as const;
const length = <const S extends string, const N extends string>(seconds: S, name: N) =>
  ({ value: seconds, label: { fact: `platforms.mastodon.lengths.${name}` } }) as const;

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
  options: [
    {
      id: 'visibility',
      kind: 'choice',
      label: { fact: 'platforms.mastodon.options.visibility' },
      choices: [
        { value: 'public', label: { fact: 'platforms.mastodon.visibilities.public' } },
        { value: 'unlisted', label: { fact: 'platforms.mastodon.visibilities.unlisted' } },
        { value: 'private', label: { fact: 'platforms.mastodon.visibilities.private' } },
        { value: 'direct', label: { fact: 'platforms.mastodon.visibilities.direct' } },
      ],
      default: 'public',
    },
    {
      id: 'warning',
      kind: 'text',
      label: { fact: 'platforms.mastodon.options.warning' },
      help: { fact: 'platforms.mastodon.options.warningHelp' },
      maxLength: 100,
    },
    { id: 'sensitive', kind: 'switch', label: { fact: 'platforms.mastodon.options.sensitive' } },
    {
      id: 'language',
      kind: 'text',
      label: { fact: 'platforms.mastodon.options.language' },
      help: { fact: 'platforms.mastodon.options.languageHelp' },
      maxLength: 10,
    },
    { ...answer(1), help: { fact: 'platforms.mastodon.options.pollHelp' } },
    answer(2),
    answer(3),
    answer(4),
    {
      id: 'pollLength',
      kind: 'choice',
      label: { fact: 'platforms.mastodon.options.pollLength' },
      // The shortest and the longest that Mastodon allows, and those of its own form between them.
      choices: [
        length('300', 'fiveMinutes'),
        length('1800', 'halfHour'),
        length('3600', 'hour'),
        length('21600', 'sixHours'),
        length('43200', 'halfDay'),
        length('86400', 'day'),
        length('259200', 'threeDays'),
        length('604800', 'week'),
        length('2592000', 'month'),
      ],
      default: '86400',
    },
    { id: 'pollMultiple', kind: 'switch', label: { fact: 'platforms.mastodon.options.pollMultiple' } },
  ],
} as const satisfies Face;
