import { z } from 'zod';
import { op } from '../kit/op';
import { tally, wire } from '../kit/wire';

/** The methods of the AT protocol, by their lexicons: https://github.com/bluesky-social/atproto/tree/main/lexicons */

/** A method's name is its path. */
const query = <T>(operation: string, schema: z.ZodType<T>) => op.get(operation, `/${operation}`, schema);
/** A procedure that may be repeated. */
const procedure = <T>(operation: string, schema: z.ZodType<T>) =>
  op.again(operation, `/${operation}`, schema);

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

export const createSession = procedure('com.atproto.server.createSession', session);
export const refreshSession = procedure('com.atproto.server.refreshSession', session);
export const getSession = query('com.atproto.server.getSession', account);
export const resolveHandle = query('com.atproto.identity.resolveHandle', wire({ did }));

/** A file on the server. A record has to refer to it exactly as the server described it. */
const blob = z.looseObject({ $type: z.literal('blob') });
export type Blob = z.output<typeof blob>;
export const uploadBlob = procedure('com.atproto.repo.uploadBlob', wire({ blob }));

export const createRecord = op.post('com.atproto.repo.createRecord', '/com.atproto.repo.createRecord', ref);
/** `cid` and `reply` are missing from records that were not written as posts. */
const record = wire({
  uri,
  cid: z.string().min(1).optional(),
  value: wire({ reply: wire({ root: ref }).nullish().catch(null) }),
});
export const getRecord = query('com.atproto.repo.getRecord', record);
export const deleteRecord = procedure(
  'com.atproto.repo.deleteRecord', // Without a commit, there was no such record. Earlier servers returned nothing at all.
  wire({ commit: z.unknown().optional() }).optional(),
);

export const getPosts = query(
  'app.bsky.feed.getPosts',
  wire({ posts: z.array(wire({ uri, likeCount: tally, replyCount: tally, repostCount: tally })) }),
);

/** https://atproto.com/specs/xrpc#error-responses */
export const failure = wire({ error: z.string(), message: z.string().optional().catch(undefined) });
