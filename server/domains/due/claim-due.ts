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

/** A publication that a sweep took, as the worker is told of it. */
export interface Claim {
  workspaceId: string;
  publicationId: string;
  connectionId: string;
  platform: string;
  version: number;
  claimToken: string;
  /** ISO instant from which it may go out. */
  dueAt: string;
  /** Its pictures are not on the platform yet. */
  unready?: true;
}

/**
 * Takes up to `limit` publications of all workspaces that are due before the next sweep. Two sweeps at once take different
 * rows (`skip locked`); a claim that nobody comes for is released when its lease ends. What is late is first decided by its
 * workspace's rule; held workspaces are passed over, however much of theirs is due.
 *
 * It reads what is due and nothing else, however much waits: first what was taken before and waits again, then what comes due
 * for the first time (all of it later), each by an index of its own; and the rows that it takes by their ids (`claim_due` in
 * db/functions.sql).
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

/** Gives claims back at once when their events could not be sent. */
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
