import { deliverWebhooks } from '../cores/webhooks';
import { postLine } from '../people-pages';
import type { Api } from '../shell/api';
import type { Account, StandIn } from '../stand-in';
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
  operations: Object.entries(METHODS).map(([operation, handle]) => ({
    operation,
    method: ['GET', 'POST'],
    path: `/:token{bot[^/]+}/${operation}`,
    handle,
  })),
};

const path = (channel: Account) => `/${channel.handle}`;

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
  listed: {
    title: 'Telegram',
    kind: 'channel',
    link: path,
    line: (a, made) => `@${a.handle} · ${postLine(a, made)}`,
  },
  feed: {
    kind: 'channel',
    paths: { account: '/:handle', post: '/:handle/:id' },
    accountPath: path,
    postPath: (a, post) => `${path(a)}/${post.id}`,
    handles: true,
    words: { reply: 'Reply', under: 'Replies' },
    numbers: (r) => [
      ['reactions', r.likes],
      ['views', r.impressions],
    ],
  },
  // The addresses of posts in a private channel.
  pages: (app, world) =>
    void app.get('/telegram/c/:handle/:id', (c) =>
      c.redirect(`${world.base}/telegram/${c.req.param('handle')}/${c.req.param('id')}`),
    ),
  control: { section: telegramSection, actions: telegramActions },
  later: (world) => deliverWebhooks(world, 'telegram'),
};
