import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { sales } from '@/db/schema';
import type { Capability } from '@/server/connectors/kit/types';
import {
  ConnectorFault,
  type RemoteFee,
  type RemoteRefund,
  type RemoteSale,
  type SyncSalesOutput,
} from '@/server/connectors/kit/types';
import { allocate } from '@/server/foundation/allocate';
import type { ManualClock } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import type { PlatformCall, Platforms } from '@/server/verbs/platforms';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { calling } from '@/tests/support/platforms';
import { withRole } from '@/tests/support/world';
import { balances } from '../ledger/queries';
import { takeLease } from './lease';
import { listSales, syncStatus } from './queries';
import { requestSync } from './request-sync';
import { describeFee } from './statement-lines';
import { salesSummary } from './store-sales';
import { syncSales } from './sync-sales';
import { makeShop, type Shop } from './testing';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

const at = new Date('2026-07-10T12:00:00Z');
const usd = (amount: number) => ({ amount, currency: 'USD' });
const sale = (id: string, order: string, gross: number): RemoteSale => ({
  remoteId: id,
  remoteOrderId: order,
  listingRemoteId: '9001',
  title: 'Weekly planner',
  quantity: 1,
  gross: usd(gross),
  soldAt: at,
});
const fee = (
  id: string,
  order: string | null,
  amount: number,
  remoteSaleId: string | null = null,
): RemoteFee => ({
  remoteId: id,
  remoteOrderId: order,
  remoteSaleId,
  kind: plain('Transaction fee'),
  amount: usd(amount),
  chargedAt: at,
});
const refund = (id: string, order: string, amount: number): RemoteRefund => ({
  remoteId: id,
  remoteOrderId: order,
  amount: usd(amount),
  refundedAt: at,
});

/** A platform that returns these pages in turn, then nothing new. */
function platform(pages: Partial<SyncSalesOutput>[], views = 7): Platforms {
  return calling(
    async (request: { capability: string; input: { cursor?: string | null; remoteIds?: string[] } }) => {
      if (request.capability === 'views')
        return (request.input.remoteIds ?? []).map((remoteId) => ({ remoteId, views }));
      const index = Number(request.input.cursor ?? '0');
      const page = pages[index];
      return {
        sales: [],
        fees: [],
        refunds: [],
        nextCursor: String(Math.min(index + 1, pages.length)),
        ...page,
      };
    },
  );
}
const sync = (shop: Shop, platforms: Platforms) =>
  syncSales({ ctx: { ...shop.ctx, platforms }, input: { connectionId: shop.connectionId } });
/** Syncs as long as there is something new, like the hourly runs. */
async function syncAll(shop: Shop, pages: Partial<SyncSalesOutput>[]) {
  const sums = { newSales: 0, newTransactions: 0 };
  for (let i = 0; i <= pages.length; i++) {
    const result = await sync(shop, platform(pages));
    if (result.outcome !== 'done') throw new Error(result.outcome);
    sums.newSales += result.newSales;
    sums.newTransactions += result.newTransactions;
  }
  return sums;
}
const book = async (shop: Shop) =>
  Object.fromEntries((await balances(shop.ctx, {})).rows.map((r) => [r.account, r.amount]));
const orders = async (shop: Shop) =>
  (await listSales(shop.ctx, { limit: 100 })).items.map((s) => ({
    id: s.title && s.remoteOrderId,
    gross: s.gross,
    fees: s.fees,
    refunded: s.refunded,
    net: s.net,
    feesKnown: s.feesKnown,
  }));

describe('syncSales', () => {
  it('repairs a title that the platform cut through an emoji, and cuts a long one between two', async () => {
    const shop = await makeShop(db);
    const long = `${'a'.repeat(495)}👩‍👩‍👧‍👦`;
    await sync(
      shop,
      platform([
        {
          sales: [
            { ...sale('1', 'o1', 100), title: 'Planner \uFFFD' },
            { ...sale('2', 'o2', 100), title: long },
          ],
        },
      ]),
    );
    const { items } = await listSales(shop.ctx, { limit: 100 });
    expect(items.map(({ title }) => title).sort()).toEqual(['Planner', 'a'.repeat(495)]);
  });

  it('books every page once and remembers the cursor', async () => {
    const shop = await makeShop(db);
    const pages = [
      { sales: [sale('1', 'A', 1200), sale('2', 'B', 900)] },
      { sales: [sale('2', 'B', 900), sale('3', 'C', 500)], fees: [fee('f1', 'A', 78)] },
    ];
    expect(await syncAll(shop, pages)).toEqual({ newSales: 3, newTransactions: 4 });
    expect(await book(shop)).toEqual({ platform_balance: 2522, sales: -2600, platform_fees: 78 });
    expect(await sync(shop, platform(pages))).toEqual({
      outcome: 'done',
      newSales: 0,
      newTransactions: 0,
      listings: 1,
      differences: [],
    });
    const [status] = await syncStatus(shop.ctx);
    expect(status).toMatchObject({ syncing: false, syncedAt: shop.ctx.clock.now() });
    const listed = await listSales(shop.ctx, { limit: 2 });
    expect(listed.items.every((s) => s.listingId === shop.listingId && s.transactionId)).toBe(true);
    expect(listed.nextCursor).not.toBeNull();
  });

  it('attaches fees that arrive before or long after their sale', async () => {
    const shop = await makeShop(db);
    await sync(shop, platform([{ fees: [fee('early', 'A', 60)] }]));
    expect(await book(shop)).toEqual({ platform_balance: -60, platform_fees: 60 });
    await sync(shop, platform([{}, { sales: [sale('1', 'A', 1000), sale('2', 'B', 500)] }]));
    expect(await orders(shop)).toEqual(
      expect.arrayContaining([
        { id: 'A', gross: 1000, fees: 60, refunded: 0, net: 940, feesKnown: true },
        { id: 'B', gross: 500, fees: 0, refunded: 0, net: 500, feesKnown: false },
      ]),
    );
    await sync(
      shop,
      platform([{}, {}, { fees: [fee('late', null, 33, '2')], refunds: [refund('r', 'A', 1000)] }]),
    );
    expect(await orders(shop)).toEqual(
      expect.arrayContaining([
        { id: 'A', gross: 1000, fees: 60, refunded: 1000, net: -60, feesKnown: true },
        { id: 'B', gross: 500, fees: 33, refunded: 0, net: 467, feesKnown: true },
      ]),
    );
  });

  it('splits an order’s fee among its sales to the last cent', async () => {
    const shop = await makeShop(db);
    await sync(
      shop,
      platform([
        {
          sales: [sale('1', 'A', 333), sale('2', 'A', 333), sale('3', 'A', 334)],
          fees: [fee('f', 'A', 100)],
        },
      ]),
    );
    const all = await orders(shop);
    expect(all.map((s) => s.fees).sort()).toEqual([33, 33, 34]);
  });

  it('ends in the same state whatever the order, the pages and the repetitions', async () => {
    const facts = [
      { sales: [sale('1', 'A', 1200)] },
      { sales: [sale('2', 'A', 801)] },
      { sales: [sale('3', 'B', 650)] },
      { fees: [fee('f1', 'A', 131)] },
      { fees: [fee('f2', null, 42, '3')] },
      { fees: [fee('f3', null, 20)] },
      { refunds: [refund('r1', 'B', 650)] },
      { fees: [fee('f4', 'B', -42, '3')] },
    ];
    const wanted = {
      platform_balance: 1200 + 801 - 131 - 20,
      sales: -2651,
      platform_fees: 151,
      refunds: 650,
    };
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 }),
        async (pages) => {
          const shop = await makeShop(db);
          await syncAll(shop, pages);
          expect(await book(shop)).toEqual(wanted);
          const rows = await orders(shop);
          expect(rows.reduce((sum, s) => sum + s.fees, 0)).toBe(131);
          expect(rows.filter((s) => s.id === 'B')).toEqual([
            { id: 'B', gross: 650, fees: 0, refunded: 650, net: 0, feesKnown: true },
          ]);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('keeps the first amount and reports when the platform sends another', async () => {
    const shop = await makeShop(db);
    await sync(shop, platform([{ fees: [fee('f', 'A', 50)] }]));
    const result = await sync(shop, platform([{}, { fees: [fee('f', 'A', 51), fee('g', 'A', 5)] }]));
    expect(result).toMatchObject({ differences: [`fee:${shop.connectionId}:f`], newTransactions: 1 });
    expect(await book(shop)).toMatchObject({ platform_fees: 55 });
  });

  it('allows only one run at a time, and lets another take over from a crashed one', async () => {
    const shop = await makeShop(db);
    const lease = await takeLease(shop.ctx, shop.connectionId);
    expect(lease).not.toBeNull();
    const call = platform([{ sales: [sale('1', 'A', 1200)] }]);
    expect(await sync(shop, call)).toEqual({ outcome: 'busy' });
    (shop.ctx.clock as ManualClock).advance(6 * 60_000);
    expect(await sync(shop, call)).toMatchObject({ newSales: 1 });
  });

  it('stops writing when another run has taken over', async () => {
    const shop = await makeShop(db);
    const slow = platform([{ sales: [sale('1', 'A', 1200)] }]);
    const call = calling(async (request: PlatformCall<Capability>) => {
      (shop.ctx.clock as ManualClock).advance(6 * 60_000);
      expect(await takeLease(shop.ctx, shop.connectionId)).not.toBeNull();
      return slow.call(request);
    });
    expect(await sync(shop, call)).toEqual({ outcome: 'busy' });
    expect(await orders(shop)).toEqual([]);
  });

  it('releases the lease and keeps the cursor when the platform fails', async () => {
    const shop = await makeShop(db);
    const good = platform([{ sales: [sale('1', 'A', 1200)] }]);
    const failing = calling(async () => {
      throw new ConnectorFault('rate_limited', plain('Etsy asked us to slow down.'), { retryAfter: 9 });
    });
    await expect(sync(shop, failing)).rejects.toMatchObject({ kind: 'rate_limited' });
    const [status] = await syncStatus(shop.ctx);
    expect(status).toMatchObject({ syncing: false, syncedAt: null });
    expect(await sync(shop, good)).toMatchObject({ newSales: 1 });
  });

  it('keeps the sales when only the views fail', async () => {
    const shop = await makeShop(db);
    const good = platform([{ sales: [sale('1', 'A', 1200)] }]);
    const failing = calling(async (request: PlatformCall<Capability>) => {
      if (request.capability === 'views')
        throw new ConnectorFault('transient', plain('Etsy did not answer.'));
      return good.call(request);
    });
    await expect(sync(shop, failing)).rejects.toMatchObject({ kind: 'transient' });
    expect(await orders(shop)).toHaveLength(1);
    const [status] = await syncStatus(shop.ctx);
    expect(status).toMatchObject({ syncing: false, syncedAt: shop.ctx.clock.now() });
  });

  it('can be requested by operators, for connections of the workspace only', async () => {
    const shop = await makeShop(db);
    const other = await makeShop(db);
    expect(await requestSync(shop.ctx, {})).toEqual({ requested: 1 });
    expect(shop.sent).toEqual([
      {
        name: 'selling/sync.requested',
        data: { workspaceId: shop.ctx.workspaceId, connectionId: shop.connectionId },
      },
    ]);
    await expect(requestSync(shop.ctx, { connectionId: other.connectionId })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(requestSync(withRole(shop.ctx, 'viewer'), {})).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      syncSales({
        ctx: { ...shop.ctx, platforms: calling(platform([])) },
        input: { connectionId: other.connectionId },
      }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the description of a fee', () => {
  it('is the platform’s name for it, and says if it was given back', () => {
    const describe = (amount: number) =>
      describeFee({ ...fee('f', 'A', amount), kind: fact('platforms.etsy.fees.processing') });
    expect(describe(65)).toEqual('Processing fee');
    expect(describe(-65)).toEqual('Processing fee, refunded');
  });
});

describe('salesSummary', () => {
  it('names a single sale, and counts several with a total per currency', async () => {
    const shop = await makeShop(db);
    await sync(shop, platform([{ sales: [sale('1', 'A', 1200)] }]));
    const rows = await db.asWorkspace(shop.ctx.workspaceId, (tx) => tx.select().from(sales));
    expect(salesSummary(rows, 'Shop')).toEqual('Sold 1 × Weekly planner on Shop for $12.00');
    const yen = rows.map((row) => ({ ...row, quantity: 2, gross: 900, currency: 'JPY' }));
    expect(salesSummary([...rows, ...yen], 'Shop')).toEqual('Sold 3 items on Shop for $12.00 and ¥900');
  });
});

describe('allocate', () => {
  it('always sums to the amount and never differs by more than one unit from the fair share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 12 }),
        (amount, weights) => {
          const shares = allocate(amount, weights);
          expect(shares.reduce((a, b) => a + b, 0)).toBe(amount);
          const sum = weights.reduce((a, b) => a + b, 0);
          if (sum === 0) return;
          shares.forEach((share, i) => {
            expect(Math.abs(share - (amount * (weights[i] ?? 0)) / sum)).toBeLessThan(1.000001);
          });
        },
      ),
    );
  });
});
