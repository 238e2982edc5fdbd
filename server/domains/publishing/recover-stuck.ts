import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { randomToken } from '@/server/foundation/crypto';
import { faultPoint } from '@/server/foundation/fault-points';
import type { Claim } from './claim-due';
import { NOBODY_SAW, PUBLISH_LEASE_MS } from './policy';
import { at, ms, rowsOf, stateAfter, statesBefore } from './sql-rows';

const BATCH = 500;

/**
 * Finds what stopped half-way, in all workspaces. Claimed and never started: back to `scheduled`. Started, and its lease is
 * over: nobody saw the end of that try, so the row is taken over for a look-up. Answers those to look up.
 */
export async function recoverStuck({
  db,
  clock,
}: {
  db: Db;
  clock: Clock;
}): Promise<{ released: number; lookUps: Claim[] }> {
  const now = clock.now();
  const lease = new Date(now.getTime() + PUBLISH_LEASE_MS);
  const token = randomToken(12);
  faultPoint('recover: before');
  return db.asSystem(async (tx) => {
    const released = await rowsOf(
      tx,
      sql`
        update publications set state = ${stateAfter('release')}, claim_token = null, updated_at = ${at(now)}
        where id in (
          select id from publications where state in (${statesBefore('release')}) and claimed_until < ${at(now)}
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
      due: number;
    }>(
      tx,
      sql`
        with stuck as (
          select id from publications where state in (${statesBefore('takeOver')}) and claimed_until < ${at(now)}
          order by claimed_until limit ${BATCH} for update skip locked
        ), moved as (
          update publications p set claim_token = ${token}, claimed_until = ${at(lease)}, updated_at = ${at(now)}
          from stuck where p.id = stuck.id returning p.id, p.workspace_id, p.connection_id, p.version, p.due_at
        ), unseen as (
          update publication_attempts a
          set outcome = 'unknown_outcome', finished_at = ${at(now)}, message = ${NOBODY_SAW}
          from moved m where a.publication_id = m.id and a.kind = 'publish' and a.outcome is null
        )
        select m.id, m.workspace_id, m.connection_id, c.platform, m.version, ${ms(sql`m.due_at`)} as due
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
        claimToken: token,
        dueAt: new Date(r.due).toISOString(),
      })),
    };
  });
}
