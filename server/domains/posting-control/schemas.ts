import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { id } from '@/server/foundation/inputs';

export const HOLDS = ['pause', 'stop', 'emergency'] as const;
export type HoldKind = (typeof HOLDS)[number];

export const undoStopInput = z.object({ id: id('postingStop') });

/** Why posting is on hold, since when and by whom. */
export const holdOutput = z.object({
  kind: z.enum(HOLDS),
  since: z.date(),
  by: factOutput,
  /** Number of posts that are still being sent and whose outcome is not recorded yet. */
  sending: z.number().int(),
  /** Whether the current user may start posting again. */
  mayStart: z.boolean(),
});
export type Hold = z.output<typeof holdOutput>;

export const postingStateOutput = z.object({
  hold: holdOutput.nullable(),
  /** Number of publications waiting to be sent or approved. */
  waiting: z.number().int(),
  /** Number of distinct posts behind `waiting`, which counts every account, part and repetition. */
  waitingPosts: z.number().int(),
  /** Number of these whose time has passed. The rule for missed posts decides about them. */
  overdue: z.number().int(),
  missedPolicy: z.enum(['post', 'skip', 'ask']),
  missedMinutes: z.number().int(),
  /** The newest stop that can still be undone, and the number of posts that undoing it restores. */
  stop: z
    .object({
      id: z.string(),
      at: z.date(),
      by: factOutput,
      count: z.number().int(),
      undoUntil: z.date(),
      /** Whether posting was running before the stop. Undoing the stop then resumes it, unless it has been held otherwise since. */
      wasRunning: z.boolean(),
    })
    .nullable(),
  may: z.object({ pause: z.boolean(), stop: z.boolean(), emergency: z.boolean() }),
});
export type PostingState = z.output<typeof postingStateOutput>;
