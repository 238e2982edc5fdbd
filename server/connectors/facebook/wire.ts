import { z } from 'zod';
import { remoteId, tally, wire } from '../kit/wire';

export const created = wire({ id: remoteId });
/** Places in a file come as texts, and in errors as numbers. */
const offset = z
  .union([z.string().regex(/^\d{1,15}$/), z.number().int().nonnegative()])
  .transform((place) => Number(place));
/** What of a video it wants next: from `start_offset` up to, not including, `end_offset`. Both are the size when all is there. */
export const transferred = wire({ start_offset: offset, end_offset: offset });
export const started = transferred.extend({ upload_session_id: remoteId, video_id: remoteId });
/** The same beside an error, where it may be written as a text. */
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
/** A video and, once it is out, the post that shows it. */
export const video = wire({
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
/** Anything else, `false` too, does not say that it went through. */
export const published = wire({ success: z.literal(true) });
export const removed = wire({ success: z.boolean() });
/** Documented as `true` and answered as `{ success: true }`. */
export const ended = z.union([z.literal(true), wire({ success: z.literal(true) })]);
export const object = wire({
  id: remoteId,
  permalink_url: z.string().optional(),
  name: z.string().optional(),
});

/** A list, page by page. */
const list = <S extends z.ZodType>(item: S) =>
  wire({
    data: z.array(item),
    paging: wire({
      cursors: wire({ after: z.string().optional() }).optional(),
      next: z.string().optional(),
    }).optional(),
  });

export const accounts = list(
  wire({
    id: remoteId,
    name: z.string().max(300),
    access_token: z.string().min(1).optional(),
    tasks: z.array(z.string()).optional(),
    link: z.string().optional(),
  }),
);

/** What an attachment shows: a photo has the id that its upload was given. */
const attached = wire({ id: remoteId.optional() });
export const post = wire({
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
export const posts = list(post);

const total = wire({ summary: wire({ total_count: tally }).nullish().catch(null) })
  .nullish()
  .catch(null);
const tallied = wire({
  id: remoteId,
  reactions: total,
  comments: total,
  shares: wire({ count: tally }).nullish().catch(null),
});
export type Tallied = z.output<typeof tallied>;
/** Posts by their ids; null is one that makes no sense. `shares` is left out of a post that nobody shared. */
export const results = z.record(z.string(), tallied.nullable().catch(null));
const comment = wire({
  id: remoteId,
  message: z.string().optional(),
  created_time: z.string().optional(),
  permalink_url: z.string().optional(),
  from: wire({ id: remoteId }).optional(),
});

export const comments = list(comment);

export const graphError = wire({
  error: wire({
    message: z.string(),
    type: z.string().optional(),
    code: z.number().int(),
    error_subcode: z.number().int().optional(),
    error_user_msg: z.string().optional(),
    is_transient: z.boolean().optional(),
    error_data: z.unknown().optional(),
  }),
});
