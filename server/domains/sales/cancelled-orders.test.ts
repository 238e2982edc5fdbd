import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { money } from '@/server/foundation/money';
import { postPayment, recordSale, refund } from '@/server/sandbox/etsy/sales';
import { etsyListings, etsyReceipts } from '@/server/sandbox/etsy/tables';
import type { World } from '@/tests/support/world';
import { callPlatform } from '../connections/call-platform';
import { type Bench, connectionsBench } from '../connections/test-bench';
import { connectSandbox } from '../connections/testing';
import { balances } from '../ledger/queries';
import { listSales } from './queries';
import { syncSales } from './sync-sales';

/** Orders that Etsy has not credited, from the stand-in to the ledger. */
let bench: Bench;
let world: World;
let connectionId: string;
let listingId: number;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
beforeAll(async () => {
  bench = await connectionsBench({ waits: true });
  await bench.handler.world.settings.turn('buyers', false);
});
afterAll(() => bench.close());
beforeEach(async () => {
  world = await bench.another();
  world.clock.advance(2_000);
  await bench.db.raw.delete(etsyReceipts);
  const done = await connectSandbox(bench.handler, world.ctx, 'etsy', 'miraokafor');
  connectionId = done.connectionIds[0] ?? '';
  const { remoteId } = await callPlatform({
    ctx: world.ctx,
    connectionId,
    capability: 'list',
    input: {
      title: 'Planner',
      description: 'A planner for a week.',
      tags: ['planner'],
      price: money(1000, 'USD'),
      quantity: 50,
      marker: connectionId,
      file: { name: 'planner.pdf', mime: 'application/pdf', bytes: Buffer.from('%PDF-1.4') },
      image: { name: 'planner.png', mime: 'image/png', bytes: PNG },
      onDraft: async () => {},
    },
  });
  listingId = Number(remoteId);
});

/** Records an order that is not shipped, so that Etsy does not credit it yet. */
async function order(): Promise<number> {
  return bench.db.raw.transaction(async (tx) => {
    const [row] = await tx.select().from(etsyListings).where(eq(etsyListings.id, listingId));
    const sold = row && (await recordSale(tx, row, { at: world.clock.now(), buyerSeed: 1, unposted: true }));
    if (!sold) throw new Error('nothing was sold');
    return sold.id;
  });
}
const cancel = (id: number, cents?: number) => refund(bench.handler.world, id, cents);
/** Syncs after a while, and returns the orders for whose payment Etsy was asked. */
async function sync(after: number): Promise<number[]> {
  world.clock.advance(after);
  const before = bench.seen.length;
  await syncSales({ ctx: world.ctx, input: { connectionId } });
  return bench.seen.slice(before).flatMap(({ url }) => {
    const [, id] = /\/receipts\/(\d+)\/payments$/.exec(new URL(url).pathname) ?? [];
    return id ? [Number(id)] : [];
  });
}
const shown = async (id: number) =>
  (await listSales(world.ctx, { order: String(id), limit: 5 })).items.map(({ gross, refunded }) => [
    gross,
    refunded,
  ])[0];
const unsettled = async () =>
  (await balances(world.ctx, {})).rows.find(({ account }) => account === 'unsettled_orders')?.amount ?? 0;

describe('an order that Etsy has not credited', () => {
  it('is given back once it was cancelled, although its receipt does not change', async () => {
    const a = await order();
    await sync(HOUR);
    world.clock.advance(DAY);
    const b = await order();
    await sync(HOUR);
    const updatedAt = async () =>
      (await bench.db.raw.select().from(etsyReceipts).where(eq(etsyReceipts.id, a)))[0]?.updatedAt;
    const before = await updatedAt();
    await cancel(a);
    expect(await updatedAt()).toEqual(before);
    await sync(2 * DAY);
    expect([await shown(a), await shown(b)]).toEqual([
      [1000, 1000],
      [1000, 0],
    ]);
    expect(await unsettled()).toBe(1000);
    await postPayment(bench.handler.world, b);
    expect(await sync(3 * DAY)).toEqual([b]);
    expect(await unsettled()).toBe(0);
    // Neither is asked for again.
    expect(await sync(3 * DAY)).toEqual([]);
    expect([await shown(a), await shown(b)]).toEqual([
      [1000, 1000],
      [1000, 0],
    ]);
  });

  it('is asked for every two days at most, and not for ever', async () => {
    const id = await order();
    const asked: number[] = [];
    for (let hour = 0; hour < 96; hour += 12) asked.push(...(await sync(12 * HOUR)));
    expect(asked).toEqual([id, id]);
    expect(await shown(id)).toEqual([1000, 0]);
    expect(await sync(60 * DAY)).toEqual([]);
  });

  it('waits for its turn among many, those asked for longest ago first', async () => {
    const ids: number[] = [];
    for (let i = 0; i < 12; i++) {
      ids.push(await order());
      world.clock.advance(60_000);
    }
    expect(await sync(HOUR)).toEqual([]);
    expect(await sync(DAY)).toEqual(ids.slice(0, 10));
    expect(await sync(HOUR)).toEqual(ids.slice(10));
    expect(await sync(HOUR)).toEqual([]);
    expect(await sync(3 * DAY)).toEqual(ids.slice(0, 10));
  });

  it('is asked for again if Etsy could not answer', async () => {
    const id = await order();
    await sync(HOUR);
    await bench.handler.world.faults.add({
      platform: 'etsy',
      operation: 'getShopPaymentByReceiptId',
      kind: '500_before',
      count: 1,
    });
    await cancel(id);
    await expect(sync(DAY)).rejects.toMatchObject({ kind: 'transient' });
    expect(await shown(id)).toEqual([1000, 0]);
    expect(await sync(HOUR)).toEqual([id]);
    expect(await shown(id)).toEqual([1000, 1000]);
  });

  it('keeps what is left when a part is given back before it is credited', async () => {
    const id = await order();
    await sync(HOUR);
    await cancel(id, 300);
    await sync(DAY);
    // It may still be all that is given back.
    expect(await shown(id)).toEqual([1000, 0]);
    await cancel(id, 200);
    await postPayment(bench.handler.world, id);
    await sync(DAY);
    expect(await shown(id)).toEqual([1000, 500]);
    expect(await unsettled()).toBe(0);
  });
});
