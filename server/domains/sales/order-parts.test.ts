import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { money } from '@/server/foundation/money';
import { addLedgerEntry, payOutBalance, recordSale, refund } from '@/server/sandbox/etsy/sales';
import { etsyLedger, etsyListings } from '@/server/sandbox/etsy/tables';
import type { World } from '@/tests/support/world';
import { callPlatform } from '../connections/call-platform';
import { type Bench, connectionsBench } from '../connections/test-bench';
import { connectSandbox } from '../connections/testing';
import { getTransaction } from '../ledger/get-transaction';
import { monthReport } from '../ledger/month-report';
import { balances, listTransactions } from '../ledger/queries';
import { listSales } from './queries';
import { syncSales } from './sync-sales';

/** Orders in parts, from the stand-in for Etsy to the figures that users see. */
let bench: Bench;
let world: World;
let connectionId: string;
let shopId: string;
let listingId: number;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
beforeAll(async () => {
  bench = await connectionsBench({ waits: true });
});
afterAll(() => bench.close());
beforeEach(async () => {
  // The stand-in's clock is that of the bench.
  world = bench.world;
  await bench.handler.world.settings.turn('buyers', false);
  const done = await connectSandbox(bench.handler, world.ctx, 'etsy', 'miraokafor');
  connectionId = done.connectionIds[0] ?? '';
});

async function list(price: number): Promise<void> {
  const { remoteId } = await callPlatform({
    ctx: world.ctx,
    connectionId,
    capability: 'list',
    input: {
      title: `Planner at ${price}`,
      description: 'A planner for a week.',
      tags: ['planner'],
      price: money(price, 'USD'),
      quantity: 50,
      marker: `m${price}`,
      file: { name: 'planner.pdf', mime: 'application/pdf', bytes: Buffer.from('%PDF-1.4') },
      image: { name: 'planner.png', mime: 'image/png', bytes: PNG },
      onDraft: async () => {},
    },
  });
  listingId = Number(remoteId);
}
type Parts = Omit<Parameters<typeof recordSale>[2], 'at' | 'buyerSeed' | 'visit'>;
async function buy(parts: Parts = {}): Promise<number> {
  return bench.db.raw.transaction(async (tx) => {
    const [row] = await tx.select().from(etsyListings).where(eq(etsyListings.id, listingId));
    const sold = row && (await recordSale(tx, row, { at: world.clock.now(), buyerSeed: 1, ...parts }));
    if (!sold) throw new Error('nothing was sold');
    shopId = sold.shopId;
    return sold.id;
  });
}
const giveBack = async (receiptId: number, cents?: number) => {
  world.clock.advance(60_000);
  await refund(bench.handler.world, receiptId, cents);
};
const sync = async () => {
  world.clock.advance(60_000);
  return syncSales({ ctx: world.ctx, input: { connectionId } });
};
const order = async (receiptId: number) => {
  const { items } = await listSales(world.ctx, { order: String(receiptId), limit: 10 });
  return items[0];
};
const book = async () =>
  Object.fromEntries(
    (await balances(world.ctx, {})).rows.map((row) => [`${row.account} ${row.currency}`, row.amount]),
  );
/** What the platform itself says that it holds, by currency. */
async function held(): Promise<Record<string, number>> {
  const rows = await bench.db.raw.select().from(etsyLedger).where(eq(etsyLedger.shopId, shopId));
  const sums: Record<string, number> = {};
  for (const row of rows) sums[row.currency] = (sums[row.currency] ?? 0) + row.amount;
  return sums;
}

describe('an order with tax', () => {
  it('ends at zero when all of it is given back', async () => {
    await list(218_386);
    const receipt = await buy({ vatCents: 43_677 });
    await sync();
    expect(await order(receipt)).toMatchObject({ gross: 218_386, tax: 43_677, shipping: 0, feesKnown: true });
    expect((await book())['tax_collected USD']).toBe(0);
    await giveBack(receipt);
    await sync();
    const after = await order(receipt);
    expect(after).toMatchObject({ refunded: 218_386 + 43_677, refundedTax: 43_677, fees: 0, net: 0 });
    const books = await book();
    expect(books['tax_collected USD']).toBe(0);
    expect(books['unsettled_orders USD']).toBe(0);
    expect(books['platform_balance USD']).toBe((await held()).USD);
    expect((books['sales USD'] ?? 0) + (books['refunds USD'] ?? 0)).toBe(0);
  });

  it('divides partial refunds to the last cent, with shipping and discount', async () => {
    await list(3333);
    const receipt = await buy({
      quantity: 3,
      discountCents: 1001,
      shippingCents: 777,
      giftWrapCents: 350,
      taxCents: 613,
      vatCents: 111,
    });
    await sync();
    const total = 3 * 3333 - 1001 + 777 + 350 + 613 + 111;
    const before = await order(receipt);
    expect(before).toMatchObject({
      gross: 3 * 3333 - 1001 + 350,
      discount: 1001,
      shipping: 777,
      tax: 724,
      refunded: 0,
    });
    expect(before?.net).toBe(3 * 3333 - 1001 + 350 + 777 - (before?.fees ?? 0));
    for (const cents of [1, 3_000, 2_221]) {
      await giveBack(receipt, cents);
      await sync();
      const now = await order(receipt);
      expect(now?.net).toBe(
        (now?.gross ?? 0) +
          (now?.shipping ?? 0) -
          ((now?.refunded ?? 0) - (now?.refundedTax ?? 0)) -
          (now?.fees ?? 0),
      );
    }
    await giveBack(receipt, total - 5_222);
    await sync();
    const after = await order(receipt);
    expect(after).toMatchObject({ refunded: total, refundedTax: 724 });
    expect(after?.net).toBe(-(after?.fees ?? 0));
    const books = await book();
    expect(books['platform_balance USD']).toBe((await held()).USD);
    for (const account of ['tax_collected', 'unsettled_orders', 'unattributed'])
      expect(books[`${account} USD`] ?? 0).toBe(0);
    expect((books['shipping_income USD'] ?? 0) + (books['shipping_refunds USD'] ?? 0)).toBe(0);
    expect((books['discounts USD'] ?? 0) + (books['discount_refunds USD'] ?? 0)).toBe(0);
    expect((books['sales USD'] ?? 0) + (books['refunds USD'] ?? 0)).toBe(0);
    // Each part is a line of the sale and of its refunds.
    const sale = (await listTransactions(world.ctx, { kind: 'sale', limit: 1 })).items[0];
    const detail = await getTransaction(world.ctx, { id: sale?.id ?? '' });
    expect(detail.postings.map((posting) => [posting.account, posting.amount])).toEqual([
      ['unsettled_orders', total],
      ['sales', -(3 * 3333 + 350)],
      ['discounts', 1001],
      ['shipping_income', -777],
      ['tax_collected', -724],
    ]);
    const refunds = (await listTransactions(world.ctx, { kind: 'refund', limit: 10 })).items;
    const last = await getTransaction(world.ctx, { id: refunds[0]?.id ?? '' });
    expect(new Set(last.postings.map((posting) => posting.account))).toEqual(
      new Set(['refunds', 'discount_refunds', 'shipping_refunds', 'tax_collected', 'platform_balance']),
    );
  });

  it('is reported with parts that add up to the net', async () => {
    const { totals, streams } = await monthReport(world.ctx, {});
    expect(totals.length).toBeGreaterThan(0);
    for (const one of [...totals.map((total) => ({ ...total })), ...streams.map((s) => ({ ...s, costs: 0 }))])
      expect(one.gross - one.discounts + one.shipping - one.refunds - one.fees - one.costs).toBe(one.net);
  });
});

describe('a shop that is paid in another currency', () => {
  it('accounts for the order in the currency of its payment, at the platform’s own rate', async () => {
    const before = await book();
    const receipt = await buy({
      discountCents: 300,
      shippingCents: 500,
      taxCents: 261,
      settledIn: { currency: 'GBP', rate: 0.7912 },
    });
    await sync();
    const total = 3333 - 300 + 500 + 261;
    const paid = Math.round(total * 0.7912);
    const now = await order(receipt);
    expect(now).toMatchObject({
      currency: 'GBP',
      soldFor: { amount: total, currency: 'USD' },
      feesKnown: true,
      refunded: 0,
    });
    expect((now?.gross ?? 0) + (now?.shipping ?? 0) + (now?.tax ?? 0)).toBe(paid);
    expect(now?.net).toBe((now?.gross ?? 0) + (now?.shipping ?? 0) - (now?.fees ?? 0));
    const books = await book();
    // Nothing of it is left in dollars, and the balance in pounds is what the platform says.
    for (const account of ['unsettled_orders', 'sales', 'discounts', 'shipping_income', 'tax_collected'])
      expect(books[`${account} USD`] ?? 0).toBe(before[`${account} USD`] ?? 0);
    expect(books['unsettled_orders GBP']).toBe(0);
    expect(books['platform_balance GBP']).toBe((await held()).GBP);

    await giveBack(receipt, 1000);
    await sync();
    const partly = await order(receipt);
    expect(partly?.refunded).toBe(Math.round(1000 * 0.7912));
    expect(partly?.net).not.toBeNull();
    await giveBack(receipt);
    await sync();
    const after = await order(receipt);
    expect(after).toMatchObject({ currency: 'GBP', refunded: paid, refundedTax: now?.tax });
    expect(after?.net).toBe(-(after?.fees ?? 0));
    expect((await book())['platform_balance GBP']).toBe((await held()).GBP);
    const report = (await monthReport(world.ctx, {})).totals.find((one) => one.currency === 'GBP');
    expect(report?.net).toBe(-(after?.fees ?? 0));
    expect(report?.gross).toBeGreaterThan(0);
  });

  it('does not mix what it cannot compare yet', async () => {
    // The fee arrives in pounds before the payment: it is neither counted as dollars nor as nothing.
    const receipt = await buy();
    await bench.db.raw.delete(etsyLedger).where(eq(etsyLedger.referenceId, String(receipt + 2_000_000_000)));
    await bench.db.raw.delete(etsyLedger).where(eq(etsyLedger.referenceId, String(receipt + 1_000_000_000)));
    await addLedgerEntry(bench.handler.world, shopId, {
      amount: -150,
      currency: 'GBP',
      ledgerType: 'transaction',
      referenceType: 'transaction',
      referenceId: String(receipt + 1_000_000_000),
    });
    await sync();
    expect(await order(receipt)).toMatchObject({ currency: 'USD', net: null, fees: 0, feesKnown: false });
    await addLedgerEntry(bench.handler.world, shopId, {
      amount: 2600,
      currency: 'GBP',
      ledgerType: 'PAYMENT_GROSS',
      referenceType: 'shop_payment',
      referenceId: String(receipt + 2_000_000_000),
    });
    await sync();
    expect(await order(receipt)).toMatchObject({ currency: 'GBP', gross: 2600, fees: 150, net: 2450 });
  });

  it('pays out in that currency', async () => {
    const before = await held();
    world.clock.advance(60_000);
    await payOutBalance(bench.handler.world, shopId);
    await sync();
    const books = await book();
    const after = await held();
    expect(after).not.toEqual(before);
    for (const currency of ['USD', 'GBP'])
      expect(books[`platform_balance ${currency}`]).toBe(after[currency]);
  });
});
