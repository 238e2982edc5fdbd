import { fact } from '@/server/foundation/facts';
import { type ConnectorIo, defineConnector, type IssuedSecrets } from '../kit/connector';
import { counted, goneAt } from '../kit/engagement';
import type { FileMedia } from '../kit/post-media';
import { unlessGone } from '../kit/refusals';
import { requestTimeoutMs } from '../kit/sending';
import { composeWith } from '../kit/text';
import { ConnectorFault, isConnectorFault, type Published, type PublishInput } from '../kit/types';
import { readAddress } from './address';
import { mentionedIn, richText } from './facets';
import { readFault } from './faults';
import { blueskyManifest } from './manifest';
import { POST, postRecord, REPOST, readToken, recordAt, recordKey, serverOf } from './transform';
import {
  createRecord,
  createSession,
  deleteRecord,
  getPosts,
  getRecord,
  getSession,
  type Ref,
  refreshSession,
  resolveHandle,
  type Session,
  uploadBlob,
} from './wire';

/** The scope of a session that was opened with the account's own password. */
const FULL_ACCESS = 'com.atproto.access';
/** Which service answers for the whole network: https://docs.bsky.app/docs/advanced-guides/api-directory */
const NETWORK = { 'atproto-proxy': 'did:web:api.bsky.app#bsky_appview' };

export const bluesky = defineConnector(blueskyManifest, {
  hooks: {
    readAddress,
    readFault,
    home: ({ remote }) => remote.server ?? null,
    async open(io, { handle = '', password = '' }) {
      const identifier = handle.replace(/^@/, '').toLowerCase();
      const session = await createSession(io, { json: { identifier, password } });
      if (readToken(session.accessJwt).scope === FULL_ACCESS)
        throw new ConnectorFault('reauth', fact('platforms.bluesky.errors.mainPassword'), {
          vendorCode: 'main_password',
        });
      return issued(session);
    },
    async renew(io, { refreshToken }) {
      return issued(await refreshSession(io, { headers: { authorization: `Bearer ${refreshToken}` } }));
    },
    async identify(io) {
      const account = await getSession(io);
      const server = serverOf(account);
      const { did, handle } = account;
      return [
        {
          remoteId: did,
          remote: { handle, ...(server && server !== io.account.server ? { server } : {}) },
          name: `@${handle}`,
          url: `${io.web}/profile/${handle}`,
        },
      ];
    },
  },
  functions: {
    async publish(io, input) {
      const rkey = recordKey(input.idempotencyKey);
      const [collection, record] =
        input.repostOf === undefined
          ? [POST, await postOf(io, input)]
          : [REPOST, await repostOf(io, input.repostOf)];
      return published(io, await createOnce(io, collection, rkey, record), input.repostOf);
    },

    async lookup(io, { keys = [] }) {
      if (keys.length === 0) return { found: 'unclear', why: fact('platforms.bluesky.errors.noKey') };
      for (const key of keys) {
        const there = await find(io, POST, recordKey(key));
        if (there) return { found: 'yes', post: published(io, there.uri) };
      }
      return { found: 'absent' };
    },

    async remove(io, { remoteId }) {
      const at = recordAt(remoteId);
      // Another account's record, which this account cannot have published.
      if (at?.did !== io.account.remoteId) return { removed: false };
      const { collection, rkey } = at;
      const answer = await deleteRecord(io, { json: { repo: at.did, collection, rkey } });
      return { removed: answer?.commit != null };
    },

    async engagement(io, { remoteIds }) {
      const uris = remoteIds.filter((id) => recordAt(id)?.collection === POST);
      if (uris.length === 0) return [];
      const { posts } = await getPosts(io, { query: { uris }, headers: NETWORK });
      const numbers = posts
        .filter(({ uri }) => uris.includes(uri))
        .map(({ uri, likeCount: likes, replyCount: replies, repostCount: reposts }) =>
          counted(uri, { likes, replies, reposts }),
        );
      // The network may only be late with a post, so its own server says whether it is gone.
      const gone: string[] = [];
      for (const uri of uris) {
        const at = recordAt(uri);
        if (!at || at.did !== io.account.remoteId || posts.some((post) => post.uri === uri)) continue;
        if (!(await find(io, POST, at.rkey))) gone.push(uri);
      }
      return [...numbers, ...gone.map(goneAt)];
    },
  },
});

const issued = ({ accessJwt, refreshJwt }: Session): IssuedSecrets => ({
  accessToken: accessJwt,
  refreshToken: refreshJwt,
  accessExpiresAt: readToken(accessJwt).expiresAt,
  refreshExpiresAt: readToken(refreshJwt).expiresAt,
});

const published = (io: ConnectorIo, uri: string, shown = uri): Published => {
  const at = recordAt(shown);
  const { remoteId, remote } = io.account;
  return { remoteId: uri, permalink: `${io.web}/profile/${remote.handle ?? remoteId}/post/${at?.rkey}` };
};

/** Returns a record of the account, or null if its server says that there is none. */
const find = (io: ConnectorIo, collection: string, rkey: string) =>
  unlessGone(() => getRecord(io, { query: { repo: io.account.remoteId, collection, rkey } }), null);

/**
 * Creates a record under a key of ours. A server creates no second record under the same key: it answers with an error, often the one for its
 * own failures (https://github.com/bluesky-social/atproto/issues/3718), so after an error the record is looked for.
 */
async function createOnce(
  io: ConnectorIo,
  collection: string,
  rkey: string,
  record: object,
): Promise<string> {
  try {
    return (await createRecord(io, { json: { repo: io.account.remoteId, collection, rkey, record } })).uri;
  } catch (error) {
    if (!isConnectorFault(error) || error.options.status === undefined) throw error;
    if (error.kind !== 'unknown_outcome' && error.kind !== 'rejected') throw error;
    const there = await find(io, collection, rkey).catch(() => null);
    if (!there) throw error;
    return there.uri;
  }
}

async function postOf(io: ConnectorIo, input: PublishInput<FileMedia>) {
  const written = composeWith(blueskyManifest.post.text, input.text, input.link).normalize('NFC');
  const reply = input.replyTo === undefined ? null : await replyTo(io, input.replyTo);
  const dids = new Map<string, string>();
  for (const handle of mentionedIn(written)) {
    const did = await didOf(io, handle);
    if (did) dids.set(handle, did);
  }
  const images = [];
  for (const media of input.media ?? []) {
    const timeoutMs = requestTimeoutMs(media.bytes);
    images.push({ media, blob: (await uploadBlob(io, { file: media, timeoutMs })).blob });
  }
  const { text, facets } = richText(written, dids);
  return postRecord({
    text,
    facets,
    link: input.link,
    images,
    reply,
    options: input.options ?? {},
    now: io.now(),
  });
}

const repostOf = async (io: ConnectorIo, uri: string) => ({
  $type: REPOST,
  subject: (await refOf(io, uri)).ref,
  createdAt: io.now().toISOString(),
});

/** Returns a post of the account with what identifies its present content. Throws `rejected` if it does not exist. */
async function refOf(io: ConnectorIo, uri: string): Promise<{ ref: Ref; root: Ref | undefined }> {
  const at = recordAt(uri);
  const there = at?.did === io.account.remoteId ? await find(io, at.collection, at.rkey) : null;
  if (!there?.cid)
    throw new ConnectorFault('rejected', fact('platforms.bluesky.errors.noParent'), {
      vendorCode: 'no_parent',
    });
  return { ref: { uri: there.uri, cid: there.cid }, root: there.value.reply?.root };
}

async function replyTo(io: ConnectorIo, uri: string): Promise<{ root: Ref; parent: Ref }> {
  const { ref, root } = await refOf(io, uri);
  return { root: root ?? ref, parent: ref };
}

/** Returns the account that has a handle, or null if nobody has it. */
async function didOf(io: ConnectorIo, handle: string): Promise<string | null> {
  try {
    return (await resolveHandle(io, { query: { handle } })).did;
  } catch (error) {
    if (isConnectorFault(error) && error.kind === 'rejected') return null;
    throw error;
  }
}
