import { and, count, desc, eq, gte, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { emails, users } from '@/db/schema';
import { emailWordsIn } from '@/i18n/email-words';
import { log } from '@/server/foundation/log';
import type { OutboxReader } from './outbox-reader';
import { type RenderedEmail, renderRow, subjectOfRow } from './render-email';

type Row = typeof emails.$inferSelect;
type Item = Pick<Row, 'id' | 'toAddress' | 'status' | 'createdAt'> & { subject: string };

/** Returns one page of the outbox that a reader may see, newest first. `before` is the last id of the previous page. */
export async function listOutbox(
  ctx: { db: Db },
  input: { reader: OutboxReader; before?: string | undefined; limit: number },
): Promise<{ items: Item[]; total: number }> {
  const { rows, total } = await ctx.db.asSystem(async (tx) => {
    const mine = await readable(tx, input.reader);
    const rows = await tx
      .select()
      .from(emails)
      .where(and(mine, input.before ? lt(emails.id, input.before) : undefined))
      .orderBy(desc(emails.id))
      .limit(input.limit);
    const [all] = await tx.select({ n: count() }).from(emails).where(mine);
    return { rows, total: all?.n ?? 0 };
  });
  const items = rows.map(async (row) => {
    const { id, toAddress, status, createdAt } = row;
    return { id, toAddress, status, createdAt, subject: await rendered(row, subjectOfRow, (note) => note) };
  });
  return { items: await Promise.all(items), total };
}

/** Returns one e-mail of the outbox, or null if it does not exist or this reader may not see it. */
export async function readOutbox(
  ctx: { db: Db },
  input: { reader: OutboxReader; id: string },
): Promise<(Pick<Row, 'id' | 'toAddress' | 'status' | 'createdAt'> & RenderedEmail) | null> {
  const row = await ctx.db.asSystem(async (tx) => {
    const [row] = await tx
      .select()
      .from(emails)
      .where(and(await readable(tx, input.reader), eq(emails.id, input.id)));
    return row;
  });
  if (!row) return null;
  const { id, toAddress, status, createdAt } = row;
  const mail = await rendered(row, renderRow, (note) => ({ subject: note, html: note, body: note }));
  return { id, toAddress, status, createdAt, ...mail };
}

/** Renders a row. If the e-mail was emptied or cannot be rendered, returns a note that says so. */
async function rendered<T>(
  row: Row,
  render: (row: Row) => Promise<T>,
  instead: (note: string) => T,
): Promise<T> {
  const { t } = emailWordsIn(row.locale);
  if (Object.keys(row.props).length === 0) return instead(t('emptied'));
  try {
    return await render(row);
  } catch (error) {
    log().error({ err: error, email: row.id, template: row.template }, 'an e-mail could not be rendered');
    return instead(t('unreadable'));
  }
}

/** A user may read e-mails to their address that are newer than their account; older ones belong to a previous owner of the address. */
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
