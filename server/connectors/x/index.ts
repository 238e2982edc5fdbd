import { fact } from '@/server/foundation/facts';
import { type ConnectorIo, defineConnector } from '../kit/connector';
import { concludeLookup, lookupWords } from '../kit/lookup';
import { readPages } from '../kit/paging';
import { removal } from '../kit/refusals';
import { composeWith } from '../kit/text';
import { failedBy, type LookupInput, type Published } from '../kit/types';
import { readAddress } from './address';
import { ALREADY, readFault } from './faults';
import { readLimits } from './limits';
import { xManifest } from './manifest';
import { engagementOf, isInPlace, type Match, matchMediaPost, matchPost } from './transform';
import { uploadStep } from './upload';
import { createPost, createRepost, deletePost, getMe, getPosts, getTimeline, type Post } from './wire';

/** At a hundred posts per page, more than anyone publishes between an attempt and its look-up. */
const MAX_PAGES = 8;
const platform = xManifest.name;

export const x = defineConnector(xManifest, {
  hooks: {
    readAddress,
    readFault,
    readLimits,
    async identify(io) {
      const { id, username, name } = (await getMe(io)).data;
      return [
        { remoteId: id, remote: { username }, name: `${name} (@${username})`, url: `${io.web}/${username}` },
      ];
    },
  },
  functions: {
    async publish(io, input) {
      if (input.repostOf !== undefined) return repost(io, input.repostOf);
      const { data } = await createPost(io, {
        json: {
          text: composeWith(xManifest.post.text, input.text, input.link),
          ...(input.media?.length ? { media: { media_ids: input.media.map((m) => m.remoteId) } } : {}),
          ...(input.replyTo ? { reply: { in_reply_to_tweet_id: input.replyTo } } : {}),
        },
      });
      return published(io, data.id);
    },

    async lookup(io, input) {
      const sent = composeWith(xManifest.post.text, input.text, input.link);
      const pictured = (input.media?.length ?? 0) > 0;
      const read = await readPages<Post, string>(
        '',
        async (token) => {
          const { data, errors, meta } = await getTimeline(io, {
            path: { id: io.account.remoteId },
            query: {
              max_results: 100,
              start_time: `${input.since.toISOString().slice(0, 19)}Z`,
              'post.fields': 'attachments,created_at,entities,note_post,text',
              // Only this expansion returns the references of a post; no field does.
              expansions: pictured ? 'referenced_posts,attachments.media_keys' : 'referenced_posts',
              pagination_token: token === '' ? undefined : token,
            },
          });
          return { items: data ?? [], next: meta?.next_token ?? null, partial: (errors?.length ?? 0) > 0 };
        },
        MAX_PAGES,
      );
      return concludeLookup(read, {
        exclude: input.exclude,
        words: lookupWords(platform),
        published: ({ id }) => published(io, id),
        judge(post) {
          const place = isInPlace(post, input.replyTo);
          const match = place === 'no' ? 'other' : matchOf(post, input, sent);
          if (match === 'maybe' || (match === 'same' && place !== 'yes'))
            return fact(pictured ? 'platforms.x.lookup.noPictures' : 'platforms.x.lookup.hidesLink');
          return match;
        },
      });
    },

    upload: uploadStep,

    remove: (io, { remoteId: id }) =>
      removal(async () => (await deletePost(io, { path: { id } })).data.deleted),

    async engagement(io, { remoteIds }) {
      const query = { ids: remoteIds.join(','), 'post.fields': 'public_metrics' };
      return engagementOf(await getPosts(io, { query }), remoteIds);
    },
  },
});

const published = (io: ConnectorIo, id: string): Published => ({
  remoteId: id,
  permalink: `${io.web}/${io.account.remote.username ?? 'i'}/status/${id}`,
});

const matchOf = (post: Post, { media, replyTo }: LookupInput, sent: string): Match =>
  media?.length
    ? matchMediaPost(
        post,
        media.map((m) => m.remoteId),
        sent,
        replyTo !== undefined,
      )
    : matchPost(post, sent, replyTo !== undefined);

/**
 * Reposts a post. This may be repeated, because an account has at most one repost of a post and X ignores a second request. X assigns a
 * repost no id of its own, so we derive one from the post's id.
 */
async function repost(io: ConnectorIo, id: string): Promise<Published> {
  try {
    await createRepost(io, { path: { id: io.account.remoteId }, json: { tweet_id: id } });
  } catch (error) {
    if (!failedBy(error, ALREADY)) throw error;
  }
  return { ...published(io, id), remoteId: `repost:${id}` };
}
