import { z } from 'zod';
import { MEDIA_STATES, PUBLICATION_KINDS, PUBLICATION_STATES } from '@/db/schema';
import { asMessage, factOutput } from '@/server/foundation/facts';
import {
  id,
  instant,
  limit,
  localDateTime,
  timeCursor,
  token,
  version,
  webAddress,
} from '@/server/foundation/inputs';
import { optionsOutput, shownOptionsOutput, targetInput } from '../connections/option-schemas';
import { followUpRuleInput, followUpRuleOutput } from '../follow-up-rules/schemas';
import { mediaOutput } from '../posts/schemas';
import { resultsOutput } from './results-schemas';
import { waitsOutput } from './waits';

/** A wall-clock time in the workspace's zone. */
export const localTime = localDateTime();

export const scheduleInput = z.object({
  postId: id('post'),
  /** The version of the post that the user saw. */
  version: version(),
  targets: z.array(targetInput).min(1, asMessage('validation.chooseAccount')).max(50),
  when: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('now') }),
    z.object({ kind: z.literal('at'), local: localTime }),
    /** The first free slot of each account. */
    z.object({ kind: z.literal('next_slot') }),
  ]),
  /** What follows if the post does well: null for nothing, undefined for the workspace's own rule. */
  followUpRule: followUpRuleInput.nullish(),
  /** Generated once per press of the button. The same key returns the same rows. */
  requestKey: token({ min: 8, max: 80 }),
});
export const rescheduleInput = z.object({ id: id('publication'), version: version(), local: localTime });
export const publicationVersionInput = z.object({ id: id('publication'), version: version() });
export const publicationIdInput = z.object({ id: id('publication') });
export const resolveUnknownInput = z.object({
  id: id('publication'),
  version: version(),
  /** `there_end`: the post is there, and what would follow it is not sent. */
  answer: z.enum(['there', 'not_there', 'not_there_leave', 'there_end']),
  permalink: webAddress(asMessage('validation.publications.addressNeeded')).optional(),
});
export const listPublicationsInput = z.object({
  from: instant().optional(),
  to: instant().optional(),
  state: z
    .union([z.enum(PUBLICATION_STATES), z.array(z.enum(PUBLICATION_STATES)).max(PUBLICATION_STATES.length)])
    .optional(),
  connectionId: id('connection').optional(),
  postId: id('post').optional(),
  limit: limit(500).default(100),
  cursor: timeCursor('publication').nullish(),
});

export const publicationOutput = z.object({
  id: z.string(),
  postId: z.string(),
  postTitle: z.string(),
  variantId: z.string(),
  connectionId: z.string(),
  platform: z.string(),
  connectionName: z.string(),
  /** Whether the account can be used. Nothing is published there while it cannot. */
  connected: z.boolean(),
  environment: z.enum(['live', 'sandbox']),
  text: z.string(),
  link: z.string().nullable(),
  kind: z.enum(PUBLICATION_KINDS),
  /** The publication that this one replies to, comments on or reposts. */
  followsId: z.string().nullable(),
  /** The parts that follow this one, as scheduled. They are published after it, one after the other. */
  parts: z.array(z.object({ text: z.string(), link: z.string().optional() })),
  /** Its pictures, GIF or video, and the progress of each upload. */
  media: z.array(
    mediaOutput.extend({
      state: z.enum([...MEDIA_STATES, 'with_post']),
      /** Progress in percent: of the upload while uploading, of the platform's work while processing. */
      part: z.number().nullable(),
      problem: factOutput.nullable(),
      /** The upload continues only once the account is connected again. */
      reconnect: z.boolean(),
    }),
  ),
  /** Its options as stored, and as people read them. */
  options: optionsOutput,
  shownOptions: shownOptionsOutput,
  dueAt: z.date(),
  localTime: z.string(),
  timeZone: z.string(),
  /** Set when the local time exists twice or was chosen in another zone. */
  note: factOutput.nullable(),
  state: z.enum(PUBLICATION_STATES),
  version: z.number(),
  attempts: z.number(),
  retryAt: z.date().nullable(),
  /** Set while the platform, or the first publication in its lane, holds it back. */
  waits: waitsOutput,
  permalink: z.string().nullable(),
  /** Whether we know which post on the platform it is. */
  known: z.boolean(),
  publishedAt: z.date().nullable(),
  /** How late it was published, in milliseconds. */
  lateByMs: z.number().nullable(),
  problem: factOutput.nullable(),
  approvalId: z.string().nullable(),
  /** What follows if the post does well, and its results. */
  followUpRule: followUpRuleOutput.nullable(),
  results: resultsOutput,
  /** Why its results are no longer read; null while they are, and before it is published. */
  unseen: factOutput.nullable(),
  createdAt: z.date(),
});
export const attemptOutput = z.object({
  id: z.string(),
  number: z.number(),
  kind: z.enum(['publish', 'lookup']),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  outcome: z
    .enum([
      'published',
      'handed_over',
      'absent',
      'reauth',
      'rejected',
      'rate_limited',
      'transient',
      'unknown_outcome',
    ])
    .nullable(),
  message: factOutput.nullable(),
});
export const publicationDetailOutput = publicationOutput.extend({ attemptRows: z.array(attemptOutput) });
export const publicationListOutput = z.object({
  items: z.array(publicationOutput),
  nextCursor: z.string().nullable(),
});

export type Publication = z.output<typeof publicationOutput>;
export type ScheduleInput = z.input<typeof scheduleInput>;
