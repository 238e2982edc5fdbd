import type { Db, Tx } from '@/db/client';
import { PUBLICATION_LISTS } from '@/db/schema';
import type { WorkspaceId } from '@/server/foundation/ids';
import type { Platforms } from '@/server/verbs/platforms';
import type { Publication } from '../publications/schemas';
import { limitWarnings, type PostToCheck } from './check-schedule-limits';
import { type QuotaSnapshot, readLoads, readQuotaSnapshot } from './check-schedule-load';
import type { Scheduled } from './check-schedule-schemas';

/** States of unsent publications, the only ones that can still exceed a limit. */
const UNSENT: readonly Publication['state'][] = PUBLICATION_LISTS.waiting;

const askedOf = (rows: readonly Publication[], port: Platforms): PostToCheck[] =>
  rows
    .filter((row) => UNSENT.includes(row.state))
    .map((row) => ({
      connectionId: row.connectionId,
      platform: row.platform,
      environment: row.environment,
      dueAt: row.dueAt,
      posts: 1 + row.parts.length,
      connectionName: row.connectionName,
      platformName: port.traits(row.platform)?.name ?? row.platform,
    }));

/** Adds the warnings about platform limits to publications, in the transaction that created them. */
export async function withLimitWarnings(
  tx: Tx,
  workspaceId: WorkspaceId,
  rows: readonly Publication[],
  quota: QuotaSnapshot,
  port: Platforms,
  now: Date,
): Promise<Scheduled[]> {
  const asked = askedOf(rows, port);
  const own = rows.map((row) => row.id);
  const loads = await readLoads(tx, workspaceId, asked, own, now);
  const warnings = limitWarnings(asked, loads, quota, rows[0]?.timeZone ?? 'UTC');
  return rows.map((row) => ({
    ...row,
    warnings: warnings.filter((w) => w.connectionId === row.connectionId),
  }));
}

/** The same for publications that an earlier request created. */
export async function withCurrentLimitWarnings(
  db: Db,
  workspaceId: WorkspaceId,
  rows: readonly Publication[],
  port: Platforms,
  now: Date,
): Promise<Scheduled[]> {
  const own = rows.map((row) => row.id);
  const quota = await readQuotaSnapshot(db, askedOf(rows, port), own, now);
  return db.asWorkspace(workspaceId, (tx) => withLimitWarnings(tx, workspaceId, rows, quota, port, now));
}
