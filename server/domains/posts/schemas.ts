import { z } from 'zod';
import { MEDIA_KINDS } from '@/db/schema';
import { asMessage } from '@/server/foundation/facts';
import {
  id,
  limit,
  line,
  localDate,
  search,
  text,
  timeCursor,
  token,
  version,
  webAddress,
} from '@/server/foundation/inputs';

const title = line({ min: 1, max: 200, tooShort: asMessage('validation.posts.titleMissing') });

const link = webAddress();

/** One further part of a thread, or the first comment. */
export const partInput = z.object({
  text: text({ max: 20_000, tooLong: asMessage('validation.posts.tooLong') }),
  link: link.optional(),
});

/** The most parts of any platform, and some that were written for another one. */
const MAX_PARTS = 50;

const MAX_ALT = 2000;
/** A picture, GIF or video, by its file, and what it shows in words. */
export const mediaInput = z.object({
  fileId: id('file'),
  alt: text({
    max: MAX_ALT,
    trim: true,
    tooLong: asMessage('validation.posts.tooManyCharacters', { most: MAX_ALT }),
  }).default(''),
});
/** More than any platform takes, so that a draft can be kept while it is sorted out. */
const MAX_MEDIA = 20;

/** One platform's wording. Lengths are checked against the platform when it is scheduled, so that a long draft can be kept. */
export const variantInput = z.object({
  platform: token({ min: 1, max: 40 }),
  text: text({ max: 20_000, tooLong: asMessage('validation.posts.tooLong') }),
  link: link.nullish(),
  /** What follows it, in order: the rest of a thread, or the first comment. Without it, what was saved stays. */
  parts: z
    .array(partInput)
    .max(MAX_PARTS, asMessage('validation.posts.tooManyParts', { most: MAX_PARTS }))
    .optional(),
  /** Its pictures, GIF or video, in order. Without it, what was saved stays. */
  media: z
    .array(mediaInput)
    .max(MAX_MEDIA, asMessage('validation.posts.tooManyPictures', { most: MAX_MEDIA }))
    .refine(
      (all) => new Set(all.map((m) => m.fileId)).size === all.length,
      asMessage('validation.posts.pictureTwice'),
    )
    .optional(),
});
const variantsInput = z
  .array(variantInput)
  .max(20)
  .refine(
    (all) => new Set(all.map((v) => v.platform)).size === all.length,
    asMessage('validation.posts.platformTwice'),
  );

const postStatus = z.enum(['draft', 'library']);

/** false: the title was made of the post's words because the person gave none. */
const titleGiven = z.boolean().optional();

export const createPostInput = z.object({
  title,
  titleGiven,
  topicId: id('topic').nullish(),
  prompt: text({ max: 4000 }).nullish(),
  status: postStatus.optional(),
  variants: variantsInput,
});

/** `variants` is the whole new list; without it the texts stay as they are. `version` is the one that the person edited. */
export const updatePostInput = z.object({
  id: id('post'),
  version: version(),
  title: title.optional(),
  titleGiven,
  topicId: id('topic').nullish(),
  prompt: text({ max: 4000 }).nullish(),
  status: postStatus.optional(),
  variants: variantsInput.optional(),
  /** The publications that the person saw as waiting: when one that the edit would change has gone out since, nothing is saved. */
  waiting: z.array(id('publication')).max(500).optional(),
  /** Of what waits, only what is due from this local day on changes. Without it, all of it does. */
  from: localDate(asMessage('validation.posts.dayMissing')).optional(),
});

export const listPostsInput = z.object({
  status: postStatus.optional(),
  search: search().optional(),
  cursor: timeCursor('post').nullish(),
  limit: limit(100).default(30),
});

export const postIdInput = z.object({ id: id('post') });

/** A picture, GIF or video with what is known of its file. Its bytes are at `/api/media/<fileId>`. */
export const mediaOutput = z.object({
  fileId: z.string(),
  alt: z.string(),
  kind: z.enum(MEDIA_KINDS),
  mime: z.string(),
  bytes: z.number(),
  width: z.number(),
  height: z.number(),
  durationMs: z.number().nullable(),
});

export const variantOutput = z.object({
  id: z.string(),
  platform: z.string(),
  text: z.string(),
  link: z.string().nullable(),
  parts: z.array(z.object({ text: z.string(), link: z.string().optional() })),
  media: z.array(mediaOutput),
  version: z.number(),
});

export const postOutput = z.object({
  id: z.string(),
  title: z.string(),
  titleGiven: z.boolean(),
  topicId: z.string().nullable(),
  prompt: z.string().nullable(),
  status: postStatus,
  version: z.number(),
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
  variants: z.array(variantOutput),
});

/** A post that was edited, with what the edit came to. */
export const updatedPostOutput = postOutput.extend({
  /** How many copies that had not begun to go out say the newer text now. */
  changed: z.number(),
  /** How many were out and keep what was sent. */
  sent: z.number(),
  /** Whether somebody is asked about the newer text before it goes out. */
  asked: z.boolean(),
});

/** How a post does over its accounts together, as far as it is known. */
const resultsTotal = z.object({
  likes: z.number().nullable(),
  replies: z.number().nullable(),
  reposts: z.number().nullable(),
  readAt: z.date().nullable(),
});

export const postListItem = postOutput.omit({ variants: true }).extend({
  /** Platform ids that have a text. */
  platforms: z.array(z.string()),
  excerpt: z.string(),
  /** The first picture, GIF or video of any of its texts. */
  cover: mediaOutput.nullable(),
  /** How many publications stand in each state. */
  publications: z.record(z.string(), z.number()),
  results: resultsTotal.nullable(),
});
export const postListOutput = z.object({ items: z.array(postListItem), nextCursor: z.string().nullable() });

export type Post = z.output<typeof postOutput>;
export type UpdatePostInput = z.input<typeof updatePostInput>;
