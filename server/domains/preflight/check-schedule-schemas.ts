import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { id, text, token } from '@/server/foundation/inputs';
import { targetInput } from '../connections/option-schemas';
import { mediaInput } from '../posts/schemas';
import { localTime, publicationOutput } from '../publications/schemas';

export const WARNING_CODES = [
  'repeated_text',
  'crowded_hour',
  'platform_limit',
  'plan_limit',
  'connection_expired',
  'connection_expires',
  'time_refused',
  'media_refused',
  'text_refused',
  'options_refused',
  'media_reduced',
] as const;

export const checkScheduleInput = z.object({
  /** Post whose stored texts are used for platforms missing in `texts`. */
  postId: id('post').nullish(),
  /** Topic of the slots; defaults to the stored post's topic. */
  topicId: id('topic').nullish(),
  texts: z
    .array(
      z.object({
        platform: token({ min: 1, max: 40 }),
        text: text({ max: 20_000 }),
        link: token({ max: 2000 }).nullish(),
        parts: z
          .array(z.object({ text: text({ max: 20_000 }), link: token({ max: 2000 }).optional() }))
          .max(50)
          .default([]),
        media: z.array(mediaInput).max(20).default([]),
      }),
    )
    .max(20)
    .default([]),
  /** Without `options`, they are not checked, because a publication that moves keeps its own. `local` is this account's own time, such as its next free slot, if it differs from `when`. */
  targets: z
    .array(targetInput.extend({ local: localTime.optional() }))
    .min(1)
    .max(50),
  when: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('now') }),
    z.object({ kind: z.literal('at'), local: localTime }),
    /** Each account's next free slot. */
    z.object({ kind: z.literal('next_slot') }),
  ]),
  /** Publications that move to this time. They are not counted at their current time. */
  moving: z.array(id('publication')).max(50).default([]),
});

export const scheduleWarning = z.object({
  code: z.enum(WARNING_CODES),
  /** The account that the warning is about; null if it is about all of them. */
  connectionId: z.string().nullable(),
  platform: z.string().nullable(),
  connectionName: z.string().nullable(),
  /** The text of the warning. Times are in the workspace's time zone. */
  message: factOutput,
  /** true if scheduling would be refused. Otherwise the post can be scheduled anyway. */
  refused: z.boolean(),
  /** A time without this warning. */
  better: z.object({ at: z.date(), local: z.string() }).nullable(),
  /** A page that helps to resolve it. */
  fix: z.object({ label: factOutput, href: z.string() }).nullable(),
});
export const checkScheduleOutput = z.object({ warnings: z.array(scheduleWarning) });

/** Result of scheduling: each publication with its warnings about platform limits. */
export const scheduledOutput = publicationOutput.extend({ warnings: z.array(scheduleWarning) });

export type CheckScheduleInput = z.input<typeof checkScheduleInput>;
export type ScheduleWarning = z.output<typeof scheduleWarning>;
export type Scheduled = z.output<typeof scheduledOutput>;
