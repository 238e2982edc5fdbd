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
import { optionsInput } from '../connections/option-schemas';

const title = line({ min: 1, max: 200, tooShort: asMessage('validation.posts.titleMissing') });

const link = webAddress();

/** A further part of a thread, or the first comment. */
export const partInput = z.object({
  text: text({ max: 20_000, tooLong: asMessage('validation.posts.tooLong') }),
  link: link.optional(),
});

/** The maximum of any platform, with some margin for parts that were written for another one. */
const MAX_PARTS = 50;

const MAX_ALT = 2000;
/** A picture, GIF or video: its file and its description. */
export const mediaInput = z.object({
  fileId: id('file'),
  alt: text({
    max: MAX_ALT,
    trim: true,
    tooLong: asMessage('validation.posts.tooManyCharacters', { most: MAX_ALT }),
  }).default(''),
});
/** More than any platform takes, so that a draft can be saved while its media are being selected. */
const MAX_MEDIA = 20;

/** The text for one platform. Lengths are only checked when it is scheduled, so that a long draft can be saved. */
export const variantInput = z.object({
  platform: token({ min: 1, max: 40 }),
  text: text({ max: 20_000, tooLong: asMessage('validation.posts.tooLong') }),
  link: link.nullish(),
  /** Its further parts in order: the rest of a thread, or the first comment. If missing, the saved ones stay. */
  parts: z
    .array(partInput)
    .max(MAX_PARTS, asMessage('validation.posts.tooManyParts', { most: MAX_PARTS }))
    .optional(),
  /** Its pictures, GIF or video in order. If missing, the saved ones stay. */
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

/** false if the title was derived from the post's text because the user gave none. */
const titleGiven = z.boolean().optional();

export const createPostInput = z.object({
  title,
  titleGiven,
  topicId: id('topic').nullish(),
  prompt: text({ max: 4000 }).nullish(),
  status: postStatus.optional(),
  variants: variantsInput,
});

/** `variants` replaces the whole list; if missing, the texts stay. `version` is the one that the user edited. */
export const updatePostInput = z.object({
  id: id('post'),
  version: version(),
  title: title.optional(),
  titleGiven,
  topicId: id('topic').nullish(),
  prompt: text({ max: 4000 }).nullish(),
  status: postStatus.optional(),
  variants: variantsInput.optional(),
  /** Publications that the user saw as pending. If one that the edit would change was published since, nothing is saved. */
  waiting: z.array(id('publication')).max(500).optional(),
  /** New options of some accounts, which replace those of their pending publications and series. */
  options: z
    .array(z.object({ connectionId: id('connection'), options: optionsInput }))
    .max(50)
    .refine(
      (all) => new Set(all.map((o) => o.connectionId)).size === all.length,
      asMessage('validation.posts.accountTwice'),
    )
    .optional(),
  /** Changes only pending publications that are due on or after this local day. If missing, changes all of them. */
  from: localDate(asMessage('validation.posts.dayMissing')).optional(),
});

export const listPostsInput = z.object({
  status: postStatus.optional(),
  search: search().optional(),
  cursor: timeCursor('post').nullish(),
  limit: limit(100).default(30),
});

export const postIdInput = z.object({ id: id('post') });

/** A picture, GIF or video with the known properties of its file. Its bytes are at `/api/media/<fileId>`. */
export const mediaOutput = z.object({
  fileId: z.string(),
  alt: z.string(),
  kind: z.enum(MEDIA_KINDS),
  mime: z.string(),
  bytes: z.number(),
  width: z.number(),
  height: z.number(),
  durationMs: z.number().nullable(),
  /** Of a document, if counted. */
  pages: z.number().nullish(),
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

/** An edited post, with the effects of the edit. */
export const updatedPostOutput = postOutput.extend({
  /** Number of publications that took the new text. */
  changed: z.number(),
  /** Number of publications that were already published and keep what was sent. */
  sent: z.number(),
  /** Whether the new text needs approval before publication. */
  asked: z.boolean(),
});

/** Known results of a post, summed over its accounts. */
const resultsTotal = z.object({
  likes: z.number().nullable(),
  replies: z.number().nullable(),
  reposts: z.number().nullable(),
  readAt: z.date().nullable(),
});

export const postListItem = postOutput.omit({ variants: true }).extend({
  /** Ids of platforms that have a text. */
  platforms: z.array(z.string()),
  excerpt: z.string(),
  /** The first picture, GIF or video among its texts. */
  cover: mediaOutput.nullable(),
  /** Number of publications by state. */
  publications: z.record(z.string(), z.number()),
  results: resultsTotal.nullable(),
});
export const postListOutput = z.object({ items: z.array(postListItem), nextCursor: z.string().nullable() });

export type Post = z.output<typeof postOutput>;
export type UpdatePostInput = z.input<typeof updatePostInput>;
