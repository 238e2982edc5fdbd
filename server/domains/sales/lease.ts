import { and, eq, isNull, lte, or } from 'drizzle-orm';
import { connections, syncCursors } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '../context';

/** How long a sync may be silent before another one may take over. */
const LEASE_MS = 5 * 60_000;

export interface Lease {
  connection: typeof connections.$inferSelect;
  cursor: string | null;
  until: Date;
}

/** Takes the connection's sync for this run. Null when another run has it, or the connection is not active. */
export async function takeLease(ctx: Ctx, connectionId: string): Promise<Lease | null> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
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
    const now = ctx.clock.now();
    const until = new Date(now.getTime() + LEASE_MS);
    const [row] = await tx
      .update(syncCursors)
      .set({ leaseUntil: until })
      .where(
        and(mine(ctx, connectionId), or(isNull(syncCursors.leaseUntil), lte(syncCursors.leaseUntil, now))),
      )
      .returning();
    return row ? { connection, cursor: row.cursor || null, until } : null;
  });
}

/** The cursor row of a connection's sales, for queries of this workspace. */
export const mine = (ctx: Ctx, connectionId: string) =>
  and(
    eq(syncCursors.workspaceId, ctx.workspaceId),
    eq(syncCursors.connectionId, connectionId),
    eq(syncCursors.kind, 'sales'),
  );

/** A new end for a lease that goes on. Always later than the one before, since it is also the lease's identity. */
export const extended = (ctx: Ctx, lease: Lease): Date =>
  new Date(Math.max(ctx.clock.now().getTime() + LEASE_MS, lease.until.getTime() + 1));

/** Gives the lease back, if it is still ours. */
export async function releaseLease(ctx: Ctx, lease: Lease, done: boolean): Promise<void> {
  await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .update(syncCursors)
      .set({ leaseUntil: null, ...(done ? { syncedAt: ctx.clock.now() } : {}) })
      .where(and(mine(ctx, lease.connection.id), eq(syncCursors.leaseUntil, lease.until))),
  );
}
