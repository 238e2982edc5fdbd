import { fact } from '@/server/foundation/facts';
import { type ConnectorIo, defineConnector, type RemoteIdentity } from '../kit/connector';
import { goneAt, readHalving } from '../kit/engagement';
import { concludeLookup, lookupWords } from '../kit/lookup';
import { allOf } from '../kit/paging';
import { composeFollowing } from '../kit/parts';
import { composeWith } from '../kit/text';
import {
  ConnectorFault,
  type Engagement,
  isConnectorFault,
  type LookupInput,
  type LookupOutput,
  type Published,
  type PublishInput,
} from '../kit/types';
import { readList } from '../meta/lists';
import { usageLimits } from '../meta/usage-headers';
import { readAddress } from './address';
import { readFault } from './faults';
import { facebookManifest } from './manifest';
import { exchange } from './sign-in';
import { engagementOf, hasOurPhotos, isForbidden, isGone, matchPost, matchText } from './transform';
import { uploadStep } from './upload';
import { lookUpVideo, postOf, publishVideo } from './videos';
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
    // A Page's token cannot request the user's list of Pages.
    async check(io) {
      const page = await getObject(io, { path: { id: io.account.remoteId }, query: { fields: 'id,name' } });
      return { name: page.name ?? '' };
    },
    person: async (io) => (await getObject(io, { path: { id: 'me' }, query: { fields: 'id' } })).id,
    endAccess: {
      appToken: ({ clientId, clientSecret }) => `${clientId}|${clientSecret}`,
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
          ? new ConnectorFault('rejected', fact('platforms.facebook.errors.noPage'), {
              vendorCode: 'no_account',
            })
          : new ConnectorFault('rejected', fact('platforms.facebook.errors.noPermissionToPost'), {
              vendorCode: 'no_permission',
            });
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

    async remove(io, input) {
      try {
        return { removed: (await deleteObject(io, { path: { id: input.remoteId } })).success };
      } catch (error) {
        // A 404 without Facebook's own error code says nothing about the post, because a proxy may have sent it.
        if (isConnectorFault(error) && isGone(error.options.vendorCode)) return { removed: false };
        throw error;
      }
    },

    async engagement(io, input) {
      const { remoteIds } = input;
      const posts: { asked: string; post: string }[] = [];
      const said: Engagement[] = [];
      for (const asked of remoteIds) {
        const post = asked.includes('_') ? asked : await postOf(io, asked);
        if (post === 'gone') said.push(goneAt(asked));
        else if (post) posts.push({ asked, post });
      }
      const ids = [...new Set(posts.map((p) => p.post))];
      // A 404 without Facebook's own error code says nothing about the post, because a proxy may have sent it.
      const read = await readHalving(ids, (some) => readResults(io, some), isGone);
      for (const { asked, post } of posts)
        said.push(...read.filter((e) => e.remoteId === post).map((e) => ({ ...e, remoteId: asked })));
      // "It does not exist, or you may not see it": if this applies to every post of a list, the permission is missing.
      if (remoteIds.length > 1 && remoteIds.every((id) => said.some((e) => e.remoteId === id && e.gone)))
        throw new ConnectorFault('rejected', fact('platforms.facebook.errors.noneShown'));
      return said;
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

/**
 * Adds a comment as the Page itself. Comments have no link field, so the link goes into the text. Commenting needs a permission of its own,
 * which Pages connected earlier may not have granted; then only the comment is refused, not the post.
 */
async function comment(io: ConnectorIo, postId: string, input: PublishInput): Promise<Published> {
  try {
    const { id } = await createComment(io, {
      path: { id: postId },
      json: { message: composeFollowing(input.text, input.link) },
    });
    return { remoteId: id, permalink: await permalink(io, id) };
  } catch (error) {
    if (!isConnectorFault(error) || !isForbidden(error.options.vendorCode)) throw error;
    throw new ConnectorFault('rejected', fact('platforms.facebook.errors.noComments'), {
      ...error.options,
      cause: error,
    });
  }
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

/** Requests the permalink of a new post. If Facebook does not return one, falls back to an address that Facebook redirects. */
async function permalink(io: ConnectorIo, id: string): Promise<string> {
  try {
    const query = { fields: 'id,permalink_url' };
    const { permalink_url } = await getObject(io, { path: { id }, query, timeoutMs: 5_000 });
    if (permalink_url) return permalink_url;
  } catch {
    // The post is published, so a missing permalink is not a failure.
  }
  return `${io.web}/${id}`;
}
