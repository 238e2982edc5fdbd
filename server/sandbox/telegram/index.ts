import { deliverWebhooks } from '../cores/webhooks';
import { type Api, op } from '../shell/api';
import type { StandIn } from '../stand-in';
import { telegramAccounts } from './accounts';
import { getChat, getChatMember, getMe } from './chats';
import { telegramActions, telegramSection } from './control';
import { deleteMessage, sendFile, sendMediaGroup, sendMessage } from './messages';
import { deleteWebhook, getWebhookInfo, setWebhook } from './updates';
import { telegramVendor } from './vendor';

const METHODS = {
  getMe,
  getChat,
  getChatMember,
  sendMessage,
  sendPhoto: sendFile('photo'),
  sendAnimation: sendFile('animation'),
  sendVideo: sendFile('video'),
  sendDocument: sendFile('document'),
  sendMediaGroup,
  deleteMessage,
  setWebhook,
  deleteWebhook,
  getWebhookInfo,
};

const botApi: Api = {
  credential: { in: 'path', param: 'token', prefix: 'bot' },
  rate: [{ name: 'bot', limit: 30, windowSeconds: 1 }],
  operations: Object.entries(METHODS).map(([name, handle]) =>
    op(name, `GET|POST /:token{bot[^/]+}/${name}`, handle),
  ),
};

/** The stand-in for Telegram: the Bot API, and the pages of channels on t.me. */
export const telegram: StandIn = {
  id: 'telegram',
  name: 'Telegram',
  vendor: telegramVendor,
  accounts: telegramAccounts,
  keys: {
    noun: 'bot token',
    path: '/botfather',
    kind: 'person',
    make: (bot, random) => `${bot.id}:${random.slice(0, 35)}`,
  },
  apis: [botApi],
  feed: {
    accounts: { channel: '/:handle' },
    post: '/:id',
    handles: true,
    numbers: { reactions: 'likes', views: 'impressions' },
  },
  // The addresses of posts in a private channel.
  aliases: { '/c/:handle/:id': ({ handle, id }) => `/${handle}/${id}` },
  control: { section: telegramSection, actions: telegramActions },
  later: (world) => deliverWebhooks(world, 'telegram'),
};
