import { and, eq } from 'drizzle-orm';
import { syncCursors } from '@/db/schema';
import { platformManifest } from '@/server/connectors/manifests';
import type { SyncSalesOutput } from '@/server/connectors/kit/types';
import { recordActivity } from '../activity/record-activity';
import type { Ctx } from '../context';
import type { PlatformPort } from '../listings/platform-port';
import { extended, type Lease, mine, releaseLease, takeLease } from './lease';
import { salesSummary, type StoredPage, storePage } from './store-page';
import { syncViews } from './sync-views';

/** How far back the first sync of a connection looks. */
const FIRST_LOOK_MS = 90 * 86_400_000;
/** A run ends after this many pages; the next one goes on from the cursor. */
const MAX_PAGES = 200;

export type SyncResult =
  | { outcome: 'busy' }
  | { outcome: 'done'; newSales: number; newEntries: number; listings: number; differences: string[] };

/**
 * Reads a connection's sales, fees, refunds and views into the ledger, from where the last sync ended. Only one sync of a
 * connection runs at a time; what was read before changes nothing. Throws the platform's ConnectorFault, after keeping every full page.
 */
export async function syncSales({
  ctx,
  input,
  call,
}: {
  ctx: Ctx;
  input: { connectionId: string };
  call: PlatformPort;
}): Promise<SyncResult> {
  const { connectionId } = input;
  let lease = await takeLease(ctx, connectionId);
  if (!lease) return { outcome: 'busy' };
  const result = { outcome: 'done' as const, newSales: 0, newEntries: 0, listings: 0, differences: [] as string[] };
  let done = false;
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer: SyncSalesOutput = await call({
        ctx,
        connectionId,
        capability: 'syncSales',
        input: { cursor: lease.cursor, since: new Date(ctx.clock.now().getTime() - FIRST_LOOK_MS) },
      });
      const kept: { stored: StoredPage; lease: Lease } | null = await keepPage(ctx, lease, answer);
      if (!kept) return { outcome: 'busy' };
      const moved = kept.lease.cursor !== lease.cursor;
      lease = kept.lease;
      result.newSales += kept.stored.newSales.length;
      result.newEntries += kept.stored.newEntries;
      result.differences.push(...kept.stored.differences);
      if (!moved || kept.stored.newSales.length + kept.stored.newEntries === 0) break;
    }
    done = true;
    const { capabilities } = platformManifest(lease.connection.platform);
    if ((capabilities as readonly string[]).includes('views'))
      result.listings = (await syncViews({ ctx, input, call })).listings;
    return result;
  } finally {
    await releaseLease(ctx, lease, done);
  }
}

/** Stores one page and moves the cursor, in one transaction, as long as the lease is ours. */
async function keepPage(
  ctx: Ctx,
  lease: Lease,
  answer: SyncSalesOutput,
): Promise<{ stored: StoredPage; lease: Lease } | null> {
  const { connection } = lease;
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const until = extended(ctx, lease);
    const ours = await tx
      .update(syncCursors)
      .set({ cursor: answer.nextCursor, leaseUntil: until })
      .where(and(mine(ctx, connection.id), eq(syncCursors.leaseUntil, lease.until)))
      .returning({ id: syncCursors.connectionId });
    if (ours.length === 0) return null;
    const stored = await storePage(tx, ctx, connection.id, answer);
    if (stored.newSales.length > 0)
      await recordActivity(tx, ctx, {
        verb: 'sale.synced',
        subjectType: 'connection',
        subjectId: connection.id,
        summary: salesSummary(stored.newSales, connection.remoteName),
      });
    return { stored, lease: { ...lease, cursor: answer.nextCursor, until } };
  });
}
