import { openDb } from '@/db/client';
import { connections } from '@/db/schema';
import type { RemoteFee, RemoteSale } from '@/server/connectors/kit/types';
import { syncSales as sync } from '@/server/domains/sales/sync-sales';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { money } from '@/server/foundation/money';
import { calling } from '../support/platforms';
import { createWorld } from '../support/world';
import { removeFolder, scratchFolder } from './app';
import { report } from './figure';

const N = 1_000;

/**
 * Measures the import of a thousand sales with two fees each, from the platform's response to balanced ledger transactions, and then the
 * import of the same response again.
 */
export async function syncSales(): Promise<void> {
  const folder = scratchFolder();
  const db = await openDb({ dataDir: `${folder}/pglite` });
  await db.migrate();
  const world = await createWorld(db, { plan: 'pro' });
  const connectionId = newId('connection');
  await db.asSystem((tx) =>
    tx.insert(connections).values({
      id: connectionId,
      workspaceId: world.workspaceId,
      platform: 'etsy',
      environment: 'sandbox',
      status: 'active',
      remoteId: '1',
      remoteName: 'Shop',
    }),
  );
  const at = new Date(world.clock.now().getTime() - 3_600_000);
  const sales: RemoteSale[] = [];
  const fees: RemoteFee[] = [];
  for (let i = 0; i < N; i++) {
    sales.push({
      remoteId: `s${i}`,
      remoteOrderId: `o${i}`,
      listingRemoteId: null,
      title: 'Planner',
      quantity: 1,
      gross: money(1200, 'USD'),
      soldAt: at,
    });
    for (const [kind, amount] of [
      ['transaction', 78],
      ['processing', 61],
    ] as const)
      fees.push({
        remoteId: `f${i}${kind}`,
        remoteOrderId: `o${i}`,
        remoteSaleId: `s${i}`,
        kind: fact(`platforms.etsy.fees.${kind}`),
        amount: money(amount, 'USD'),
        chargedAt: at,
      });
  }
  const platforms = calling(async ({ capability }: { capability: string }) =>
    capability === 'syncSales' ? { sales, fees, refunds: [], nextCursor: 'c' } : [],
  );
  for (const metric of ['first', 'repeated'] as const) {
    const began = performance.now();
    await sync({ ctx: { ...world.ctx, platforms }, input: { connectionId } });
    const seconds = (performance.now() - began) / 1000;
    report({
      bench: 'sync-sales',
      metric: `${metric}_sync`,
      value: seconds,
      unit: 's',
      n: N,
      database: 'pglite',
    });
    report({
      bench: 'sync-sales',
      metric: `${metric}_rate`,
      value: N / seconds,
      unit: 'sales/s',
      n: N,
      database: 'pglite',
    });
    world.clock.advance(3_600_000);
  }
  await db.close();
  removeFolder(folder);
}
