import { and, desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { webhookEvents } from '@/db/schema';
import { defineVerb, nothing } from '@/server/verbs/define';
import { unknownFields } from './event-subject';

const unreadEvent = z.object({
  /** Unique key of the row. */
  key: z.string(),
  /** The provider's own id of the event, if it has one, for looking it up and re-sending it there. */
  id: z.string().nullable(),
  provider: z.string(),
  type: z.string(),
  receivedAt: z.date(),
  /** `no_json`; `unknown_fields`, which are listed; or `readable_now`: this version would read it if it were re-sent. */
  reason: z.enum(['no_json', 'unknown_fields', 'readable_now']),
  fields: z.array(z.string()),
});
export type UnreadEvent = z.output<typeof unreadEvent>;
const MAX = 50;

/** Id prefix of stored bodies that are not even events, followed by a hash of the body. */
export const UNREAD_ID = 'stripe:unread:';

/**
 * Lists signed payment events that could not be read, newest first, without personal data. For the operators of the installation only. The
 * bodies stay in webhook_events until they are deleted (retention/delete-expired.ts).
 */
export const listUnreadEvents = defineVerb({
  verb: 'billing.unreadEvents',
  access: 'installation',
  effect: 'read',
  input: nothing,
  output: z.array(unreadEvent),
  run: async ({ db }): Promise<UnreadEvent[]> => {
    const rows = await db.asSystem((tx) =>
      tx
        .select()
        .from(webhookEvents)
        .where(and(eq(webhookEvents.provider, 'stripe'), eq(webhookEvents.outcome, 'unreadable')))
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
