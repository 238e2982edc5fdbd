import { type ConnectorIo, defineConnector } from '../kit/connector';
import { goneAt } from '../kit/engagement';
import { concludeLookup, lookupWords } from '../kit/lookup';
import { readPages } from '../kit/paging';
import { removal, unlessGone } from '../kit/refusals';
import { composeWith } from '../kit/text';
import { type Engagement, isConnectorFault, type Published } from '../kit/types';
import { isBadRequest } from '../kit/upload-steps';
import { readAddress } from './address';
import { readFault } from './faults';
import { ownLimitsOf } from './instance';
import { readLimits } from './limits';
import { mastodonManifest } from './manifest';
import { engagementOf, judgeStatus, statusOf } from './transform';
import { uploadStep } from './upload';
import {
  createApp,
  createStatus,
  deleteStatus,
  getAccountStatuses,
  getInstance,
  getMe,
  getStatus,
  getStatuses,
  type Made,
  reblog,
  type Status,
} from './wire';

/** At forty posts per page, more than anyone publishes between an attempt and its look-up. */
const MAX_PAGES = 8;
const platform = mastodonManifest.name;

export const mastodon = defineConnector(mastodonManifest, {
  hooks: {
    readAddress,
    readFault,
    readLimits,
    async register(io, { redirectUri, scopes }) {
      const register = (redirect_uris: string | string[]) =>
        createApp(io, { json: { client_name: 'Tributary', redirect_uris, scopes: scopes.join(' ') } });
      // Servers before 4.3 take one address only, as a text.
      const app = await register([redirectUri]).catch((error: unknown) => {
        if (!isBadRequest(error)) throw error;
        return register(redirectUri);
      });
      return { clientId: app.client_id, clientSecret: app.client_secret };
    },
    limits: async (io) => {
      try {
        return ownLimitsOf((await getInstance(io)).configuration);
      } catch (error) {
        // Servers before 4.0, and some others that speak Mastodon's API, do not have it.
        if (isConnectorFault(error) && error.options.status === 404) return null;
        throw error;
      }
    },
    async identify(io) {
      const { id, username, display_name: shown } = await getMe(io);
      const handle = `@${username}@${new URL(io.account.server ?? io.web).host}`;
      const name = shown.trim() === '' ? handle : `${shown} (${handle})`;
      return [{ remoteId: id, remote: { username }, name, url: `${io.web}/@${username}` }];
    },
  },
  functions: {
    async publish(io, input) {
      if (input.repostOf !== undefined) {
        const { id, reblog: original } = await reblog(io, { path: { id: input.repostOf } });
        return { ...published(io, original), remoteId: id };
      }
      const text = composeWith(mastodonManifest.post.text, input.text, input.link);
      return published(
        io,
        await createStatus(io, {
          json: statusOf(text, input),
          headers: { 'idempotency-key': input.idempotencyKey },
        }),
      );
    },

    async lookup(io, input) {
      const sent = composeWith(mastodonManifest.post.text, input.text, input.link);
      const read = await readPages<Status, string>(
        '',
        async (before) => {
          const page = await getAccountStatuses(io, {
            path: { id: io.account.remoteId },
            query: { limit: 40, exclude_reblogs: true, max_id: before === '' ? undefined : before },
          });
          const items = page.filter((status) => status.created_at >= input.since);
          // A page may be short because the server left posts out, so only an empty one is the last.
          const last = page.at(-1);
          return { items, next: last && items.length === page.length ? last.id : null };
        },
        MAX_PAGES,
      );
      return concludeLookup(read, {
        exclude: input.exclude,
        words: lookupWords(platform),
        published: (status) => published(io, status),
        judge: (status) => judgeStatus(status, input, sent),
      });
    },

    upload: uploadStep,

    remove: (io, { remoteId: id }) => removal(async () => Boolean(await deleteStatus(io, { path: { id } }))),

    async engagement(io, { remoteIds }) {
      const listed = await listedOf(io, remoteIds);
      const missing = remoteIds.filter((id) => !listed.some((one) => one.remoteId === id));
      for (const id of missing) listed.push(await oneOf(io, id));
      return listed;
    },
  },
});

/** Returns the posts that the server shows in one request: none if it is older than 4.3. It leaves out those that are gone. */
async function listedOf(io: ConnectorIo, ids: readonly string[]): Promise<Engagement[]> {
  try {
    const statuses = await getStatuses(io, { query: { 'id[]': ids } });
    return statuses.map(engagementOf).filter(({ remoteId }) => ids.includes(remoteId));
  } catch (error) {
    if (isConnectorFault(error) && error.options.status === 404) return [];
    throw error;
  }
}

/** Returns one post, which is gone only if the server itself says so. */
const oneOf = (io: ConnectorIo, id: string): Promise<Engagement> =>
  unlessGone(async () => engagementOf(await getStatus(io, { path: { id } })), goneAt(id));

/** The server names the address of a post. One that leads elsewhere is replaced by Mastodon's usual one. */
function published(io: ConnectorIo, { id, url }: Made): Published {
  const permalink =
    url && URL.canParse(url) && new URL(url).origin === new URL(io.web).origin
      ? url
      : `${io.web}/@${io.account.remote.username ?? ''}/${id}`;
  return { remoteId: id, permalink };
}
