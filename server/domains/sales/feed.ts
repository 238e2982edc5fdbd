import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, or } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { connections, syncCursors } from '@/db/schema';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { type Clock, latestStored } from '@/server/foundation/clock';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { feedAlertKey } from '../connections/alert-keys';
import { mine } from './lease';
import { canSell } from './queries';

/** A feed that has failed for this long is stuck. Syncs are hourly and retried, so a short outage is not reported. */
const FAILING_MS = 30 * 60_000;
/** A feed without a successful sync for this long is stuck: one hourly sync was missed, for whatever reason. */
const SILENT_MS = 90 * 60_000;
const PAGE = 200;

type Cursor = typeof syncCursors.$inferSelect;
type Connection = typeof connections.$inferSelect;

/** The time of the last successful sync, or null if there was none. */
const lastSync = (cursor: Cursor): Date | null => (cursor.syncedAt.getTime() > 0 ? cursor.syncedAt : null);

/** Whether users have to be told that nothing arrives from this connection. */
function isStuck(connection: Connection, cursor: Cursor, now: Date): boolean {
  const age = (at: Date) => now.getTime() - at.getTime();
  if (connection.status !== 'active') return false;
  return (
    (cursor.failingSince !== null && age(cursor.failingSince) >= FAILING_MS) ||
    age(lastSync(cursor) ?? connection.createdAt) >= SILENT_MS
  );
}

/**
 * Records that a sync failed, with the platform's reason, and tells users if that has gone on for too long. A connection that has to be
 * renewed has an alert of its own.
 */
export async function recordFailedSync(ctx: Ctx, connectionId: string, error: unknown): Promise<void> {
  if (isConnectorFault(error) && error.kind === 'reauth') return;
  const now = ctx.clock.now();
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [before] = await tx
      .select({ failingSince: syncCursors.failingSince })
      .from(syncCursors)
      .where(mine(ctx, connectionId));
    if (!before) return;
    await tx
      .update(syncCursors)
      .set({
        failingSince:
          before.failingSince && before.failingSince <= latestStored(now) ? before.failingSince : now,
        problem: isConnectorFault(error) ? error.fact : null,
      })
      .where(mine(ctx, connectionId));
    await reportIfStuck(tx, ctx, connectionId);
  });
}

/** Records that a sync succeeded, in its transaction, and ends the alert about the feed. */
export async function recordSync(tx: Tx, ctx: Ctx, connectionId: string): Promise<void> {
  await tx
    .update(syncCursors)
    .set({ failingSince: null, problem: null, stuckSince: null })
    .where(
      and(
        mine(ctx, connectionId),
        or(isNotNull(syncCursors.failingSince), isNotNull(syncCursors.stuckSince)),
      ),
    );
  await resolveAlert(tx, ctx, feedAlertKey(connectionId));
}

/** Tells users that a connection's feed is stuck, once, if it is. Returns whether it is. */
async function reportIfStuck(tx: Tx, ctx: Ctx, connectionId: string): Promise<boolean> {
  const [found] = await tx
    .select({ connection: connections, cursor: syncCursors })
    .from(connections)
    .innerJoin(syncCursors, and(eq(syncCursors.connectionId, connections.id), mine(ctx, connectionId)))
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)))
    .for('update');
  if (!found || !isStuck(found.connection, found.cursor, ctx.clock.now())) return false;
  const { connection, cursor } = found;
  const last = lastSync(cursor);
  if (!cursor.stuckSince)
    await tx
      .update(syncCursors)
      .set({ stuckSince: last ?? cursor.failingSince ?? connection.createdAt })
      .where(mine(ctx, connectionId));
  await raiseAlert(tx, ctx, {
    key: feedAlertKey(connectionId),
    severity: 'serious',
    title: fact('sales.alerts.stuck.title', { shop: connection.remoteName }),
    body: stuckBody(last, cursor.problem),
    href: '/orders',
  });
  return true;
}

function stuckBody(last: Date | null, problem: Fact | null): Fact {
  const since = { instant: (last ?? new Date(0)).toISOString() };
  if (!last)
    return problem ? fact('sales.alerts.stuck.neverBecause', { problem }) : fact('sales.alerts.stuck.never');
  return problem
    ? fact('sales.alerts.stuck.body', { problem, since })
    : fact('sales.alerts.stuck.silent', { since });
}

/** Reports a stuck feed found by `stuckFeeds`. Does nothing if it works again. */
export async function reportStuckFeed({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { connectionId: string };
}): Promise<{ stuck: boolean }> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await tx
      .insert(syncCursors)
      .values({
        workspaceId: ctx.workspaceId,
        connectionId: input.connectionId,
        kind: 'sales',
        cursor: '',
        syncedAt: new Date(0),
      })
      .onConflictDoNothing();
    return { stuck: await reportIfStuck(tx, ctx, input.connectionId) };
  });
}

/** Finds connections in any workspace whose feed is stuck and has not been reported, after the given id. Returns only ids. */
export async function stuckFeeds(
  db: Db,
  clock: Clock,
  after = '',
): Promise<{ workspaceId: string; connectionId: string }[]> {
  const now = clock.now().getTime();
  const failing = new Date(now - FAILING_MS);
  const silent = new Date(now - SILENT_MS);
  return db.asSystem((tx) =>
    tx
      .select({ workspaceId: connections.workspaceId, connectionId: connections.id })
      .from(connections)
      .leftJoin(syncCursors, and(eq(syncCursors.connectionId, connections.id), eq(syncCursors.kind, 'sales')))
      .where(
        and(
          eq(connections.status, 'active'),
          inArray(connections.platform, PLATFORM_IDS.filter(canSell)),
          gt(connections.id, after),
          isNull(syncCursors.stuckSince),
          or(
            lte(syncCursors.failingSince, failing),
            and(
              lte(connections.createdAt, silent),
              or(isNull(syncCursors.syncedAt), lte(syncCursors.syncedAt, silent)),
            ),
          ),
        ),
      )
      .orderBy(asc(connections.id))
      .limit(PAGE),
  );
}
