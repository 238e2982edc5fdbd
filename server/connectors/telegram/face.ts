import type { Face } from '../kit/face';

const MB = 1024 * 1024;

export const telegramFace = {
  id: 'telegram',
  name: 'Telegram',
  order: 80,
  tier: 'pro',
  accountNoun: 'channel',
  summary: { fact: 'platforms.telegram.summary' },
  kind: 'api',
  capabilities: ['publish', 'remove'],
  // Lengths, sizes and numbers: https://core.telegram.org/bots/api#available-methods
  post: {
    characters: 4096,
    text: { rules: 'own', link: 'in_text' },
    // Telegram has no limit; this many stay within a minute's limit.
    thread: { parts: 20 },
    media: {
      way: 'with_post',
      characters: 1024,
      pictures: { most: 10, bytes: 10 * MB, bothSides: 10_000, mimes: ['image/jpeg', 'image/png'] },
      // Telegram documents no maximum of the sides; this is the format's own.
      gif: { bytes: 50 * MB, width: 65_535, height: 65_535 },
      // Telegram's own server takes a duration of up to a day: https://github.com/tdlib/telegram-bot-api
      video: { bytes: 50 * MB, seconds: [0, 86_400], aspect: null },
      document: { bytes: 50 * MB, mimes: ['application/pdf'] },
      // The Bot API has no field for descriptions.
      alt: { characters: 0, kinds: [] },
    },
    // 20 a minute to a group; we assume the same for channels. About 30 a second to all chats of a bot, which is one sign-in.
    // https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    rates: [
      { count: 20, seconds: 60, per: 'account' },
      { count: 30, seconds: 1, per: 'grant' },
    ],
  },
} as const satisfies Face;
