import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

/**
 * Locks the connection of a publication that is about to be matched with a post on the platform, so that no post is matched twice. Taken
 * after the lock of the workspace and before that of the publication. Rows that only refer to the connection do not wait for it.
 */
export async function lockConnection(tx: Pick<Tx, 'execute'>, connectionId: string): Promise<void> {
  await tx.execute(sql`select id from connections where id = ${connectionId} for no key update`);
}
