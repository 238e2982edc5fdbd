import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { clearLease } from '@/db/leases';
import { UPLOAD_LEASE } from './upload-media';

/**
 * Frees every upload lease. Only for a process that knows that no other one uses the database: the processes that held them have ended, and
 * the uploads continue from what is recorded.
 */
export async function freeUploads({ db }: { db: Db }): Promise<void> {
  await db.asSystem((tx) =>
    tx.execute(
      sql`update publication_media set ${clearLease(UPLOAD_LEASE)} where ${UPLOAD_LEASE.token} is not null`,
    ),
  );
}
