import { and, count, desc, eq, gte, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { emails, users } from '@/db/schema';
import type { OutboxReader } from './outbox-reader';

type Item = Pick<typeof emails.$inferSelect, 'id' | 'toAddress' | 'subject' | 'status' | 'createdAt'>;

/** One page of what a reader may see of the outbox, the newest first. `before` is an id of the last page's end. */
export async function listOutbox(
  ctx: { db: Db },
  input: { reader: OutboxReader; before?: string | undefined; limit: number },
): Promise<{ items: Item[]; total: number }> {
  return ctx.db.asSystem(async (tx) => {
    const mine = await readable(tx, input.reader);
    const items = await tx
      .select({
        id: emails.id,
        toAddress: emails.toAddress,
        subject: emails.subject,
        status: emails.status,
        createdAt: emails.createdAt,
      })
      .from(emails)
      .where(and(mine, input.before ? lt(emails.id, input.before) : undefined))
      .orderBy(desc(emails.id))
      .limit(input.limit);
    const [all] = await tx.select({ n: count() }).from(emails).where(mine);
    return { items, total: all?.n ?? 0 };
  });
}

/** One e-mail of the outbox; null when there is none, or when it is not for this reader. */
export async function readOutbox(
  ctx: { db: Db },
  input: { reader: OutboxReader; id: string },
): Promise<typeof emails.$inferSelect | null> {
  return ctx.db.asSystem(async (tx) => {
    const [row] = await tx
      .select()
      .from(emails)
      .where(and(await readable(tx, input.reader), eq(emails.id, input.id)));
    return row ?? null;
  });
}

/** Own e-mails are those to one's address since one has the account: what an earlier owner of it got stays theirs. */
async function readable(tx: Tx, reader: OutboxReader): Promise<SQL | undefined> {
  if (reader.kind === 'all') return ne(emails.status, 'void');
  if (reader.kind === 'nobody') return sql`false`;
  const [person] = await tx
    .select({ email: users.email, since: users.createdAt })
    .from(users)
    .where(eq(users.id, reader.userId));
  if (!person) return sql`false`;
  return and(
    eq(sql`lower(${emails.toAddress})`, person.email.toLowerCase()),
    gte(emails.createdAt, person.since),
  );
}
