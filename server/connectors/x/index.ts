import { fact } from '@/server/foundation/facts';
import { type ConnectorIo, defineConnector } from '../kit/connector';
import { concludeLookup, lookupWords } from '../kit/lookup';
import { readPages } from '../kit/paging';
import { composeWith } from '../kit/text';
import { isConnectorFault, type LookupInput, MEDIA_GONE, type Published } from '../kit/types';
import { isRetryAdvised, vendorWords } from '../kit/vendor-words';
import { readAddress } from './address';
import { readLimits } from './limits';
import { xManifest } from './manifest';
import {
  engagementOf,
  isAccountSuspended,
  isAppRefused,
  isInPlace,
  isUsedUp,
  LACKS_SCOPE,
  type Match,
  matchMediaPost,
  matchPost,
  NOT_FOUND,
} from './transform';
import { FINALIZED, SEGMENTS, uploadStep } from './upload';
import {
  createPost,
  createRepost,
  deletePost,
  getMe,
  getPosts,
  getTimeline,
  type Post,
  problem,
} from './wire';

/** At a hundred posts per page, more than anyone publishes between an attempt and its look-up. */
const MAX_PAGES = 8;
const platform = xManifest.name;
/** Our code for X's "You have already retweeted this Tweet". */
const ALREADY = 'already_reposted';
/** How long a request waits after the monthly cap was reached or the credits were used up, and after an account's daily limit, which X checks in parts of a day, in seconds. */
const CAP_S = 86_400;
const DAILY_LIMIT_S = 1_800;
/** Our code for X's own report that something does not exist. A bare 404 may come from a proxy. */
const GONE = 'gone';

export const x = defineConnector(xManifest, {
  hooks: {
    readAddress,
    readLimits,
    async identify(io) {
      const { id, username, name } = (await getMe(io)).data;
      return [
        { remoteId: id, remote: { username }, name: `${name} (@${username})`, url: `${io.web}/${username}` },
      ];
    },
    readFault(status, body, _effect, phrases) {
      const said = problem.safeParse(body).data;
      // X reports the cap of the app's plan with the headers of a window of which much is left. It ends with the month.
      if (isUsedUp(status, said))
        return {
          kind: 'rate_limited',
          vendorCode: 'used_up',
          fact: fact('platforms.x.errors.usedUp'),
          retryAfter: CAP_S,
          installation: true,
        };
      // "Enhance your calm", X's older status for too many requests.
      if (status === 420)
        return { kind: 'rate_limited', fact: fact('connectors.errors.slowDown', { platform }) };
      if (status !== 400 && status !== 403 && status !== 404) return null;
      if (status === 404)
        return said?.type === NOT_FOUND
          ? {
              kind: 'rejected',
              vendorCode: GONE,
              fact: fact('connectors.errors.notFound', { platform }),
            }
          : null;
      const words = phrases.join(' ');
      if (status === 403 && isAppRefused(said, words))
        return {
          kind: 'transient',
          vendorCode: 'app_refused',
          fact: fact('platforms.x.errors.appRefused'),
          installation: true,
        };
      if (status === 403 && isAccountSuspended(said, words))
        return {
          kind: 'rejected',
          vendorCode: 'suspended',
          fact: fact('platforms.x.errors.suspended'),
        };
      // With status 403: "User is over daily status update limit" (code 185), "You have reached your daily limit" (344), and "This request
      // looks like it might be automated … Please try again later" (226).
      if (/\bdaily\b.{0,30}\blimit\b|rate limit|too many requests/i.test(words) || isRetryAdvised(phrases))
        return {
          kind: 'rate_limited',
          vendorCode: 'daily_limit',
          fact: fact('connectors.errors.slowDown', { platform }),
          retryAfter: DAILY_LIMIT_S,
        };
      if (/duplicate/i.test(words))
        return {
          kind: 'rejected',
          vendorCode: 'duplicate',
          fact: fact('connectors.errors.duplicate', { platform }),
        };
      if (/already (?:retweeted|reposted)/i.test(words))
        return { kind: 'rejected', vendorCode: ALREADY, fact: fact('platforms.x.errors.alreadyReposted') };
      if (/reply to a (?:tweet|post) that is deleted|not visible to you/i.test(words))
        return {
          kind: 'rejected',
          vendorCode: 'no_parent',
          fact: fact('platforms.x.errors.noParent'),
        };
      if (/segments?.{0,30}(?:do not add up|missing)|missing segments?/i.test(words))
        return { kind: 'rejected', vendorCode: SEGMENTS, fact: fact('platforms.x.errors.segmentsMissing') };
      if (/already.{0,20}finali[sz]ed|finali[sz]ed already/i.test(words))
        return { kind: 'rejected', vendorCode: FINALIZED, fact: fact('platforms.x.errors.finalizedAlready') };
      if (/media.?ids?.{0,20}(?:invalid|expired)|invalid media.?ids?/i.test(words))
        return {
          kind: 'rejected',
          vendorCode: MEDIA_GONE,
          fact: fact('connectors.errors.mediaGone', { platform }),
        };
      if (/too long|\b280\b/i.test(words))
        return {
          kind: 'rejected',
          vendorCode: 'too_long',
          fact: fact('platforms.x.errors.tooLong', { most: xManifest.post.characters }),
        };
      if (status === 403 && LACKS_SCOPE.test(words))
        return {
          kind: 'reauth',
          vendorCode: 'scope',
          fact: fact('platforms.x.errors.noPermission'),
          forbidden: true,
        };
      const clean = vendorWords(phrases);
      return {
        kind: 'rejected',
        fact: clean
          ? fact('connectors.errors.notAcceptedBecause', { platform, said: clean })
          : fact('connectors.errors.notAccepted', { platform, status }),
      };
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
      let partial = false;
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
          if (errors?.length) partial = true;
          return { items: data ?? [], next: meta?.next_token ?? null };
        },
        MAX_PAGES,
      );
      return concludeLookup(partial ? { ...read, complete: false } : read, {
        exclude: input.exclude,
        words: lookupWords(platform),
        published: ({ id }) => published(io, id),
        judge(post) {
          const place = isInPlace(post, input.replyTo);
          const match = place === 'no' ? 'other' : matchOf(post, input, sent);
          if (match === 'same' ? place === 'yes' : match !== 'maybe') return match;
          return fact(pictured ? 'platforms.x.lookup.noPictures' : 'platforms.x.lookup.hidesLink');
        },
      });
    },

    upload: uploadStep,

    async remove(io, input) {
      try {
        return { removed: (await deletePost(io, { path: { id: input.remoteId } })).data.deleted };
      } catch (error) {
        if (isConnectorFault(error) && error.options.vendorCode === GONE) return { removed: false };
        throw error;
      }
    },

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
    if (!isConnectorFault(error) || error.options.vendorCode !== ALREADY) throw error;
  }
  return { ...published(io, id), remoteId: `repost:${id}` };
}
