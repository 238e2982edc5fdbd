import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { at, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { IDLE_LANE_MS, SWEEP_BATCH } from '../publications/policy';

export interface Lane {
  workspaceId: string;
  connectionId: string;
  platform: string;
}

/**
 * Returns the lanes of all workspaces whose first publication is claimed and has been due for `dueForMs` or longer, but is not being sent:
 * its run found the lane taken, and the process that held the lane has ended. Returns at most `limit` lanes, by default a sweep's batch.
 */
export function idleLanes({
  db,
  clock,
  dueForMs = IDLE_LANE_MS,
  limit = SWEEP_BATCH,
}: {
  db: Db;
  clock: Clock;
  dueForMs?: number;
  limit?: number;
}): Promise<Lane[]> {
  const before = new Date(clock.now().getTime() - dueForMs);
  return db.asSystem(async (tx) => {
    const rows = await rowsOf<{ workspace_id: string; connection_id: string; platform: string }>(
      tx,
      sql`
        select p.workspace_id, p.connection_id, c.platform from publications p
        join workspaces w on w.id = p.workspace_id and w.held_at is null join connections c on c.id = p.connection_id
        where p.state = 'queued' and greatest(p.due_at, p.retry_at) < ${at(before)}
          and not exists (select from publications o where o.connection_id = p.connection_id and o.state = 'publishing')
        group by p.workspace_id, p.connection_id, c.platform order by min(p.due_at) limit ${limit}`,
    );
    return rows.map((r) => ({
      workspaceId: r.workspace_id,
      connectionId: r.connection_id,
      platform: r.platform,
    }));
  });
}
