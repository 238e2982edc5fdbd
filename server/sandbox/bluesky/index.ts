import { ConnectionDropped } from '../faults';
import { type Api, type Operation, op } from '../shell/api';
import type { StandIn } from '../stand-in';
import { blueskyAccounts, isServer } from './accounts';
import { blueskyVendor, rateHeaders } from './errors';
import { createRecord, deleteRecord, getPosts, getRecord, resolveHandle, uploadBlob } from './records';
import { createSession, getSession, readSession, refreshSession } from './sessions';

const FIVE_MINUTES = 300;
const HOUR = 3_600;
const DAY = 86_400;

const query = (name: string, handle: Operation['handle'], more: Partial<Operation> = {}) =>
  op(name, `GET /${name}`, handle, more);
const procedure = (name: string, handle: Operation['handle'], more: Partial<Operation> = {}) =>
  op(name, `POST /${name}`, handle, more);

/** Points that are used up by writing, three for each record: https://docs.bsky.app/docs/advanced-guides/rate-limits */
const WRITES = {
  rate: [
    { limit: 1_666, windowSeconds: HOUR },
    { name: 'repo-write-day', limit: 11_666, windowSeconds: DAY },
  ],
};

/** The methods of every server of the network. Which one is asked is the first part of the path. */
const xrpc: Api = {
  at: '/:host{[a-z0-9-]+(?:\\.[a-z0-9-]+)+(?::[0-9]+)?}/xrpc',
  credential: { in: 'own', read: readSession },
  rate: [{ limit: 3_000, windowSeconds: FIVE_MINUTES }],
  rateHeaders: ({ own }) => (own ? rateHeaders(own) : {}),
  before: (_world, c) => {
    // There is no such host.
    if (!isServer(c.req.param('host') ?? '')) throw new ConnectionDropped();
    return null;
  },
  operations: [
    procedure('com.atproto.server.createSession', createSession, {
      open: true,
      rate: [{ limit: 30, windowSeconds: FIVE_MINUTES }],
    }),
    procedure('com.atproto.server.refreshSession', refreshSession, { open: true }),
    query('com.atproto.server.getSession', getSession),
    query('com.atproto.identity.resolveHandle', resolveHandle, { open: true }),
    procedure('com.atproto.repo.uploadBlob', uploadBlob),
    procedure('com.atproto.repo.createRecord', createRecord, WRITES),
    query('com.atproto.repo.getRecord', getRecord, { open: true }),
    procedure('com.atproto.repo.deleteRecord', deleteRecord, WRITES),
    query('app.bsky.feed.getPosts', getPosts),
  ],
};

/** The stand-in for Bluesky: the servers of the AT protocol, and the app that shows what is on them. */
export const bluesky: StandIn = {
  id: 'bluesky',
  name: 'Bluesky',
  vendor: blueskyVendor,
  accounts: blueskyAccounts,
  keys: {
    noun: 'app password',
    path: '/settings/app-passwords',
    kind: 'person',
    make: (_account, random) =>
      (
        random
          .toLowerCase()
          .replace(/[^a-z2-7]/g, 'q')
          .match(/.{4}/g) ?? []
      )
        .slice(0, 4)
        .join('-'),
  },
  feed: {
    accounts: { person: '/profile/:handle' },
    post: '/post/:id',
    handles: true,
    numbers: { replies: 'replies', reposts: 'reposts', likes: 'likes' },
  },
  apis: [xrpc],
};
