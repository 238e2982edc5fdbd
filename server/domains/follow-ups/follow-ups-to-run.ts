import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { at, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { RECONNECT_MS } from '../follow-up-rules/decide';

export interface FollowUpToRun {
  workspaceId: string;
  publicationId: string;
  /** When the threshold was reached, as the database prints it: with microsecond precision. */
  at: string;
}

/**
 * Returns one page of rules whose threshold was reached but whose follow-up does not exist yet, because the process ended or something
 * prevented it. Rules that wait for their account to be reconnected are skipped until their waiting time is over, so that they do not block
 * others. Paging keeps follow-ups that fail repeatedly from blocking the later ones.
 */
export async function followUpsToRun({
  db,
  clock,
  after = null,
}: {
  db: Db;
  clock: Clock;
  /** Last entry of the previous page. */
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
