import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { at, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { RECONNECT_MS } from '../follow-up-rules/decide';

export interface FollowUpToRun {
  workspaceId: string;
  publicationId: string;
  /** When the number was reached, as the database writes it: to the microsecond. */
  at: string;
}

/**
 * Rules whose number was reached and whose repost or follow-up is not made yet: the process ended, or something stood in the way. What
 * waits for its account to be reconnected is passed over until its time to wait is over, so that it keeps no other waiting. In pages:
 * what fails again and again fills none but its own.
 */
export async function followUpsToRun({
  db,
  clock,
  after = null,
}: {
  db: Db;
  clock: Clock;
  /** The last one of the page before. */
  after?: FollowUpToRun | null;
}): Promise<FollowUpToRun[]> {
  const waitedLongEnough = new Date(clock.now().getTime() - RECONNECT_MS);
  return db.asSystem((tx) =>
    rowsOf<FollowUpToRun>(
      tx,
      sql`
        select r.workspace_id as "workspaceId", r.publication_id as "publicationId", r.follow_up_at::text as "at"
        from publication_results r join connections c on c.id = r.connection_id
        where r.follow_up_state = 'reached' and (c.status <> 'needs_reconnect' or r.follow_up_at <= ${at(waitedLongEnough)})
          ${after === null ? sql`` : sql`and (r.follow_up_at, r.publication_id) > (${after.at}::timestamptz, ${after.publicationId})`}
        order by r.follow_up_at, r.publication_id limit 200`,
    ),
  );
}
