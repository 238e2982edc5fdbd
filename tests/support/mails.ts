import { asc, type SQL } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { emails } from '@/db/schema';
import { type RenderedEmail, renderRow } from '@/server/domains/emails/render-email';

/** Renders the queued e-mails as they are sent, oldest first. E-mails whose contents were cleared have empty texts. */
export async function readMails(
  db: Db,
  which?: SQL,
): Promise<(typeof emails.$inferSelect & RenderedEmail)[]> {
  const rows = await db.asSystem((tx) =>
    tx.select().from(emails).where(which).orderBy(asc(emails.createdAt), asc(emails.id)),
  );
  const empty = { subject: '', html: '', body: '' };
  return Promise.all(
    rows.map(async (row) => ({
      ...row,
      ...(Object.keys(row.props).length === 0 ? empty : await renderRow(row)),
    })),
  );
}
