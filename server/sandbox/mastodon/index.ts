import { postLine } from '../people-pages';
import type { Api, RateRule } from '../shell/api';
import { baseOf } from '../shell/servers';
import type { StandIn } from '../stand-in';
import { mastodonAccounts } from './accounts';
import { createApp, MASTODON_SCOPES, mastodonRules, mastodonToken, revoke } from './auth';
import { mastodonActions, mastodonSection } from './control';
import { mastodonVendor, rateHeaders } from './errors';
import { getInstanceV2, OLDER } from './instance';
import { createMedia, getMedia } from './media';
import {
  createStatus,
  deleteStatus,
  getAccountStatuses,
  getStatus,
  getStatuses,
  reblog,
  verifyCredentials,
} from './statuses';

const EVERY: RateRule = { name: 'api', limit: 300, windowSeconds: 300 };
/** Uploads and deletions have a limit of their own besides the general one. */
const RARE: readonly RateRule[] = [EVERY, { limit: 30, windowSeconds: 1800 }];
const READ = ['read:statuses'];
const WRITE = ['write:statuses'];
const MEDIA = ['write:media'];

/** Registering an app and revoking a token, which need no token. */
const open: Api = {
  credential: [],
  rate: [],
  operations: [
    { operation: 'createApp', method: 'POST', path: '/api/v1/apps', open: true, handle: createApp },
    {
      operation: 'getInstanceV2',
      method: 'GET',
      path: '/api/v2/instance',
      open: true,
      handle: getInstanceV2,
    },
    { operation: 'postOauthRevoke', method: 'POST', path: '/oauth/revoke', open: true, handle: revoke },
  ],
};

const api: Api = {
  at: '/api',
  credential: { in: 'bearer' },
  rate: [EVERY],
  rateHeaders: (states) => {
    const [closest] = Object.values(states).sort((a, b) => a.remaining - b.remaining);
    return closest ? rateHeaders(closest) : {};
  },
  operations: [
    {
      operation: 'getAccountsVerifyCredentials',
      method: 'GET',
      path: '/v1/accounts/verify_credentials',
      scopes: ['read:accounts'],
      handle: verifyCredentials,
    },
    {
      operation: 'getAccountStatuses',
      method: 'GET',
      path: '/v1/accounts/:id/statuses',
      scopes: READ,
      handle: getAccountStatuses,
    },
    { operation: 'createStatus', method: 'POST', path: '/v1/statuses', scopes: WRITE, handle: createStatus },
    { operation: 'getStatuses', method: 'GET', path: '/v1/statuses', scopes: READ, handle: getStatuses },
    { operation: 'getStatus', method: 'GET', path: '/v1/statuses/:id', scopes: READ, handle: getStatus },
    {
      operation: 'deleteStatus',
      method: 'DELETE',
      path: '/v1/statuses/:id',
      scopes: WRITE,
      rate: RARE,
      handle: deleteStatus,
    },
    {
      operation: 'postStatusReblog',
      method: 'POST',
      path: '/v1/statuses/:id/reblog',
      scopes: WRITE,
      handle: reblog,
    },
    {
      operation: 'createMediaV2',
      method: 'POST',
      path: '/v2/media',
      scopes: MEDIA,
      rate: RARE,
      handle: createMedia,
    },
    { operation: 'getMedia', method: 'GET', path: '/v1/media/:id', scopes: MEDIA, handle: getMedia },
  ],
};

/** The stand-in for Mastodon, on every server that somebody names. */
export const mastodon: StandIn = {
  id: 'mastodon',
  name: 'Mastodon',
  servers: true,
  vendor: mastodonVendor,
  signIn: {
    rules: mastodonRules,
    separator: ' ',
    scopes: MASTODON_SCOPES,
    describe: (a) => `@${a.handle} · ${a.followers.toLocaleString('en-US')} followers`,
    paths: {
      authorize: '/oauth/authorize',
      token: '/oauth/token',
      apps: '/oauth/authorized_applications',
    },
    token: mastodonToken,
    client: 'form',
  },
  accounts: mastodonAccounts,
  switches: [
    {
      key: OLDER,
      initial: false,
      button: { on: 'Make the servers as new as they are', off: 'Make the servers older than 4.0' },
      state: {
        on: 'The servers list no posts by their ids and do not report their limits.',
        off: 'The servers have the current version.',
      },
    },
  ],
  listed: {
    title: 'Mastodon',
    kind: 'person',
    link: (a) => `/users/${a.handle}`,
    line: (a, made) => `@${a.handle} · ${postLine(a, made)}`,
  },
  feed: {
    kind: 'person',
    paths: { account: '/users/:handle', post: '/users/:handle/statuses/:id' },
    accountPath: (a) => `/users/${a.handle}`,
    postPath: (a, post) => `/users/${a.handle}/statuses/${post.id}`,
    handles: true,
    words: { reply: 'Reply', under: 'Thread' },
    numbers: (r) => [
      ['replies', r.replies],
      ['reblogs', r.reposts],
      ['favourites', r.likes],
    ],
  },
  control: { section: mastodonSection, actions: mastodonActions },
  apis: [open, api],
  // The addresses that people see lead to those of the same pages above.
  pages: (app, world) => {
    app.get(`${baseOf(mastodon)}/:name{@[^/]+}/:id?`, (c) => {
      const { name = '', id } = c.req.param() as { name?: string; id?: string };
      const account = `${world.base}/${c.get('realm')}/users/${encodeURIComponent(name.slice(1))}`;
      return c.redirect(id === undefined ? account : `${account}/statuses/${encodeURIComponent(id)}`);
    });
  },
};
