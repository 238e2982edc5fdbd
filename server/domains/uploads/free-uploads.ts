import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';

/**
 * Frees every upload that somebody is at. Only for a process that knows that no other one uses the database: whoever was at it has
 * ended, and the upload goes on from what is written of it.
 */
export async function freeUploads({ db }: { db: Db }): Promise<void> {
  await db.asSystem((tx) =>
    tx.execute(
      sql`update publication_media set lease_token = null, lease_until = null where lease_token is not null`,
    ),
  );
}
