import { z } from 'zod';
import { token } from '@/server/foundation/inputs';

export const followChangesInput = z.object({
  /** The cursor of the last event that was heard. What is none counts as not told. */
  since: token({ max: 40 }).nullish().catch(null),
});

/** What changed: ids by topic, or null when there are too many to name or only the topic is known. Never any content. */
const topics = z.record(z.string(), z.array(z.string()).nullable());
export type Topics = z.output<typeof topics>;

export const liveEvent = z.discriminatedUnion('type', [
  /** The listener stands at the cursor. `topics` is what it missed; `resync` that this is not known any more. */
  z.object({
    type: z.literal('ready'),
    cursor: z.string(),
    now: z.number(),
    topics: topics.nullable(),
    resync: z.boolean(),
  }),
  z.object({ type: z.literal('change'), cursor: z.string(), topics }),
  /** Nothing new, and somebody is still there. */
  z.object({ type: z.literal('alive'), cursor: z.string() }),
  /** The last one. `later`: come again at once; `trouble`: come again after a while; `signed_out`: do not. */
  z.object({ type: z.literal('bye'), why: z.enum(['later', 'trouble', 'signed_out']) }),
]);
export type LiveEvent = z.output<typeof liveEvent>;
