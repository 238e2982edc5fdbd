import { z } from 'zod';
import { token } from '@/server/foundation/inputs';

export const followChangesInput = z.object({
  /** The cursor of the last event that the client received. An invalid cursor counts as none. */
  since: token({ max: 40 }).nullish().catch(null),
});

/** Changes: ids by topic, or null if there are too many to name or only the topic is known. Never contains content. */
const topics = z.record(z.string(), z.array(z.string()).nullable());
export type Topics = z.output<typeof topics>;

export const liveEvent = z.discriminatedUnion('type', [
  /** The listener has reached the cursor. `topics` lists what it missed; `resync` means that this is no longer known. */
  z.object({
    type: z.literal('ready'),
    cursor: z.string(),
    now: z.number(),
    topics: topics.nullable(),
    resync: z.boolean(),
  }),
  z.object({ type: z.literal('change'), cursor: z.string(), topics }),
  /** Nothing new; shows that the stream is alive. */
  z.object({ type: z.literal('alive'), cursor: z.string() }),
  /** The last event. `later`: reconnect immediately; `trouble`: reconnect after a while; `signed_out`: do not reconnect. */
  z.object({ type: z.literal('bye'), why: z.enum(['later', 'trouble', 'signed_out']) }),
]);
export type LiveEvent = z.output<typeof liveEvent>;
