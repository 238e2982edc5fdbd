import { desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { webhookEvents } from '@/db/schema';

export const unreadEvent = z.object({
  id: z.string(),
  provider: z.string(),
  type: z.string(),
  receivedAt: z.date(),
  body: z.string().nullable(),
});
const MOST = 50;

/** Signed payment events that nobody could read, as they came, the newest first. For the operators of the installation only. */
export async function listUnreadEvents({ db }: { db: Db }): Promise<z.output<typeof unreadEvent>[]> {
  return db.asSystem((tx) =>
    tx
      .select({
        id: webhookEvents.id,
        provider: webhookEvents.provider,
        type: webhookEvents.type,
        receivedAt: webhookEvents.receivedAt,
        body: webhookEvents.body,
      })
      .from(webhookEvents)
      .where(eq(webhookEvents.outcome, 'unreadable'))
      .orderBy(desc(webhookEvents.receivedAt))
      .limit(MOST),
  );
}
