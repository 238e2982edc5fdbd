import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { stateAfter, statesBefore } from '@/db/state-sql';
import { at, json, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { randomToken } from '@/server/foundation/crypto';
import { faultPoint } from '@/server/foundation/fault-points';
import { lateBefore } from '../publications/late';
import { QUEUE_LEASE_MS, SWEEP_AHEAD_MS, SWEEP_BATCH } from '../publications/policy';
import { decideLate } from './decide-late';

/** A publication claimed by a sweep, as passed to the worker. */
export interface Claim {
  workspaceId: string;
  publicationId: string;
  connectionId: string;
  platform: string;
  version: number;
  claimToken: string;
  /** Earliest time of publication, as an ISO instant. */
  dueAt: string;
  /** Set if its media is not on the platform yet. */
  unready?: true;
}

/**
 * Claims up to `limit` publications of all workspaces that are due before the next sweep. Concurrent sweeps claim different rows (`skip
 * locked`); a claim that is never started is released when it expires. Late publications are first decided by their workspace's rule. Held
 * workspaces are skipped, however many due rows they have.
 *
 * Reads only due rows, however many are waiting: first those that were claimed before and wait again, then those due for the first time
 * (all of them later), each through its own index; then the claimed rows by id (`claim_due` in db/functions.sql).
 */
export async function claimDue({
  db,
  clock,
  limit = SWEEP_BATCH,
}: {
  db: Db;
  clock: Clock;
  limit?: number;
}): Promise<Claim[]> {
  const now = clock.now();
  const token = randomToken(12);
  await decideLate({ db, clock });
  faultPoint('claim: before');
  const rows = await rowsOf<{
    id: string;
    workspace_id: string;
    connection_id: string;
    platform: string;
    version: number;
    due: number;
    unready: boolean;
  }>(
    db.raw,
    sql`select * from tributary.claim_due(${at(now)}, ${at(lateBefore(now))}, ${at(new Date(now.getTime() + SWEEP_AHEAD_MS))},
      ${QUEUE_LEASE_MS} * interval '1 millisecond', ${limit}::int, ${token})`,
  );
  faultPoint('claim: after');
  return rows
    .sort((a, b) => a.due - b.due || (a.id < b.id ? -1 : 1))
    .map((r) => ({
      workspaceId: r.workspace_id,
      publicationId: r.id,
      connectionId: r.connection_id,
      platform: r.platform,
      version: r.version,
      claimToken: token,
      dueAt: new Date(r.due).toISOString(),
      ...(r.unready ? { unready: true as const } : {}),
    }));
}

/** Releases claims immediately if their events could not be sent. */
export async function releaseClaims({
  db,
  clock,
  claims,
}: {
  db: Db;
  clock: Clock;
  claims: readonly Claim[];
}): Promise<void> {
  if (claims.length === 0) return;
  const wanted = claims.map((c) => ({ id: c.publicationId, version: c.version, token: c.claimToken }));
  faultPoint('release: before');
  await db.asSystem((tx) =>
    rowsOf(
      tx,
      sql`
        update publications p set state = ${stateAfter('release')}, claim_token = null, claimed_until = null, updated_at = ${at(clock.now())}
        from jsonb_to_recordset(${json(wanted)}) as w(id text, version int, token text)
        where p.id = w.id and p.version = w.version and p.claim_token = w.token and p.state in (${statesBefore('release')})`,
    ),
  );
  faultPoint('release: after');
}
