import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { rowsOf } from '../publishing/sql-rows';

/** Rules whose number was reached and whose repost or follow-up is not made yet: the process ended, or something stood in the way. */
export async function boostsToFire({
  db,
}: {
  db: Db;
}): Promise<{ workspaceId: string; publicationId: string }[]> {
  return db.asSystem((tx) =>
    rowsOf<{ workspaceId: string; publicationId: string }>(
      tx,
      sql`
        select workspace_id as "workspaceId", publication_id as "publicationId" from publication_results
        where boost_state = 'reached' order by boost_at limit 200`,
    ),
  );
}
