import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, connections } from '@/db/schema';
import { ConnectorFault } from '@/server/connectors/kit/types';
import type { ManualClock } from '@/server/foundation/clock';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { calling } from '@/tests/support/platforms';
import { listConnections } from '../connections/queries';
import { reportStuckFeed, stuckFeeds } from './feed';
import { syncStatus } from './queries';
import { syncSales } from './sync-sales';
import { makeShop, type Shop } from './testing';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

const working = calling(async ({ capability }: { capability: string }) =>
  capability === 'views' ? [] : { sales: [], fees: [], refunds: [], nextCursor: 'c' },
);
const failing = calling(async () => {
  throw new ConnectorFault('transient', plain('Etsy did not answer.'));
});
const sync = (shop: Shop, platforms: typeof working) =>
  syncSales({ ctx: { ...shop.ctx, platforms }, input: { connectionId: shop.connectionId } });
const wait = (shop: Shop, minutes: number) => (shop.ctx.clock as ManualClock).advance(minutes * 60_000);
const openAlerts = (shop: Shop) =>
  db.asWorkspace(shop.ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(alerts)
      .where(and(eq(alerts.workspaceId, shop.ctx.workspaceId), eq(alerts.resolved, false))),
  );
/** What the sweep does every few minutes. */
async function sweep(shop: Shop): Promise<number> {
  const found = (await stuckFeeds(db, shop.ctx.clock)).filter(
    (row) => row.connectionId === shop.connectionId,
  );
  for (const { connectionId } of found) await reportStuckFeed({ ctx: shop.ctx, input: { connectionId } });
  return found.length;
}
/** A shop that was connected at the time of its world's clock. */
async function shopNow(): Promise<Shop> {
  const shop = await makeShop(db);
  await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
    tx
      .update(connections)
      .set({ createdAt: shop.ctx.clock.now() })
      .where(eq(connections.id, shop.connectionId)),
  );
  return shop;
}

describe('a stuck feed', () => {
  it('is reported within an hour of its first failure, with the last sync, until it works again', async () => {
    const shop = await shopNow();
    await sync(shop, working);
    const last = shop.ctx.clock.now();
    wait(shop, 60);
    await expect(sync(shop, failing)).rejects.toMatchObject({ kind: 'transient' });
    // One failure can be a short outage.
    expect(await openAlerts(shop)).toEqual([]);
    wait(shop, 31);
    expect(await sweep(shop)).toBe(1);
    expect(await openAlerts(shop)).toMatchObject([{ severity: 'serious', href: '/orders' }]);
    expect((await openAlerts(shop))[0]?.body).toSay('Etsy did not answer.');
    const [status] = await syncStatus(shop.ctx);
    expect(status).toMatchObject({ syncedAt: last, stuck: { since: last } });
    expect(await listConnections(shop.ctx)).toMatchObject([{ status: 'active', feedStuckSince: last }]);
    // Reported once.
    expect(await sweep(shop)).toBe(0);
    await expect(sync(shop, failing)).rejects.toThrow();
    expect(await openAlerts(shop)).toHaveLength(1);
    await sync(shop, working);
    expect(await openAlerts(shop)).toEqual([]);
    expect(await syncStatus(shop.ctx)).toMatchObject([{ stuck: null, syncedAt: shop.ctx.clock.now() }]);
    expect(await listConnections(shop.ctx)).toMatchObject([{ feedStuckSince: null }]);
  });

  it('is reported by the failing syncs themselves, without the sweep', async () => {
    const shop = await shopNow();
    await expect(sync(shop, failing)).rejects.toThrow();
    wait(shop, 60);
    await expect(sync(shop, failing)).rejects.toThrow();
    expect(await openAlerts(shop)).toHaveLength(1);
  });

  it('is reported when no sync runs at all, or none ever has', async () => {
    const shop = await shopNow();
    wait(shop, 89);
    expect(await sweep(shop)).toBe(0);
    wait(shop, 2);
    expect(await sweep(shop)).toBe(1);
    expect(await openAlerts(shop)).toHaveLength(1);
    await sync(shop, working);
    wait(shop, 91);
    expect(await sweep(shop)).toBe(1);
    expect(await openAlerts(shop)).toHaveLength(1);
  });

  it('is not reported for a shop that has to be reconnected, which has an alert of its own', async () => {
    const shop = await shopNow();
    await sync(shop, working);
    await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
      tx.update(connections).set({ status: 'needs_reconnect' }).where(eq(connections.id, shop.connectionId)),
    );
    wait(shop, 600);
    expect(await sweep(shop)).toBe(0);
  });

  it('is reported for any reason, not only for a platform’s refusal', async () => {
    const shop = await shopNow();
    const broken = calling(async () => {
      throw new TypeError('a bug');
    });
    await expect(sync(shop, broken)).rejects.toThrow('a bug');
    wait(shop, 45);
    expect(await sweep(shop)).toBe(1);
    expect((await openAlerts(shop))[0]?.body).toSay('have not been able');
  });
});
