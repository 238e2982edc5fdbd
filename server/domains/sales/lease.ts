import { and, eq } from 'drizzle-orm';
import { type HeldLease, isFree, isOurs, type LeaseKind, leasesOf, newLease } from '@/db/leases';
import { connections, syncCursors } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';

/** The lease of the run that reads a connection's sales. */
export const SYNC_LEASE: LeaseKind = {
  name: 'sales_sync',
  id: syncCursors.connectionId,
  token: syncCursors.leaseToken,
  until: syncCursors.leaseUntil,
};

export interface Lease {
  connection: typeof connections.$inferSelect;
  cursor: string | null;
  token: string;
  /** Renewed until `releaseLease`. */
  held: HeldLease;
}

/** Acquires the lease of a connection's sync for this run. Returns null if another run holds it or the connection is not active. */
export async function takeLease(ctx: Ctx, connectionId: string): Promise<Lease | null> {
  const { db, clock } = ctx;
  const { token, until } = newLease(SYNC_LEASE, clock.now());
  const taken = await db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [connection] = await tx
      .select()
      .from(connections)
      .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)));
    if (!connection) throw notFound('connection');
    if (connection.status !== 'active') return null;
    await tx
      .insert(syncCursors)
      .values({
        workspaceId: ctx.workspaceId,
        connectionId,
        kind: 'sales',
        cursor: '',
        syncedAt: new Date(0),
      })
      .onConflictDoNothing();
    const [row] = await tx
      .update(syncCursors)
      .set({ leaseToken: token, leaseUntil: until })
      .where(and(mine(ctx, connectionId), isFree(SYNC_LEASE, clock.now())))
      .returning();
    return row ? { connection, cursor: row.cursor || null } : null;
  });
  if (!taken) return null;
  const held = leasesOf(db).hold(SYNC_LEASE, { id: connectionId, token, until, clock });
  return { ...taken, token, held };
}

/** Matches the cursor row of a connection's sales in this workspace. */
export const mine = (ctx: Ctx, connectionId: string) =>
  and(
    eq(syncCursors.workspaceId, ctx.workspaceId),
    eq(syncCursors.connectionId, connectionId),
    eq(syncCursors.kind, 'sales'),
  );

/** Matches the same row while this run holds the lease. */
export const ours = (ctx: Ctx, lease: Lease) =>
  and(mine(ctx, lease.connection.id), isOurs(SYNC_LEASE, lease.token));

/** Releases the lease if this run still holds it. `done` records a successful sync. */
export async function releaseLease(ctx: Ctx, lease: Lease, done: boolean): Promise<void> {
  lease.held.end();
  await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .update(syncCursors)
      .set({ leaseToken: null, leaseUntil: null, ...(done ? { syncedAt: ctx.clock.now() } : {}) })
      .where(ours(ctx, lease)),
  );
}
