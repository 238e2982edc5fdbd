import type { AvailableManifest } from '../kit/manifest';
import { telegramFace } from './face';
import { telegramOptions } from './options';

export const telegramManifest = {
  ...telegramFace,
  options: telegramOptions,
  // Short enough for a caption.
  drafting: { aim: { from: 100, to: 800 }, hashtags: 2 },
  // Bots cannot read what a channel contains.
  whereToLook: { fact: 'platforms.telegram.whereToLook' },
  api: { live: 'https://api.telegram.org/bot{token}', sandbox: '/telegram/bot{token}' },
  web: { live: 'https://t.me', sandbox: '/telegram' },
  webAliases: ['telegram.me', 'telegram.dog'],
  credential: 'in_address',
  auth: {
    kind: 'fields',
    fields: [
      {
        id: 'token',
        kind: 'secret',
        label: { fact: 'platforms.telegram.fields.token' },
        help: { fact: 'platforms.telegram.fields.tokenHelp' },
        pattern: /[1-9]\d{0,15}:[\w-]{20,64}/,
        maxLength: 80,
        example: '123456789:AAE…',
      },
      {
        id: 'channel',
        kind: 'text',
        label: { fact: 'platforms.telegram.fields.channel' },
        help: { fact: 'platforms.telegram.fields.channelHelp' },
        pattern:
          /-100\d{1,13}|(?:(?:https?:\/\/)?(?:t|telegram)\.me\/)(?:c\/\d{1,13}|[a-z]\w{3,31})(?:\/\d{1,10})?|@?[a-z]\w{3,31}/i,
        maxLength: 80,
        example: '@my_channel',
      },
    ],
    ending: 'by_hand',
    appsPage: {
      address: { live: 'https://t.me/BotFather', sandbox: '/telegram/botfather' },
      where: { fact: 'platforms.telegram.appsPage' },
    },
  },
  nothingToConnect: {
    title: { fact: 'platforms.telegram.nothingToConnect.title' },
    words: { fact: 'platforms.telegram.nothingToConnect.words' },
    label: { fact: 'platforms.telegram.nothingToConnect.label' },
    address: { live: 'https://telegram.org/faq_channels', sandbox: '/telegram' },
  },
  docs: [
    'https://core.telegram.org/bots/api',
    'https://core.telegram.org/bots/faq',
    'https://github.com/tdlib/telegram-bot-api',
  ],
} as const satisfies AvailableManifest;
