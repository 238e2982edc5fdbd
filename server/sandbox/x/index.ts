import { postLine } from '../people-pages';
import type { StandIn } from '../stand-in';
import { xAccounts } from './accounts';
import { X_SCOPES, xRules, xToken } from './auth';
import { xVendor } from './errors';
import { X_DUPLICATES } from './posts';
import { xApi, xOpenApi } from './routes';

/** The stand-in for X: API v2 with its OAuth 2.0. */
export const x: StandIn = {
  id: 'x',
  name: 'X',
  vendor: xVendor,
  signIn: {
    rules: xRules,
    separator: ' ',
    scopes: X_SCOPES,
    describe: (a) => `@${a.handle} · ${a.followers.toLocaleString('en-US')} followers`,
    paths: {
      authorize: '/i/oauth2/authorize',
      token: '/2/oauth2/token',
      apps: '/settings/connected_apps',
    },
    token: xToken,
    client: 'basic',
  },
  accounts: xAccounts,
  switches: [
    {
      key: X_DUPLICATES,
      initial: true,
      button: { on: 'Let X take the same text twice', off: 'Let X refuse the same text' },
    },
  ],
  listed: {
    title: 'X',
    kind: 'person',
    link: (a) => `/${a.handle}`,
    line: (a, made) => `@${a.handle} · ${postLine(a, made)}`,
  },
  feed: {
    kind: 'person',
    paths: { account: '/:handle', post: '/:handle/status/:id' },
    accountPath: (a) => `/${a.handle}`,
    postPath: (a, post) => `/${a.handle}/status/${post.id}`,
    handles: true,
    words: { reply: 'Reply', under: 'Thread' },
    numbers: (r) => [
      ['replies', r.replies],
      ['reposts', r.reposts],
      ['likes', r.likes],
      ['views', r.impressions],
    ],
  },
  apis: [xOpenApi, xApi],
};
