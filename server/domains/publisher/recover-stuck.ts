import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { latestEnd, newLease, setLease } from '@/db/leases';
import { stateAfter, statesBefore } from '@/db/state-sql';
import { at, ms, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { faultPoint } from '@/server/foundation/fault-points';
import type { Claim } from '../due/claim-due';
import { PUBLICATION_LEASE } from '../publications/lease';
import { OUTCOME_UNKNOWN } from '../publications/policy';

const BATCH = 500;

/**
 * A publication to look up. `attempt` is the number of its last attempt: the run that begins the next one does the look-up, and every other
 * request for the same look-up does nothing.
 */
export type LookUp = Claim & { attempt: number };

/**
 * Finds interrupted work in all workspaces. A publication that was claimed but never started goes back to `scheduled`. If it was started
 * and its lease has expired, the outcome of that attempt is unknown, so it is taken over for a look-up. Returns those to look up.
 *
 * `alone` is for a process that knows that no other one uses the database: all work in progress then belongs to a process that has ended,
 * however long its lease still lasts.
 */
export async function recoverStuck({
  db,
  clock,
  alone = false,
}: {
  db: Db;
  clock: Clock;
  alone?: boolean;
}): Promise<{ released: number; lookUps: LookUp[] }> {
  const now = clock.now();
  const lease = newLease(PUBLICATION_LEASE, now);
  const over = sql`(claimed_until < ${at(now)} or claimed_until > ${at(latestEnd(PUBLICATION_LEASE, now))})`;
  // A look-up that waits for its time has no open attempt.
  const abandoned = alone
    ? sql`or exists (select from publication_attempts a where a.publication_id = publications.id
        and a.number = publications.attempts and a.outcome is null)`
    : sql``;
  faultPoint('recover: before');
  return db.asSystem(async (tx) => {
    const released = await rowsOf(
      tx,
      sql`
        update publications set state = ${stateAfter('release')}, claim_token = null, claimed_until = least(claimed_until, ${at(now)}), updated_at = ${at(now)}
        where id in (
          select id from publications where state in (${statesBefore('release')}) and ${over}
          order by claimed_until limit ${BATCH} for update skip locked)
        returning id`,
    );
    faultPoint('recover: released');
    const rows = await rowsOf<{
      id: string;
      workspace_id: string;
      connection_id: string;
      platform: string;
      version: number;
      attempts: number;
      due: number;
    }>(
      tx,
      sql`
        with stuck as (
          select id, claimed_until from publications
          where state in (${statesBefore('takeOver')}) and (${over} ${abandoned})
          order by claimed_until limit ${BATCH} for update skip locked
        ), moved as (
          update publications p set ${setLease(PUBLICATION_LEASE, lease)}, updated_at = ${at(now)}
          from stuck where p.id = stuck.id
          returning p.id, p.workspace_id, p.connection_id, p.version, p.attempts, p.due_at, least(stuck.claimed_until, ${at(now)}) as ended
        ), unseen as (
          -- Nothing of it can have left after its lease.
          update publication_attempts a
          set outcome = 'unknown_outcome', finished_at = greatest(a.started_at, m.ended), message = ${JSON.stringify(OUTCOME_UNKNOWN)}::jsonb
          from moved m where a.publication_id = m.id and a.kind = 'publish' and a.outcome is null
        )
        select m.id, m.workspace_id, m.connection_id, c.platform, m.version, m.attempts, ${ms(sql`m.due_at`)} as due
        from moved m join connections c on c.id = m.connection_id`,
    );
    faultPoint('recover: written');
    return {
      released: released.length,
      lookUps: rows.map((r) => ({
        workspaceId: r.workspace_id,
        publicationId: r.id,
        connectionId: r.connection_id,
        platform: r.platform,
        version: r.version,
        attempt: r.attempts,
        claimToken: lease.token,
        dueAt: new Date(r.due).toISOString(),
      })),
    };
  });
}
