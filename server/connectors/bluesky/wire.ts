import { z } from 'zod';
import { op } from '../kit/op';
import { tally, wire } from '../kit/wire';

/** The methods of the AT protocol, by their lexicons: https://github.com/bluesky-social/atproto/tree/main/lexicons */

const did = z
  .string()
  .regex(/^did:[a-z]+:[\w.:%-]+$/)
  .max(2048);
const uri = z.string().startsWith('at://').max(8192);
const ref = wire({ uri, cid: z.string().min(1) });
export type Ref = z.output<typeof ref>;

/** The servers and other services of an account, as far as they are known. */
const didDoc = wire({
  service: z.array(
    wire({ id: z.string().optional(), type: z.string().optional(), serviceEndpoint: z.unknown().optional() }),
  ),
})
  .nullish()
  .catch(null);
const account = wire({ did, handle: z.string().min(1).max(253), didDoc });
export type Account = z.output<typeof account>;
const session = wire({ accessJwt: z.string().min(1), refreshJwt: z.string().min(1) });
export type Session = z.output<typeof session>;

export const createSession = op(
  'com.atproto.server.createSession',
  'POST',
  '/com.atproto.server.createSession',
  'idempotent',
  session,
);
export const refreshSession = op(
  'com.atproto.server.refreshSession',
  'POST',
  '/com.atproto.server.refreshSession',
  'idempotent',
  session,
);
export const getSession = op(
  'com.atproto.server.getSession',
  'GET',
  '/com.atproto.server.getSession',
  'read',
  account,
);
export const resolveHandle = op(
  'com.atproto.identity.resolveHandle',
  'GET',
  '/com.atproto.identity.resolveHandle',
  'read',
  wire({ did }),
);

/** A file on the server. A record has to refer to it exactly as the server described it. */
const blob = z.looseObject({ $type: z.literal('blob') });
export type Blob = z.output<typeof blob>;
export const uploadBlob = op(
  'com.atproto.repo.uploadBlob',
  'POST',
  '/com.atproto.repo.uploadBlob',
  'idempotent',
  wire({ blob }),
);

export const createRecord = op(
  'com.atproto.repo.createRecord',
  'POST',
  '/com.atproto.repo.createRecord',
  'effect',
  ref,
);
/** `cid` and `reply` are missing from records that were not written as posts. */
const record = wire({
  uri,
  cid: z.string().min(1).optional(),
  value: wire({ reply: wire({ root: ref }).nullish().catch(null) }),
});
export const getRecord = op(
  'com.atproto.repo.getRecord',
  'GET',
  '/com.atproto.repo.getRecord',
  'read',
  record,
);
export const deleteRecord = op(
  'com.atproto.repo.deleteRecord',
  'POST',
  '/com.atproto.repo.deleteRecord',
  'idempotent',
  // Without a commit, there was no such record. Earlier servers returned nothing at all.
  wire({ commit: z.unknown().optional() }).optional(),
);

export const getPosts = op(
  'app.bsky.feed.getPosts',
  'GET',
  '/app.bsky.feed.getPosts',
  'read',
  wire({ posts: z.array(wire({ uri, likeCount: tally, replyCount: tally, repostCount: tally })) }),
);

/** https://atproto.com/specs/xrpc#error-responses */
export const failure = wire({ error: z.string(), message: z.string().optional().catch(undefined) });
