import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { activity, connections } from '@/db/schema';
import { wordsIn } from '@/i18n/words';
import { getTransaction } from '../ledger/get-transaction';
import { monthReport } from '../ledger/month-report';
import { listTransactions } from '../ledger/queries';
import { listEntries } from './list-unattributed';
import { listSales } from './queries';
import { attributeEntry, leaveEntry, takeBackEntry } from './settle-line';
import { eachTestConnectsEtsy, REPORTED } from './test-etsy';

const { say } = wordsIn('en');

const shop = eachTestConnectsEtsy();
const { line, receipt, sync, book, openAlerts } = shop;

describe('a line that belongs to no known order', () => {
  it('is kept, shown and booked as unattributed, and the feed goes on', async () => {
    shop.etsy.ledger = [line(2, 500, 'DISBURSE2', { amount: -500 }), REPORTED, line(3, -20, 'listing')];
    expect(await sync()).toMatchObject({ outcome: 'done' });
    expect(await book()).toEqual({
      'platform_balance EUR': -624,
      'bank EUR': 500,
      'unattributed EUR': 104,
      'platform_fees EUR': 20,
    });
    const { items } = await listEntries(shop.world.ctx, { limit: 10 });
    expect(items).toMatchObject([
      {
        remoteId: '1',
        reason: 'no_order',
        meaning: 'refund',
        amount: { amount: -104, currency: 'EUR' },
        reference: 'payment_adjustment:100307830422',
        raw: REPORTED,
        state: 'open',
      },
    ]);
    expect(items[0]?.transactionId).not.toBeNull();
    expect(await openAlerts()).toMatchObject([{ href: '/ledger/unattributed', severity: 'warning' }]);
    // Reading it again changes nothing, and later lines arrive.
    shop.etsy.ledger = [...shop.etsy.ledger, line(4, -30, 'listing')];
    await sync();
    expect(await book()).toMatchObject({ 'platform_balance EUR': -654, 'unattributed EUR': 104 });
  });

  it('is attributed once its order is known, without booking it twice', async () => {
    shop.etsy.ledger = [REPORTED];
    await sync();
    shop.etsy.receipts = [receipt(77, 104)];
    shop.etsy.payments = [
      {
        payment_id: 900,
        receipt_id: 77,
        payment_adjustments: [{ payment_adjustment_id: 100307830422, payment_id: 900 }],
      },
    ];
    shop.etsy.ledger = [
      REPORTED,
      line(5, 104, 'PAYMENT_GROSS', { reference_type: 'shop_payment', reference_id: 900 }),
    ];
    await sync();
    await sync();
    expect(await book()).toEqual({ 'sales EUR': -104, 'refunds EUR': 104 });
    expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([
      { remoteOrderId: '77', gross: 104, refunded: 104, net: 0 },
    ]);
    expect((await listEntries(shop.world.ctx, { limit: 10 })).items).toEqual([]);
    expect(await openAlerts()).toEqual([]);
  });

  it('is attributed when Etsy names the payment of that line later, also by the line itself', async () => {
    shop.etsy.ledger = [REPORTED];
    await sync();
    shop.etsy.payments = [{ payment_id: 900, receipt_id: 77 }];
    // The payment does not list its adjustments, so only the look-up of the line tells.
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': -104, 'refunds EUR': 104 });
    const [row] = (await listEntries(shop.world.ctx, { show: 'all', limit: 10 })).items;
    expect(row).toMatchObject({ state: 'attributed', attributedAs: 'refund', remoteOrderId: '77' });
  });

  it('is attributed by a person to an order, or left as it is', async () => {
    shop.etsy.receipts = [receipt(77, 1000)];
    shop.etsy.ledger = [REPORTED, line(8, -55, 'MISC_DEBIT'), line(9, 70, 'MISC_CREDIT')];
    await sync();
    const lines = (await listEntries(shop.world.ctx, { limit: 10 })).items;
    const id = (remoteId: string) => lines.find((one) => one.remoteId === remoteId)?.id ?? '';
    await expect(attributeEntry(shop.world.ctx, { id: id('1'), as: 'refund' })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(
      attributeEntry(shop.world.ctx, { id: id('1'), as: 'refund', order: '78' }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await attributeEntry(shop.world.ctx, { id: id('1'), as: 'refund', order: '77' });
    await attributeEntry(shop.world.ctx, { id: id('8'), as: 'fee' });
    expect(await openAlerts()).toHaveLength(1);
    await leaveEntry(shop.world.ctx, { id: id('9') });
    expect(await openAlerts()).toEqual([]);
    await expect(leaveEntry(shop.world.ctx, { id: id('9') })).rejects.toMatchObject({ code: 'conflict' });
    await sync();
    expect(await book()).toEqual({
      'platform_balance EUR': -104 - 55 + 70,
      'unsettled_orders EUR': 1000,
      'sales EUR': -1000,
      'refunds EUR': 104,
      'platform_fees EUR': 55,
      'unattributed EUR': -70,
    });
    expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([
      { remoteOrderId: '77', refunded: 104, net: 896 },
    ]);
  });
});

describe('what a person did with a line', () => {
  const keptLine = async (remoteId: string) => {
    const { items } = await listEntries(shop.world.ctx, { show: 'all', limit: 10 });
    const kept = items.find((one) => one.remoteId === remoteId);
    if (!kept) throw new Error(`No line ${remoteId}`);
    return kept;
  };
  const order = async () => (await listSales(shop.world.ctx, { limit: 5 })).items[0];

  it('is taken back by a reversal, and can be done again', async () => {
    shop.etsy.receipts = [receipt(77, 1000)];
    shop.etsy.ledger = [REPORTED, line(8, -55, 'MISC_DEBIT')];
    await sync();
    const [before, report, untouched] = [await book(), await monthReport(shop.world.ctx, {}), await order()];
    const [refund, fee] = [await keptLine('1'), await keptLine('8')];
    shop.world.clock.advance(40 * 86_400_000);
    for (let times = 0; times < 3; times++) {
      // People write the number with a sign before it.
      await attributeEntry(shop.world.ctx, { id: refund.id, as: 'refund', order: '#77' });
      await attributeEntry(shop.world.ctx, { id: fee.id, as: 'fee', order: '77' });
      expect(await order()).toMatchObject({ refunded: 104, fees: 55, net: 841 });
      expect(await openAlerts()).toEqual([]);
      expect(await takeBackEntry(shop.world.ctx, { id: refund.id })).toMatchObject({
        state: 'open',
        attributedAs: null,
        remoteOrderId: null,
        settledAt: null,
        canTakeBack: false,
      });
      expect(await openAlerts()).toMatchObject([{ href: '/ledger/unattributed' }]);
      expect(await order()).toMatchObject({ refunded: 0, fees: 55, net: 945 });
      await takeBackEntry(shop.world.ctx, { id: fee.id });
      expect(await order()).toEqual(untouched);
      expect(await book()).toEqual(before);
    }
    // The month of the line is as before, not the one in which it was taken back.
    const { month } = report;
    expect(await monthReport(shop.world.ctx, { month })).toEqual({ ...report, months: expect.any(Array) });
    const reversals = (await listTransactions(shop.world.ctx, { kind: 'reversal', limit: 10 })).items;
    expect(reversals).toHaveLength(6);
    const reversed = await getTransaction(shop.world.ctx, { id: reversals[0]?.id ?? '' });
    expect(reversed.reversesId).not.toBeNull();
    expect(reversed.reversesPartly).toBe(false);
    const done = await shop.bench.db.asWorkspace(shop.world.workspaceId, (tx) =>
      tx.select({ verb: activity.verb }).from(activity).where(eq(activity.subjectId, refund.id)),
    );
    expect(done.map(({ verb }) => verb).sort()).toEqual([
      ...Array(3).fill('sale.entry_attributed'),
      ...Array(3).fill('sale.entry_taken_back'),
    ]);
  });

  it('is booked when the platform names the order after it was taken back', async () => {
    shop.etsy.receipts = [receipt(77, 1000)];
    shop.etsy.ledger = [REPORTED];
    await sync();
    const { id } = await keptLine('1');
    await attributeEntry(shop.world.ctx, { id, as: 'fee' });
    await takeBackEntry(shop.world.ctx, { id });
    shop.etsy.payments = [{ payment_id: 900, receipt_id: 77 }];
    await sync();
    expect(await book()).toMatchObject({ 'platform_balance EUR': -104, 'refunds EUR': 104 });
    expect(await book()).not.toHaveProperty('platform_fees EUR');
    expect(await order()).toMatchObject({ refunded: 104 });
    // What the platform said is no opinion.
    await expect(takeBackEntry(shop.world.ctx, { id })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is taken back once, by whoever is first', async () => {
    shop.etsy.ledger = [line(8, -55, 'MISC_DEBIT'), line(9, 70, 'MISC_CREDIT')];
    await sync();
    const before = await book();
    const [fee, left] = [await keptLine('8'), await keptLine('9')];
    await expect(takeBackEntry(shop.world.ctx, { id: fee.id })).rejects.toMatchObject({ code: 'conflict' });
    await attributeEntry(shop.world.ctx, { id: fee.id, as: 'fee' });
    await leaveEntry(shop.world.ctx, { id: left.id });
    const other = await shop.bench.another();
    await expect(takeBackEntry(other.ctx, { id: fee.id })).rejects.toMatchObject({ code: 'not_found' });
    for (const { id } of [fee, left]) {
      const all = await Promise.allSettled([1, 2, 3].map(() => takeBackEntry(shop.world.ctx, { id })));
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of all)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
    }
    expect(await book()).toEqual(before);
    const [reversal, ...more] = (await listTransactions(shop.world.ctx, { kind: 'reversal', limit: 10 }))
      .items;
    expect(more).toEqual([]);
    // People know the line by its name and not by our id of it.
    const { source } = await getTransaction(shop.world.ctx, { id: reversal?.id ?? '' });
    expect(say(source.title)).toContain('MISC_DEBIT');
    expect(source.href).toBe('/ledger/unattributed');
  });

  it('leaves the order in its own currency when the only payment in another one is taken back', async () => {
    shop.etsy.receipts = [receipt(77, 1000)];
    shop.etsy.ledger = [line(9, 870, 'MISC_CREDIT', { currency: 'GBP' })];
    await sync();
    const [before, untouched] = [await book(), await order()];
    const { id } = await keptLine('9');
    for (let times = 0; times < 2; times++) {
      await attributeEntry(shop.world.ctx, { id, as: 'payment', order: '77' });
      expect(await order()).toMatchObject({ currency: 'GBP', gross: 870 });
      await takeBackEntry(shop.world.ctx, { id });
      expect(await order()).toEqual(untouched);
      expect(await book()).toEqual(before);
    }
  });

  it('names the field that has to be corrected', async () => {
    shop.etsy.ledger = [REPORTED];
    await sync();
    const { id } = await keptLine('1');
    for (const order of [undefined, '#', '78'])
      await expect(attributeEntry(shop.world.ctx, { id, as: 'refund', order })).rejects.toMatchObject({
        code: 'invalid',
        fields: { order: expect.anything() },
      });
  });
});

it('keeps the lines of one workspace from another', async () => {
  shop.etsy.ledger = [REPORTED];
  await sync();
  const other = await shop.bench.another();
  expect((await listEntries(other.ctx, { limit: 10 })).items).toEqual([]);
  const [kept] = (await listEntries(shop.world.ctx, { limit: 10 })).items;
  await expect(leaveEntry(other.ctx, { id: kept?.id ?? '' })).rejects.toMatchObject({
    code: 'not_found',
  });
  const { items } = await listTransactions(shop.world.ctx, { kind: 'unattributed', limit: 5 });
  expect(items).toHaveLength(1);
  const rows = await shop.bench.db.asWorkspace(shop.world.workspaceId, (tx) =>
    tx.select().from(connections).where(eq(connections.workspaceId, shop.world.workspaceId)),
  );
  expect(rows).toHaveLength(1);
});
