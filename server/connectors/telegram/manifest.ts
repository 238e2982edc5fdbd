import { defineManifest } from '../kit/define-manifest';
import { telegramFace } from './face';
import { telegramOptions } from './options';

export const telegramManifest = defineManifest(telegramFace, {
  options: telegramOptions,
  // Short enough for a caption.
  drafting: { aim: { from: 100, to: 800 }, hashtags: 2 },
  // Bots cannot read what a channel contains.
  whereToLook: true,
  api: 'https://api.telegram.org/bot{token}',
  web: 'https://t.me',
  webAliases: ['telegram.me', 'telegram.dog'],
  credential: 'in_address',
  auth: {
    kind: 'fields',
    fields: [
      {
        id: 'token',
        kind: 'secret',
        pattern: /[1-9]\d{0,15}:[\w-]{20,64}/,
        maxLength: 80,
        example: '123456789:AAE…',
      },
      {
        id: 'channel',
        kind: 'text',
        pattern:
          /-100\d{1,13}|(?:(?:https?:\/\/)?(?:t|telegram)\.me\/)(?:c\/\d{1,13}|[a-z]\w{3,31})(?:\/\d{1,10})?|@?[a-z]\w{3,31}/i,
        maxLength: 80,
        example: '@my_channel',
      },
    ],
    ending: 'by_hand',
    appsPage: { live: 'https://t.me/BotFather', sandbox: '/telegram/botfather' },
  },
  webhooks: { per: 'grant', proof: { header: 'x-telegram-bot-api-secret-token' }, topics: ['access'] },
  nothingToConnect: { live: 'https://telegram.org/faq_channels', sandbox: '/telegram' },
  docs: [
    'https://core.telegram.org/bots/api',
    'https://core.telegram.org/bots/faq',
    'https://github.com/tdlib/telegram-bot-api',
  ],
});
