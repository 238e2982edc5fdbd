import { fact } from '@/server/foundation/facts';
import { type ConnectorIo, defineConnector, type RemoteIdentity } from '../kit/connector';
import { readByOwnIds, readHalving, unlessAllGone } from '../kit/engagement';
import { concludeLookup, lookupWords } from '../kit/lookup';
import { allOf } from '../kit/paging';
import { composeFollowing } from '../kit/parts';
import { nothingUsable, refusedAlone, removal } from '../kit/refusals';
import { composeWith } from '../kit/text';
import type { Engagement, LookupInput, LookupOutput, Published, PublishInput } from '../kit/types';
import { appToken } from '../meta/app-webhooks';
import { isGone } from '../meta/graph-codes';
import { readList } from '../meta/lists';
import { usageLimits } from '../meta/usage-headers';
import { readAddress } from './address';
import { readFault } from './faults';
import { facebookManifest } from './manifest';
import { exchange } from './sign-in';
import { engagementOf, hasOurPhotos, matchPost, matchText } from './transform';
import { uploadStep } from './upload';
import { lookUpVideo, postOf, publishVideo } from './videos';
import { webhooks } from './webhooks';
import {
  createComment,
  createPost,
  deleteObject,
  endAccess,
  getObject,
  getResults,
  listComments,
  listPages,
  listPosts,
  type Post,
} from './wire';

const platform = facebookManifest.name;
/** Pages of a list of accounts: 20,000 of them, far more than anyone manages. */
const MAX_ACCOUNT_PAGES = 200;

export const facebook = defineConnector(facebookManifest, {
  hooks: {
    readAddress,
    readLimits: usageLimits,
    readFault,
    exchange,
    webhooks,
    // A Page's token cannot request the user's list of Pages.
    async check(io) {
      const page = await getObject(io, { path: { id: io.account.remoteId }, query: { fields: 'id,name' } });
      return { name: page.name ?? '' };
    },
    person: async (io) => (await getObject(io, { path: { id: 'me' }, query: { fields: 'id' } })).id,
    endAccess: {
      appToken,
      async end(io, person) {
        await endAccess(io, { path: { id: person } });
      },
    },
    async identify(io) {
      const fields = 'id,name,access_token,tasks,link';
      const read = await readList((at) => listPages(io, { query: { fields, ...at } }), MAX_ACCOUNT_PAGES);
      const listed = allOf(read, fact('connectors.errors.listCutOff', { platform: facebookManifest.name }));
      // A Page may move to another page of the list while it is read.
      const items = [...new Map(listed.map((page) => [page.id, page])).values()];
      const usable = items.filter(
        (page) => page.access_token && (!page.tasks || page.tasks.includes('CREATE_CONTENT')),
      );
      if (usable.length === 0)
        throw items.length === 0
          ? nothingUsable('no_account', fact('platforms.facebook.errors.noPage'))
          : nothingUsable('no_permission', fact('platforms.facebook.errors.noPermissionToPost'));
      return usable.map(
        (page): RemoteIdentity => ({
          remoteId: page.id,
          name: page.name,
          url: page.link ?? `${io.web}/${page.id}`,
          remote: {},
          ...(page.access_token ? { accessToken: page.access_token } : {}),
        }),
      );
    },
  },
  functions: {
    async publish(io, input) {
      if (input.replyTo) return comment(io, input.replyTo, input);
      const [first] = input.media ?? [];
      if (first && first.kind !== 'picture') return publishVideo(io, first.remoteId, input);
      const { id } = await createPost(io, {
        path: { id: io.account.remoteId },
        json: input.media?.length
          ? {
              // A post with photos has no link field, so the link goes into the text.
              message: composeFollowing(input.text, input.link),
              attached_media: input.media.map((m) => ({ media_fbid: m.remoteId })),
              published: true,
            }
          : {
              message: composeWith(facebookManifest.post.text, input.text),
              ...(input.link ? { link: input.link } : {}),
              published: true,
            },
      });
      return { remoteId: id, permalink: await permalink(io, id) };
    },

    async lookup(io, input) {
      if (input.replyTo) return lookUpComment(io, input.replyTo, input);
      const [first] = input.media ?? [];
      if (first && first.kind !== 'picture') return lookUpVideo(io, first.remoteId);
      const photos = (input.media ?? []).map((m) => m.remoteId);
      const fields =
        'id,message,created_time,permalink_url,attachments{unshimmed_url,url,target,subattachments{target}}';
      const query = { fields, since: secondsOf(input.since) };
      const read = await readList((at) =>
        listPosts(io, { path: { id: io.account.remoteId }, query: { ...query, ...at } }),
      );
      const sent = composeWith(facebookManifest.post.text, input.text);
      return concludeLookup(read, {
        exclude: input.exclude,
        words: lookupWords(platform),
        published: (post) => publishedAt(io, post),
        judge(post) {
          if (photos.length === 0) {
            const match = matchPost(post, sent, input.link);
            return match === 'linkless' ? fact('platforms.facebook.lookup.noLink') : match;
          }
          if (hasOurPhotos(post, photos)) return 'same';
          return lacksAttachments(post, composeFollowing(input.text, input.link))
            ? fact('platforms.facebook.lookup.noPhotos')
            : 'other';
        },
      });
    },

    upload: uploadStep,

    remove: (io, { remoteId: id }) =>
      removal(async () => (await deleteObject(io, { path: { id } })).success, isGone),

    async engagement(io, { remoteIds }) {
      const read = await readByOwnIds(
        remoteIds,
        async (id) => (id.includes('_') ? id : postOf(io, id)),
        (ids) => readHalving(ids, (some) => readResults(io, some), isGone),
      );
      // "It does not exist, or you may not see it": if this applies to every post of a list, the permission is missing.
      return unlessAllGone(remoteIds, read, fact('platforms.facebook.errors.noneShown'));
    },
  },
});

async function readResults(io: ConnectorIo, ids: readonly string[]): Promise<Engagement[]> {
  const fields = 'id,reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count),shares';
  const body = await getResults(io, { query: { ids: ids.join(','), fields } });
  return ids.flatMap((id) => {
    const post = body[id];
    return post ? [engagementOf(id, post)] : [];
  });
}

/** Whether a post has our text but Facebook reports no attachments for it. */
const lacksAttachments = (post: Post, sent: string): boolean =>
  !post.attachments?.data?.length && matchText(post.message ?? '', sent) !== 'other';

/** Adds a comment as the Page itself. Comments have no link field, so the link goes into the text. */
async function comment(io: ConnectorIo, postId: string, input: PublishInput): Promise<Published> {
  const json = { message: composeFollowing(input.text, input.link) };
  const { id } = await refusedAlone(
    () => createComment(io, { path: { id: postId }, json }),
    fact('platforms.facebook.errors.noComments'),
  );
  return { remoteId: id, permalink: await permalink(io, id) };
}

async function lookUpComment(io: ConnectorIo, postId: string, input: LookupInput): Promise<LookupOutput> {
  const query = {
    fields: 'id,message,created_time,permalink_url,from{id}',
    filter: 'stream',
    order: 'reverse_chronological',
    since: secondsOf(input.since),
  };
  const read = await readList((at) => listComments(io, { path: { id: postId }, query: { ...query, ...at } }));
  const sent = composeFollowing(input.text, input.link);
  return concludeLookup(read, {
    exclude: input.exclude,
    words: {
      similar: fact('platforms.facebook.lookup.similarComment'),
      notAll: fact('platforms.facebook.lookup.notAllComments'),
    },
    published: (comment) => publishedAt(io, comment),
    judge({ message, from }) {
      if (from && from.id !== io.account.remoteId) return 'other';
      const match = matchText(message ?? '', sent);
      return match === 'same' && !from ? fact('platforms.facebook.lookup.nobodysComment') : match;
    },
  });
}

const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1000);
const publishedAt = (
  io: ConnectorIo,
  { id, permalink_url }: Pick<Post, 'id' | 'permalink_url'>,
): Published => ({
  remoteId: id,
  permalink: permalink_url ?? `${io.web}/${id}`,
});

/** Requests the permalink of a new post. It is published, so without an answer we use an address that Facebook redirects. */
async function permalink(io: ConnectorIo, id: string): Promise<string> {
  const asked = getObject(io, { path: { id }, query: { fields: 'id,permalink_url' }, timeoutMs: 5_000 });
  return (await asked.catch(() => null))?.permalink_url || `${io.web}/${id}`;
}
