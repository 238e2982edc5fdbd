import { z } from 'zod';
import { op } from '../kit/op';
import { lifetime, orNull, remoteId, tally, wire } from '../kit/wire';
import { graphList } from '../meta/lists';
import { GRAPH } from './manifest';

const OBJECT = `/${GRAPH}/{id}` as const;
const VIDEOS = `${OBJECT}/videos` as const;

/** A token and its lifetime, which is omitted, 0 or odd for one that does not expire. */
export const issued = wire({ access_token: z.string().min(1), expires_in: lifetime });

const created = wire({ id: remoteId });
export const createPost = op.post('fbFeed', `${OBJECT}/feed`, created);
export const createComment = op.post('fbComment', `${OBJECT}/comments`, created);
/** The photo is invisible until a post uses it, so a duplicate does no harm. */
export const uploadPhoto = op.again('fbPhoto', `${OBJECT}/photos`, created);

/** Offsets are strings in responses and numbers in errors. */
const offset = z
  .union([z.string().regex(/^\d{1,15}$/), z.number().int().nonnegative()])
  .transform((place) => Number(place));
/**
 * The range of a video that Facebook requests next: from `start_offset` up to `end_offset`, exclusive. Both equal the size once the upload
 * is complete.
 */
const transferred = wire({ start_offset: offset, end_offset: offset });
export const transferVideo = op.again('fbVideo', VIDEOS, transferred, { host: 'uploads' });
const started = transferred.extend({ upload_session_id: remoteId, video_id: remoteId });
export const startVideo = op.again('fbVideo', VIDEOS, started, { host: 'uploads' });
/** The same range in an error, possibly JSON inside a string. */
export const wantedRange = z
  .preprocess((data) => (typeof data === 'string' ? readJson(data) : data), transferred)
  .transform(({ start_offset: start, end_offset: end }) => ({ start, end }));
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
/** `not_started`, `in_progress`, `complete` or `error`. */
const phase = wire({ status: z.string().optional(), publish_status: z.string().optional() })
  .optional()
  .catch(undefined);
/** A video and, once published, the post that shows it. */
const video = wire({
  id: remoteId,
  published: z.boolean().optional(),
  post_id: remoteId.optional(),
  permalink_url: z.string().optional(),
  status: wire({
    video_status: z.string().optional().catch(undefined),
    uploading_phase: phase,
    processing_phase: phase,
    publishing_phase: phase,
  })
    .optional()
    .catch(undefined),
});
export type Video = z.output<typeof video>;
export const getVideo = op.get('fbObject', OBJECT, video);
/** Anything else, including `false`, does not confirm the publication. */
const published = wire({ success: z.literal(true) });
export const finishVideo = op.post('fbVideo', VIDEOS, published, { host: 'uploads' });

const removed = wire({ success: z.boolean() });
export const deleteObject = op.delete('fbDelete', OBJECT, removed);
/** Documented as `true`, but returned as `{ success: true }`. */
const ended = z.union([z.literal(true), wire({ success: z.literal(true) })]);
export const endAccess = op.delete('fbEndAccess', `${OBJECT}/permissions`, ended);
const object = wire({
  id: remoteId,
  permalink_url: z.string().optional(),
  name: z.string().optional(),
});
export const getObject = op.get('fbObject', OBJECT, object);

/** The addresses to which the app has things reported. */
const subscriptions = wire({
  data: z.array(wire({ object: z.string(), callback_url: z.string().optional() })),
});
const APP = `${OBJECT}/subscriptions` as const;
export const listSubscriptions = op('fbSubscriptions', 'GET', APP, 'read', subscriptions);
/** Documented as text. */
const yes = wire({ success: z.union([z.literal(true), z.literal('true')]) });
export const subscribeApp = op('fbSubscribeApp', 'POST', APP, 'idempotent', yes);
const PAGE = `${OBJECT}/subscribed_apps` as const;
export const subscribePage = op('fbSubscribePage', 'POST', PAGE, 'idempotent', yes);
export const unsubscribePage = op('fbUnsubscribePage', 'DELETE', PAGE, 'idempotent', yes);

const accounts = graphList(
  wire({
    id: remoteId,
    name: z.string().max(300),
    access_token: z.string().min(1).optional(),
    tasks: z.array(z.string()).optional(),
    link: z.string().optional(),
  }),
);
export const listPages = op.get('fbPages', `/${GRAPH}/me/accounts`, accounts);

/** The object that an attachment shows. A photo has the id of its upload. */
const attached = wire({ id: remoteId.optional() });
const post = wire({
  id: remoteId,
  message: z.string().optional(),
  created_time: z.string().optional(),
  permalink_url: z.string().optional(),
  attachments: wire({
    data: z
      .array(
        wire({
          unshimmed_url: z.string().optional(),
          url: z.string().optional(),
          target: attached.optional(),
          subattachments: wire({
            data: z.array(wire({ target: attached.optional() })).optional(),
          }).optional(),
        }),
      )
      .optional(),
  }).optional(),
});
export type Post = z.output<typeof post>;
export const listPosts = op.get('fbPublishedPosts', `${OBJECT}/published_posts`, graphList(post));

const total = orNull(wire({ summary: orNull(wire({ total_count: tally })) }));
const tallied = wire({
  id: remoteId,
  reactions: total,
  comments: total,
  shares: orNull(wire({ count: tally })),
});
export type Tallied = z.output<typeof tallied>;
/** Posts by id; null if invalid. `shares` is missing if the post has never been shared. */
const results = z.record(z.string(), tallied.nullable().catch(null));
export const getResults = op.get('fbPosts', `/${GRAPH}/`, results);

const comment = wire({
  id: remoteId,
  message: z.string().optional(),
  created_time: z.string().optional(),
  permalink_url: z.string().optional(),
  from: wire({ id: remoteId }).optional(),
});

export const listComments = op.get('fbComments', `${OBJECT}/comments`, graphList(comment));
