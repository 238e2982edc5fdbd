import { desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { webhookEvents } from '@/db/schema';
import { defineVerb, nothing } from '@/server/verbs/define';
import { unknownFields } from './event-subject';

export const unreadEvent = z.object({
  /** Tells the rows apart. */
  key: z.string(),
  /** The provider's own id of it, where it has one: with that it can be looked up and sent again there. */
  id: z.string().nullable(),
  provider: z.string(),
  type: z.string(),
  receivedAt: z.date(),
  /** `no_json`; `unknown_fields`, which are named; or `readable_now`: this version reads it when it is sent again. */
  reason: z.enum(['no_json', 'unknown_fields', 'readable_now']),
  fields: z.array(z.string()),
});
export type UnreadEvent = z.output<typeof unreadEvent>;
const MAX = 50;

/** Where what is not even an event is kept: by a hash of what came. */
export const UNREAD_ID = 'stripe:unread:';

/**
 * Signed payment events that nobody could read, the newest first, without what they say of people. For the operators of the
 * installation only. The bodies stand in webhook_events until they are forgotten (runs/forget-old.ts).
 */
export const listUnreadEvents = defineVerb({
  verb: 'billing.unreadEvents',
  permission: 'installation',
  effect: 'read',
  input: nothing,
  output: z.array(unreadEvent),
  run: async ({ db }): Promise<UnreadEvent[]> => {
    const rows = await db.asSystem((tx) =>
      tx
        .select()
        .from(webhookEvents)
        .where(eq(webhookEvents.outcome, 'unreadable'))
        .orderBy(desc(webhookEvents.receivedAt))
        .limit(MAX),
    );
    return rows.map(({ id, provider, type, receivedAt, body }) => {
      const fields = body === null ? null : unknownFields(body);
      return {
        key: id,
        id: id.startsWith(UNREAD_ID) ? null : id.slice(id.indexOf(':') + 1),
        provider,
        type,
        receivedAt,
        reason: fields === null ? 'no_json' : fields.length > 0 ? 'unknown_fields' : 'readable_now',
        fields: fields ?? [],
      };
    });
  },
});
