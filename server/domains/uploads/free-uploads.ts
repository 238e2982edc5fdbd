import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { frees } from '@/db/leases';
import { UPLOAD_LEASE } from './upload-media';

/**
 * Frees every upload that somebody is at. Only for a process that knows that no other one uses the database: whoever was at it has
 * ended, and the upload goes on from what is written of it.
 */
export async function freeUploads({ db }: { db: Db }): Promise<void> {
  await db.asSystem((tx) =>
    tx.execute(
      sql`update publication_media set ${frees(UPLOAD_LEASE)} where ${UPLOAD_LEASE.token} is not null`,
    ),
  );
}
