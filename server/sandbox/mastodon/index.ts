import { type Api, closestLimit, op, type RateRule } from '../shell/api';
import type { StandIn } from '../stand-in';
import { mastodonAccounts } from './accounts';
import { createApp, mastodonSignIn } from './auth';
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
const rate: readonly RateRule[] = [EVERY, { limit: 30, windowSeconds: 1800 }];
const READ = { scopes: ['read:statuses'] };
const WRITE = { scopes: ['write:statuses'] };
const MEDIA = { scopes: ['write:media'] };

const api: Api = {
  at: '/api',
  credential: { in: 'bearer' },
  rate: [EVERY],
  rateHeaders: closestLimit(rateHeaders),
  operations: [
    op('createApp', 'POST /v1/apps', createApp, { open: true, rate: [] }),
    op('getInstanceV2', 'GET /v2/instance', getInstanceV2, { open: true, rate: [] }),
    op('getAccountsVerifyCredentials', 'GET /v1/accounts/verify_credentials', verifyCredentials, {
      scopes: ['read:accounts'],
    }),
    op('getAccountStatuses', 'GET /v1/accounts/:id/statuses', getAccountStatuses, READ),
    op('createStatus', 'POST /v1/statuses', createStatus, WRITE),
    op('getStatuses', 'GET /v1/statuses', getStatuses, READ),
    op('getStatus', 'GET /v1/statuses/:id', getStatus, READ),
    op('deleteStatus', 'DELETE /v1/statuses/:id', deleteStatus, { ...WRITE, rate }),
    op('postStatusReblog', 'POST /v1/statuses/:id/reblog', reblog, WRITE),
    op('createMediaV2', 'POST /v2/media', createMedia, { ...MEDIA, rate }),
    op('getMedia', 'GET /v1/media/:id', getMedia, MEDIA),
  ],
};

/** The stand-in for Mastodon, on every server that somebody names. */
export const mastodon: StandIn = {
  id: 'mastodon',
  name: 'Mastodon',
  servers: true,
  vendor: mastodonVendor,
  signIn: mastodonSignIn,
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
  feed: {
    accounts: { person: '/users/:handle' },
    post: '/statuses/:id',
    handles: true,
    numbers: { replies: 'replies', reblogs: 'reposts', favourites: 'likes' },
  },
  control: { section: mastodonSection, actions: mastodonActions },
  apis: [api],
  // The addresses that people see.
  aliases: {
    '/:name{@[^/]+}/:id?': ({ name = '', id }) =>
      `/users/${encodeURIComponent(name.slice(1))}${id === undefined ? '' : `/statuses/${encodeURIComponent(id)}`}`,
  },
};
