import { z } from 'zod';
import { decodeHtml } from '../kit/html-text';
import { op } from '../kit/op';
import { orNull, remoteId, tally, wire } from '../kit/wire';

const me = wire({
  data: wire({
    id: remoteId,
    username: z.string().min(1).max(50),
    name: z.string().max(1000).transform(decodeHtml),
  }),
});
export const getMe = op.get('getUsersMe', '/2/users/me', me);

const created = wire({ data: wire({ id: remoteId, text: z.string().optional() }) });
export const createPost = op.post('createPosts', '/2/tweets', created);
const reposted = wire({ data: wire({ retweeted: z.literal(true) }) });
export const createRepost = op.again('repostPost', '/2/users/{id}/retweets', reposted);
const deleted = wire({ data: wire({ deleted: z.boolean() }) });
export const deletePost = op.delete('deletePosts', '/2/tweets/{id}', deleted);

const urlEntity = wire({
  start: z.number().int(),
  end: z.number().int(),
  url: z.string().nullish(),
  expanded_url: z.string().nullish(),
  unwound_url: z.string().nullish(),
});
const entities = wire({ urls: z.array(urlEntity).nullish() });
const references = z.array(wire({ type: z.string(), id: remoteId })).nullish();
const note = wire({ text: z.string(), entities: entities.nullish() }).nullish();
const namedAnew = wire({
  id: remoteId,
  text: z.string(),
  created_at: z.iso.datetime({ offset: true }).optional(),
  entities: entities.nullish(),
  attachments: wire({ media_keys: z.array(z.string()).nullish() }).nullish(),
  referenced_posts: references,
  note_post: note,
});
export type Post = z.output<typeof namedAnew>;
/** The fields that X has renamed have their old names (`referenced_tweets`, `note_tweet`) where it has not. */
const post = namedAnew.extend({ referenced_tweets: references, note_tweet: note }).transform(
  ({ referenced_tweets, note_tweet, ...given }): Post => ({
    ...given,
    referenced_posts: given.referenced_posts ?? referenced_tweets,
    note_post: given.note_post ?? note_tweet,
  }),
);

const initialized = wire({ data: wire({ id: remoteId }) });
export const initializeUpload = op.again('initializeMediaUpload', '/2/media/upload/initialize', initialized);
/** X may return an empty response to a segment. */
const appended = wire({ data: wire({ expires_at: z.number().optional() }).optional() }).optional();
export const appendUpload = op.again('appendMediaUpload', '/2/media/upload/{id}/append', appended);
/** State of a complete upload. Without `processing_info` there is nothing to wait for. */
const uploaded = wire({
  data: wire({
    id: remoteId,
    expires_after_secs: z.number().int().nonnegative().optional(),
    processing_info: wire({
      state: z.string().optional(),
      progress_percent: z.number().int().min(0).max(100).optional().catch(undefined),
      check_after_secs: z.number().nonnegative().optional().catch(undefined),
    }).nullish(),
    /** Properties of the picture or video, reported once the upload is complete. */
    image: z.unknown().optional(),
    video: z.unknown().optional(),
  }),
});
export type Uploaded = z.output<typeof uploaded>['data'];
export const finalizeUpload = op.again('finalizeMediaUpload', '/2/media/upload/{id}/finalize', uploaded);
export const getUpload = op.get('getMediaUploadStatus', '/2/media/upload', uploaded);
const described = wire({ data: wire({ id: remoteId }).optional() });
export const describeUpload = op.again('createMediaMetadata', '/2/media/metadata', described);

const timeline = wire({
  data: z.array(post).optional(),
  errors: z.array(z.unknown()).optional(),
  meta: wire({ result_count: z.number().int().optional(), next_token: z.string().optional() }).optional(),
  // An empty list has only `meta`; without either, the answer is no list.
}).refine(({ data, meta }) => data !== undefined || meta !== undefined);
export const getTimeline = op.get('getUsersPosts', '/2/users/{id}/tweets', timeline);

/** `repost_count` is still called `retweet_count` where X has not renamed it. */
const metrics = wire({
  data: z
    .array(
      wire({
        id: remoteId,
        public_metrics: orNull(
          wire({
            like_count: tally,
            reply_count: tally,
            repost_count: tally,
            retweet_count: tally,
            impression_count: tally,
          }),
        ),
      }),
    )
    .optional(),
  errors: z
    .array(
      wire({ type: z.string().optional(), resource_id: z.string().optional(), value: z.string().optional() }),
    )
    .optional(),
});
export type Metrics = z.output<typeof metrics>;
export const getPosts = op.get('getPostsByIds', '/2/tweets', metrics);

/** What problem details say to programs. The words of every format of an error are read by the host. */
export const problem = wire({
  type: z.string().optional().catch(undefined),
  title: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  code: z.number().optional().catch(undefined),
  errors: z
    .array(wire({ code: z.number().optional().catch(undefined) }).catch({}))
    .optional()
    .catch(undefined),
});
