import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { at, rowsOf } from '../publishing/sql-rows';
import { RECONNECT_MS } from './decide';

/**
 * Rules whose number was reached and whose repost or follow-up is not made yet: the process ended, or something stood in the way. What
 * waits for its account to be reconnected is passed over until its time to wait is over, so that it keeps no other waiting.
 */
export async function boostsToFire({
  db,
  clock,
}: {
  db: Db;
  clock: Clock;
}): Promise<{ workspaceId: string; publicationId: string }[]> {
  const waitedLongEnough = new Date(clock.now().getTime() - RECONNECT_MS);
  return db.asSystem((tx) =>
    rowsOf<{ workspaceId: string; publicationId: string }>(
      tx,
      sql`
        select r.workspace_id as "workspaceId", r.publication_id as "publicationId"
        from publication_results r join connections c on c.id = r.connection_id
        where r.boost_state = 'reached' and (c.status <> 'needs_reconnect' or r.boost_at <= ${at(waitedLongEnough)})
        order by r.boost_at limit 200`,
    ),
  );
}
