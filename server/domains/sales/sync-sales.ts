import { syncCursors } from '@/db/schema';
import type { SyncSalesOutput } from '@/server/connectors/kit/types';
import { platformManifest } from '@/server/connectors/manifests';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { recordFailedSync, recordSync } from './feed';
import { type Lease, ours, releaseLease, takeLease } from './lease';
import { type StoredPage, storePage } from './store-page';
import { salesSummary } from './store-sales';
import { syncViews } from './sync-views';
import { readWaiting, updateUnattributedAlert } from './unattributed';
import { markAsked, readUnpaidOrders } from './unpaid-orders';

/** How far back the first sync of a connection reads. */
const FIRST_LOOK_MS = 90 * 86_400_000;
/** Number of unattributed statement lines per sync for which the platform is asked again. */
const ASKED_AGAIN = 20;

type SyncResult =
  | { outcome: 'busy' }
  | { outcome: 'done'; newSales: number; newTransactions: number; listings: number; differences: string[] };

/**
 * Reads a connection's sales, fees, refunds and views into the ledger, from where the last sync ended. Only one sync of a connection runs
 * at a time; data that was already read changes nothing. Throws the platform's ConnectorFault.
 */
export async function syncSales({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { connectionId: string };
}): Promise<SyncResult> {
  const { connectionId } = input;
  const lease = await takeLease(ctx, connectionId);
  if (!lease) return { outcome: 'busy' };
  let done = false;
  try {
    // The platform is asked again to which order these lines belong, and what happened to these orders.
    const [waiting, unpaid] = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => [
      await readWaiting(tx, ctx, connectionId, ASKED_AGAIN),
      await readUnpaidOrders(tx, ctx, connectionId),
    ]);
    const answer = await ctx.platforms.call({
      ctx,
      connectionId,
      capability: 'syncSales',
      input: {
        cursor: lease.cursor,
        since: new Date(ctx.clock.now().getTime() - FIRST_LOOK_MS),
        ...(waiting.length > 0 ? { unattributed: waiting } : {}),
        ...(unpaid.length > 0 ? { unpaidOrders: unpaid } : {}),
      },
    });
    const kept = await keepPage(ctx, lease, answer, unpaid);
    if (!kept) return { outcome: 'busy' };
    done = true;
    const { newSales, newTransactions, differences } = kept;
    const { capabilities } = platformManifest(lease.connection.platform);
    const seen = (capabilities as readonly string[]).includes('views')
      ? await syncViews({ ctx, input })
      : { listings: 0 };
    return {
      outcome: 'done',
      newSales: newSales.length,
      newTransactions,
      listings: seen.listings,
      differences,
    };
  } catch (error) {
    // The error itself matters more than a failure to record it. A failure after the sales are stored concerns only the views.
    if (!done) await recordFailedSync(ctx, connectionId, error).catch(() => {});
    throw error;
  } finally {
    await releaseLease(ctx, lease, done);
  }
}

/** Stores a page and advances the cursor, in one transaction, while this run holds the lease. */
async function keepPage(
  ctx: Ctx,
  lease: Lease,
  answer: SyncSalesOutput,
  asked: readonly string[],
): Promise<StoredPage | null> {
  const { connection } = lease;
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const moved = await tx
      .update(syncCursors)
      .set({ cursor: answer.nextCursor })
      .where(ours(ctx, lease))
      .returning({ id: syncCursors.connectionId });
    if (moved.length === 0) return null;
    const stored = await storePage(tx, ctx, connection.id, answer);
    await markAsked(tx, ctx, connection.id, asked);
    if (stored.newSales.length > 0)
      await recordActivity(tx, ctx, {
        verb: 'sale.synced',
        subjectType: 'connection',
        subjectId: connection.id,
        summary: salesSummary(stored.newSales, connection.remoteName),
      });
    await updateUnattributedAlert(tx, ctx, connection, stored.newUnattributed);
    await recordSync(tx, ctx, connection.id);
    if (stored.differences.length > 0)
      await raiseAlert(tx, ctx, {
        key: `sync:${connection.id}:differences`,
        severity: 'warning',
        title: fact('sales.alerts.otherAmount.title', { shop: connection.remoteName }),
        body: fact('sales.alerts.otherAmount.body'),
        href: '/ledger',
      });
    return stored;
  });
}
