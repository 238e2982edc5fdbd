import { count, desc, eq, lt } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { emails } from '@/db/schema';

/** One page of the outbox, the newest first. `before` is an id of the last page's end. */
export async function listOutbox(
  ctx: { db: Db },
  input: { before?: string | undefined; limit: number },
): Promise<{
  items: Pick<typeof emails.$inferSelect, 'id' | 'toAddress' | 'subject' | 'status' | 'createdAt'>[];
  total: number;
}> {
  return ctx.db.asSystem(async (tx) => {
    const items = await tx
      .select({
        id: emails.id,
        toAddress: emails.toAddress,
        subject: emails.subject,
        status: emails.status,
        createdAt: emails.createdAt,
      })
      .from(emails)
      .where(input.before ? lt(emails.id, input.before) : undefined)
      .orderBy(desc(emails.id))
      .limit(input.limit);
    const [all] = await tx.select({ n: count() }).from(emails);
    return { items, total: all?.n ?? 0 };
  });
}

/** One e-mail of the outbox, or null. */
export async function readOutbox(
  ctx: { db: Db },
  input: { id: string },
): Promise<typeof emails.$inferSelect | null> {
  const [row] = await ctx.db.asSystem((tx) => tx.select().from(emails).where(eq(emails.id, input.id)));
  return row ?? null;
}
