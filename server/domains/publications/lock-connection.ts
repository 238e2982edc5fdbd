import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

/**
 * Whoever says which post on the platform a publication is holds its connection, so that no post is said to be two of them. After the
 * workspace and before the publication. Rows that only refer to the connection do not wait for it.
 */
export async function lockConnection(tx: Pick<Tx, 'execute'>, connectionId: string): Promise<void> {
  await tx.execute(sql`select id from connections where id = ${connectionId} for no key update`);
}
