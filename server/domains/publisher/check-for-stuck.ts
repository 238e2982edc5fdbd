import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { latestEnd } from '@/db/leases';
import { PUBLICATION_LISTS } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at, ms, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { PUBLICATION_LEASE } from '../publications/lease';
import { FORGOTTEN_LANE_MS } from '../publications/policy';

export interface Stuck {
  /** Whether there is interrupted work or a due lane that is not being sent. `recoverStuck` and `idleLanes` find it. */
  found: boolean;
  /** When the next lease or claim ends; null if nothing is claimed or in progress. */
  nextEnd: Date | null;
}

/** Number of claims that are checked, the earliest first, because a forgotten one has been due the longest. */
const CLAIMS_CHECKED = 50;

/** Checks with one cheap statement whether there is anything to recover. Claims nothing. */
export async function checkForStuck({ db, clock }: { db: Db; clock: Clock }): Promise<Stuck> {
  const now = clock.now();
  const [row] = await db.asSystem((tx) =>
    rowsOf<{ next_end: number | null; ahead: boolean; forgotten: boolean }>(
      tx,
      sql`
        select (select ${ms(sql`min(claimed_until)`)} from publications where state in ${listed(PUBLICATION_LISTS.inHand)}) as next_end,
          exists (
            select from publications where state in ${listed(PUBLICATION_LISTS.inHand)}
              and claimed_until > ${at(latestEnd(PUBLICATION_LEASE, now))}
          ) as ahead,
          exists (
            select from (
              select workspace_id, connection_id, due_at, retry_at, id, media_until from publications
              where state = 'queued' order by claimed_until limit ${CLAIMS_CHECKED}) q
            where greatest(q.due_at, q.retry_at) < ${at(new Date(now.getTime() - FORGOTTEN_LANE_MS))}
              and (q.media_until is null or q.media_until > ${at(now)})
              and not exists (select from workspaces w where w.id = q.workspace_id and w.held_at is not null)
              and not exists (
                select from publications o where o.connection_id = q.connection_id
                  and (o.state = 'publishing' or o.state = 'scheduled' and (o.due_at, o.id) < (q.due_at, q.id)))
          ) as forgotten`,
    ),
  );
  const end = row?.next_end ?? null;
  return {
    found: (row?.forgotten ?? false) || (row?.ahead ?? false) || (end !== null && end < now.getTime()),
    nextEnd: end === null ? null : new Date(end),
  };
}
