import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { id } from '@/server/foundation/inputs';

export const HOLDS = ['pause', 'stop', 'emergency'] as const;
export type HoldKind = (typeof HOLDS)[number];

export const undoStopInput = z.object({ id: id('postingStop') });

/** Why nothing goes out, since when and by whom. */
export const holdOutput = z.object({
  kind: z.enum(HOLDS),
  since: z.date(),
  by: factOutput,
  /** Posts that were on their way at that moment and whose outcome is not written yet. */
  sending: z.number().int(),
  /** Whether the person who looks may start it again. */
  mayStart: z.boolean(),
});
export type Hold = z.output<typeof holdOutput>;

export const postingStateOutput = z.object({
  hold: holdOutput.nullable(),
  /** Posts that wait to go out or to be approved. */
  waiting: z.number().int(),
  /** How many posts these are copies of: one for each account, part and repetition. */
  waitingPosts: z.number().int(),
  /** Of these, posts whose time has passed: the rule for missed posts decides about them. */
  overdue: z.number().int(),
  missedPolicy: z.enum(['post', 'skip', 'ask']),
  missedMinutes: z.number().int(),
  /** The newest stop that can still be undone, and how many posts it would bring back. */
  stop: z
    .object({
      id: z.string(),
      at: z.date(),
      by: factOutput,
      count: z.number().int(),
      undoUntil: z.date(),
      /** Whether posts went out before it: undoing it lets them go out again, unless somebody has held them otherwise since. */
      wasRunning: z.boolean(),
    })
    .nullable(),
  may: z.object({ pause: z.boolean(), stop: z.boolean(), emergency: z.boolean() }),
});
export type PostingState = z.output<typeof postingStateOutput>;
