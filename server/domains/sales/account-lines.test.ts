import { and, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activity, alerts, connections, unattributedEntries } from '@/db/schema';
import { wordsIn } from '@/i18n/words';
import { verbatim } from '@/server/foundation/facts';
import type { World } from '@/tests/support/world';
import { type Bench, connectionsBench } from '../connections/test-bench';
import { connectSandbox } from '../connections/testing';
import { overview } from '../home/queries';
import type { FIGURE_LISTS } from '../ledger/accounts';
import { getTransaction } from '../ledger/get-transaction';
import { monthReport } from '../ledger/month-report';
import { postTransactions } from '../ledger/post-transaction';
import { subscriptionPostings } from '../ledger/postings';
import { balances, listTransactions } from '../ledger/queries';
import { listEntries } from './list-unattributed';
import { listSales } from './queries';
import { attributeEntry, leaveEntry, takeBackEntry } from './settle-line';
import { syncSales } from './sync-sales';

const { say } = wordsIn('en');

/** Etsy's responses are given here as they come over the wire, so that every part from the connector to the ledger takes part. */
let bench: Bench;
let world: World;
let connectionId: string;
let etsy: { receipts: unknown[]; ledger: unknown[]; payments: unknown[] };

beforeAll(async () => {
  bench = await connectionsBench({ waits: true });
});
afterAll(() => bench.close());
beforeEach(async () => {
  world = await bench.another();
  // Etsy limits the calls per second.
  world.clock.advance(2_000);
  const done = await connectSandbox(bench.handler, world.ctx, 'etsy', 'miraokafor');
  connectionId = done.connectionIds[0] ?? '';
  etsy = { receipts: [], ledger: [], payments: [] };
  const list = (results: unknown[]) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ count: results.length, results }),
  });
  bench.wrap = (inner) => async (wire) => {
    const { pathname } = new URL(wire.url);
    if (pathname.endsWith('/receipts')) return list(etsy.receipts);
    if (pathname.endsWith('/ledger-entries')) return list(etsy.ledger);
    if (pathname.endsWith('/payments')) return list(etsy.payments);
    return inner(wire);
  };
});
afterEach(() => {
  bench.wrap = null;
});

const now = () => Math.floor(world.clock.now().getTime() / 1000);
const line = (entry_id: number, amount: unknown, ledger_type: string, more: object = {}) => ({
  entry_id,
  ledger_id: 1,
  amount,
  currency: 'EUR',
  ledger_type,
  description: ledger_type,
  reference_type: 'etsy',
  reference_id: '0',
  create_date: now(),
  created_timestamp: now(),
  ...more,
});
const eur = (amount: number) => ({ amount, divisor: 100, currency_code: 'EUR' });
const receipt = (receipt_id: number, amount: number) => ({
  receipt_id,
  is_paid: true,
  status: 'paid',
  name: 'Hannah Brooks',
  buyer_email: 'hannah@example.com',
  created_timestamp: now(),
  updated_timestamp: now(),
  grandtotal: eur(amount),
  subtotal: eur(amount),
  total_price: eur(amount),
  total_shipping_cost: eur(0),
  total_tax_cost: eur(0),
  total_vat_cost: eur(0),
  discount_amt: eur(0),
  gift_wrap_price: eur(0),
  transactions: [
    {
      transaction_id: receipt_id + 1,
      title: 'Planner',
      quantity: 1,
      listing_id: 5,
      price: eur(amount),
      created_timestamp: now(),
    },
  ],
});
const sync = () => syncSales({ ctx: world.ctx, input: { connectionId } });
const book = async () =>
  Object.fromEntries(
    (await balances(world.ctx, {})).rows
      .filter((row) => row.amount !== 0)
      .map((row) => [`${row.account} ${row.currency}`, row.amount]),
  );
const openAlerts = () =>
  bench.db.asWorkspace(world.workspaceId, (tx) =>
    tx
      .select()
      .from(alerts)
      .where(and(eq(alerts.workspaceId, world.workspaceId), eq(alerts.resolved, false))),
  );

/** The line of a public report, with the fields that its author quoted. */
const REPORTED = {
  entry_id: 1,
  amount: -104,
  currency: 'EUR',
  ledger_type: 'REFUND_GROSS',
  reference_type: 'payment_adjustment',
  reference_id: 100307830422,
};

describe('a line that belongs to no known order', () => {
  it('is kept, shown and booked as unattributed, and the feed goes on', async () => {
    etsy.ledger = [line(2, 500, 'DISBURSE2', { amount: -500 }), REPORTED, line(3, -20, 'listing')];
    expect(await sync()).toMatchObject({ outcome: 'done' });
    expect(await book()).toEqual({
      'platform_balance EUR': -624,
      'bank EUR': 500,
      'unattributed EUR': 104,
      'platform_fees EUR': 20,
    });
    const { items } = await listEntries(world.ctx, { limit: 10 });
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
    etsy.ledger = [...etsy.ledger, line(4, -30, 'listing')];
    await sync();
    expect(await book()).toMatchObject({ 'platform_balance EUR': -654, 'unattributed EUR': 104 });
  });

  it('is attributed once its order is known, without booking it twice', async () => {
    etsy.ledger = [REPORTED];
    await sync();
    etsy.receipts = [receipt(77, 104)];
    etsy.payments = [
      {
        payment_id: 900,
        receipt_id: 77,
        payment_adjustments: [{ payment_adjustment_id: 100307830422, payment_id: 900 }],
      },
    ];
    etsy.ledger = [
      REPORTED,
      line(5, 104, 'PAYMENT_GROSS', { reference_type: 'shop_payment', reference_id: 900 }),
    ];
    await sync();
    await sync();
    expect(await book()).toEqual({ 'sales EUR': -104, 'refunds EUR': 104 });
    expect((await listSales(world.ctx, { limit: 5 })).items).toMatchObject([
      { remoteOrderId: '77', gross: 104, refunded: 104, net: 0 },
    ]);
    expect((await listEntries(world.ctx, { limit: 10 })).items).toEqual([]);
    expect(await openAlerts()).toEqual([]);
  });

  it('is attributed when Etsy names the payment of that line later, also by the line itself', async () => {
    etsy.ledger = [REPORTED];
    await sync();
    etsy.payments = [{ payment_id: 900, receipt_id: 77 }];
    // The payment does not list its adjustments, so only the look-up of the line tells.
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': -104, 'refunds EUR': 104 });
    const [row] = (await listEntries(world.ctx, { show: 'all', limit: 10 })).items;
    expect(row).toMatchObject({ state: 'attributed', attributedAs: 'refund', remoteOrderId: '77' });
  });

  it('is attributed by a person to an order, or left as it is', async () => {
    etsy.receipts = [receipt(77, 1000)];
    etsy.ledger = [REPORTED, line(8, -55, 'MISC_DEBIT'), line(9, 70, 'MISC_CREDIT')];
    await sync();
    const entries = (await listEntries(world.ctx, { limit: 10 })).items;
    const id = (remoteId: string) => entries.find((entry) => entry.remoteId === remoteId)?.id ?? '';
    await expect(attributeEntry(world.ctx, { id: id('1'), as: 'refund' })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(attributeEntry(world.ctx, { id: id('1'), as: 'refund', order: '78' })).rejects.toMatchObject(
      { code: 'invalid' },
    );
    await attributeEntry(world.ctx, { id: id('1'), as: 'refund', order: '77' });
    await attributeEntry(world.ctx, { id: id('8'), as: 'fee' });
    expect(await openAlerts()).toHaveLength(1);
    await leaveEntry(world.ctx, { id: id('9') });
    expect(await openAlerts()).toEqual([]);
    await expect(leaveEntry(world.ctx, { id: id('9') })).rejects.toMatchObject({ code: 'conflict' });
    await sync();
    expect(await book()).toEqual({
      'platform_balance EUR': -104 - 55 + 70,
      'unsettled_orders EUR': 1000,
      'sales EUR': -1000,
      'refunds EUR': 104,
      'platform_fees EUR': 55,
      'unattributed EUR': -70,
    });
    expect((await listSales(world.ctx, { limit: 5 })).items).toMatchObject([
      { remoteOrderId: '77', refunded: 104, net: 896 },
    ]);
  });
});

describe('what a person did with a line', () => {
  const entryOf = async (remoteId: string) => {
    const { items } = await listEntries(world.ctx, { show: 'all', limit: 10 });
    const entry = items.find((one) => one.remoteId === remoteId);
    if (!entry) throw new Error(`No line ${remoteId}`);
    return entry;
  };
  const order = async () => (await listSales(world.ctx, { limit: 5 })).items[0];

  it('is taken back by a reversal, and can be done again', async () => {
    etsy.receipts = [receipt(77, 1000)];
    etsy.ledger = [REPORTED, line(8, -55, 'MISC_DEBIT')];
    await sync();
    const [before, report, untouched] = [await book(), await monthReport(world.ctx, {}), await order()];
    const [refund, fee] = [await entryOf('1'), await entryOf('8')];
    world.clock.advance(40 * 86_400_000);
    for (let times = 0; times < 3; times++) {
      // People write the number with a sign before it.
      await attributeEntry(world.ctx, { id: refund.id, as: 'refund', order: '#77' });
      await attributeEntry(world.ctx, { id: fee.id, as: 'fee', order: '77' });
      expect(await order()).toMatchObject({ refunded: 104, fees: 55, net: 841 });
      expect(await openAlerts()).toEqual([]);
      expect(await takeBackEntry(world.ctx, { id: refund.id })).toMatchObject({
        state: 'open',
        attributedAs: null,
        remoteOrderId: null,
        settledAt: null,
        canTakeBack: false,
      });
      expect(await openAlerts()).toMatchObject([{ href: '/ledger/unattributed' }]);
      expect(await order()).toMatchObject({ refunded: 0, fees: 55, net: 945 });
      await takeBackEntry(world.ctx, { id: fee.id });
      expect(await order()).toEqual(untouched);
      expect(await book()).toEqual(before);
    }
    // The month of the line is as before, not the one in which it was taken back.
    const { month } = report;
    expect(await monthReport(world.ctx, { month })).toEqual({ ...report, months: expect.any(Array) });
    const reversals = (await listTransactions(world.ctx, { kind: 'reversal', limit: 10 })).items;
    expect(reversals).toHaveLength(6);
    const reversed = await getTransaction(world.ctx, { id: reversals[0]?.id ?? '' });
    expect(reversed.reversesId).not.toBeNull();
    expect(reversed.reversesPartly).toBe(false);
    const done = await bench.db.asWorkspace(world.workspaceId, (tx) =>
      tx.select({ verb: activity.verb }).from(activity).where(eq(activity.subjectId, refund.id)),
    );
    expect(done.map(({ verb }) => verb).sort()).toEqual([
      ...Array(3).fill('sale.entry_attributed'),
      ...Array(3).fill('sale.entry_taken_back'),
    ]);
  });

  it('is booked when the platform names the order after it was taken back', async () => {
    etsy.receipts = [receipt(77, 1000)];
    etsy.ledger = [REPORTED];
    await sync();
    const { id } = await entryOf('1');
    await attributeEntry(world.ctx, { id, as: 'fee' });
    await takeBackEntry(world.ctx, { id });
    etsy.payments = [{ payment_id: 900, receipt_id: 77 }];
    await sync();
    expect(await book()).toMatchObject({ 'platform_balance EUR': -104, 'refunds EUR': 104 });
    expect(await book()).not.toHaveProperty('platform_fees EUR');
    expect(await order()).toMatchObject({ refunded: 104 });
    // What the platform said is no opinion.
    await expect(takeBackEntry(world.ctx, { id })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is taken back once, by whoever is first', async () => {
    etsy.ledger = [line(8, -55, 'MISC_DEBIT'), line(9, 70, 'MISC_CREDIT')];
    await sync();
    const before = await book();
    const [fee, left] = [await entryOf('8'), await entryOf('9')];
    await expect(takeBackEntry(world.ctx, { id: fee.id })).rejects.toMatchObject({ code: 'conflict' });
    await attributeEntry(world.ctx, { id: fee.id, as: 'fee' });
    await leaveEntry(world.ctx, { id: left.id });
    const other = await bench.another();
    await expect(takeBackEntry(other.ctx, { id: fee.id })).rejects.toMatchObject({ code: 'not_found' });
    for (const { id } of [fee, left]) {
      const all = await Promise.allSettled([1, 2, 3].map(() => takeBackEntry(world.ctx, { id })));
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of all)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
    }
    expect(await book()).toEqual(before);
    const [reversal, ...more] = (await listTransactions(world.ctx, { kind: 'reversal', limit: 10 })).items;
    expect(more).toEqual([]);
    // People know the line by its name and not by our id of it.
    const { source } = await getTransaction(world.ctx, { id: reversal?.id ?? '' });
    expect(say(source.title)).toContain('MISC_DEBIT');
    expect(source.href).toBe('/ledger/unattributed');
  });

  it('leaves the order in its own currency when the only payment in another one is taken back', async () => {
    etsy.receipts = [receipt(77, 1000)];
    etsy.ledger = [line(9, 870, 'MISC_CREDIT', { currency: 'GBP' })];
    await sync();
    const [before, untouched] = [await book(), await order()];
    const { id } = await entryOf('9');
    for (let times = 0; times < 2; times++) {
      await attributeEntry(world.ctx, { id, as: 'payment', order: '77' });
      expect(await order()).toMatchObject({ currency: 'GBP', gross: 870 });
      await takeBackEntry(world.ctx, { id });
      expect(await order()).toEqual(untouched);
      expect(await book()).toEqual(before);
    }
  });

  it('names the field that has to be corrected', async () => {
    etsy.ledger = [REPORTED];
    await sync();
    const { id } = await entryOf('1');
    for (const order of [undefined, '#', '78'])
      await expect(attributeEntry(world.ctx, { id, as: 'refund', order })).rejects.toMatchObject({
        code: 'invalid',
        fields: { order: expect.anything() },
      });
  });
});

describe('the figures of a month', () => {
  it('name the money that is in none of them', async () => {
    etsy.ledger = [REPORTED, line(8, -55, 'MISC_DEBIT'), line(9, 159, 'MISC_CREDIT'), line(7, 'x', 'MISC')];
    await sync();
    const { notAttributed } = await monthReport(world.ctx, {});
    // What came in does not hide what went out, although they are the same amount.
    expect(notAttributed).toMatchObject({
      count: 4,
      unreadable: 1,
      amounts: [{ currency: 'EUR', added: 159, taken: 159 }],
    });
    expect(say(notAttributed.summary ?? '')).toBe(
      '4 account entries are not attributed, and not included as income or fees: €1.59 in, €1.59 out and 1 without a readable amount.',
    );
    expect((await overview(world.ctx)).money.notAttributed).toEqual(notAttributed);
    const { items } = await listEntries(world.ctx, { show: 'open', limit: 10 });
    for (const { id, remoteId } of items)
      if (remoteId === '8') await attributeEntry(world.ctx, { id, as: 'fee' });
      else await leaveEntry(world.ctx, { id });
    const report = await monthReport(world.ctx, {});
    expect(report.notAttributed).toMatchObject({ count: 3, amounts: [{ added: 159, taken: 104 }] });
    const { month } = report;
    const listed = await listEntries(world.ctx, { show: 'unattributed', month, limit: 10 });
    expect(listed.items).toHaveLength(3);
    const none = { show: 'unattributed' as const, month: '2020-01', limit: 10 };
    expect((await listEntries(world.ctx, none)).items).toEqual([]);
    expect((await monthReport(world.ctx, { month: '2020-01' })).notAttributed).toEqual({
      count: 0,
      unreadable: 0,
      amounts: [],
      summary: null,
    });
  });

  it('are each the sum of the list that they link to', async () => {
    const parts = { discount_amt: eur(100), total_shipping_cost: eur(250), total_tax_cost: eur(60) };
    etsy.receipts = [{ ...receipt(77, 1000), ...parts, grandtotal: eur(1210) }];
    etsy.ledger = [REPORTED, line(8, -55, 'transaction'), line(9, -20, 'sales_tax')];
    await sync();
    const [entry] = (await listEntries(world.ctx, { limit: 10 })).items;
    await attributeEntry(world.ctx, { id: entry?.id ?? '', as: 'refund', order: '77' });
    // A refund of the workspace's own plan is none of a sale.
    await bench.db.asWorkspace(world.workspaceId, (tx) =>
      postTransactions(tx, world.ctx, [
        {
          key: 'given_back:test',
          kind: 'refund',
          occurredAt: world.clock.now(),
          description: verbatim('Refund of the plan'),
          source: { type: 'invoice', id: 'in_1' },
          postings: subscriptionPostings({ amount: -4900, currency: 'EUR' }),
        },
      ]),
    );
    const { month, totals } = await monthReport(world.ctx, {});
    const total = totals.find(({ currency }) => currency === 'EUR');
    if (!total) throw new Error('No total');
    const listed = async (figure: (typeof FIGURE_LISTS)[number]) => {
      const { items } = await listTransactions(world.ctx, { month, figure, currency: 'EUR', limit: 50 });
      return items.flatMap(({ amounts }) => amounts).reduce((sum, { gain }) => sum + gain, 0);
    };
    expect(total).toMatchObject({ refunds: expect.any(Number), costs: -4900 });
    for (const figure of ['gross', 'shipping', 'net', 'tax'] as const)
      expect([figure, await listed(figure)]).toEqual([figure, total[figure]]);
    for (const figure of ['discounts', 'refunds', 'fees', 'costs'] as const)
      expect([figure, await listed(figure)]).toEqual([figure, 0 - total[figure]]);
    expect(await listed('income')).toBe(total.gross - total.discounts + total.shipping);
    const home = (await overview(world.ctx)).money.totals.find(({ currency }) => currency === 'EUR');
    expect(home?.gross).toBe(await listed('income'));
    const dollars = await listTransactions(world.ctx, { month, figure: 'net', currency: 'USD', limit: 50 });
    expect(dollars.items).toEqual([]);
  });
});

describe('lines of every family', () => {
  it.each([
    ['DISBURSE', -300, { 'bank EUR': 300 }],
    ['DISBURSE2', 300, { 'bank EUR': -300 }],
    ['deposit', -300, { 'bank EUR': 300 }],
    ['RECOUP', 300, { 'bank EUR': -300 }],
    ['billing_payment', 300, { 'bank EUR': -300 }],
    ['RESERVE', -300, { 'platform_reserve EUR': 300 }],
    ['reserve_release', 300, { 'platform_reserve EUR': -300 }],
    ['sales_tax', -300, { 'tax_collected EUR': 300 }],
    ['sales_tax_refund', 300, { 'tax_collected EUR': -300 }],
    ['PAYMENT', 300, { 'unattributed EUR': -300 }],
    ['REFUND', 300, { 'unattributed EUR': -300 }],
    ['DEPOSIT_FEE', -300, { 'platform_fees EUR': 300 }],
    ['vat_seller_services', -300, { 'platform_fees EUR': 300 }],
    ['vat_on_processing_fees', -300, { 'platform_fees EUR': 300 }],
    ['SELLER_DRIVEN_TRAFFIC_CREDIT', 300, { 'platform_fees EUR': -300 }],
    ['ADYENBALANCE_REVERSAL', 300, { 'bank EUR': -300 }],
    ['vat_tax_ep', -300, { 'unattributed EUR': 300 }],
    ['VAT_REFUND_EP', 300, { 'unattributed EUR': -300 }],
    ['something_new', -300, { 'unattributed EUR': 300 }],
    ['', 300, { 'unattributed EUR': -300 }],
  ])('books %s of %i', async (type, amount, other) => {
    etsy.ledger = [line(1, amount, type)];
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': amount, ...other });
  });

  it.each([
    ['part', 700],
    ['all', 0],
  ])('books a refund of %s of an order before Etsy credited it', async (_what, posted) => {
    const status = posted === 0 ? 'fully refunded' : 'partially refunded';
    etsy.receipts = [{ ...receipt(77, 1000), status }];
    etsy.payments = [
      {
        payment_id: 900,
        receipt_id: 77,
        amount_gross: eur(1000),
        posted_gross: eur(posted),
        updated_timestamp: now(),
      },
    ];
    const of = { reference_type: 'shop_payment', reference_id: 900 };
    if (posted > 0) etsy.ledger = [line(1, posted, 'PAYMENT_GROSS', of)];
    await sync();
    await sync();
    expect(await book()).toEqual({
      ...(posted > 0 ? { 'platform_balance EUR': posted } : {}),
      'sales EUR': -1000,
      'refunds EUR': 1000 - posted,
    });
    expect((await listSales(world.ctx, { limit: 5 })).items).toMatchObject([
      { refunded: 1000 - posted, net: posted },
    ]);
  });

  it('accounts for an order in the currency of its payment before that has arrived', async () => {
    etsy.receipts = [receipt(77, 10_000)];
    etsy.payments = [
      { payment_id: 900, receipt_id: 77, amount_gross: { amount: 7912, divisor: 100, currency_code: 'GBP' } },
    ];
    const of = { reference_type: 'shop_payment', reference_id: 900, currency: 'GBP' };
    etsy.ledger = [line(1, -400, 'PAYMENT_PROCESSING_FEE', of)];
    await sync();
    expect((await listSales(world.ctx, { limit: 5 })).items).toMatchObject([
      { currency: 'GBP', gross: 7912, fees: 400, net: 7512, soldFor: { amount: 10_000, currency: 'EUR' } },
    ]);
    etsy.ledger = [...etsy.ledger, line(2, 7900, 'PAYMENT_GROSS', of), line(3, -7900, 'REFUND_GROSS', of)];
    await sync();
    await sync();
    expect((await listSales(world.ctx, { limit: 5 })).items).toMatchObject([
      { currency: 'GBP', gross: 7900, refunded: 7900, fees: 400, net: -400 },
    ]);
    expect(await book()).toEqual({
      'platform_balance GBP': -400,
      'platform_fees GBP': 400,
      'sales GBP': -7900,
      'refunds GBP': 7900,
    });
  });

  it.each([
    ['another currency', 57_446, 100, 'USD'],
    ['a third currency with another divisor', 57_446, 1, 'IDR'],
  ])(
    'reads the amounts of a payment in its own currency although Etsy labels them with %s',
    async (_what, amount, divisor, label) => {
      const labelled = (value: number) => ({ amount: value, divisor, currency_code: label });
      etsy.receipts = [receipt(77, 1254)];
      // Fully refunded before Etsy posted the payment, so that the ledger has no line of it.
      etsy.payments = [
        {
          payment_id: 900,
          receipt_id: 77,
          currency: 'TRY',
          buyer_currency: label,
          amount_gross: labelled(amount),
          posted_gross: labelled(0),
        },
      ];
      etsy.ledger = [
        line(1, -5, 'PAYMENT_PROCESSING_FEE', {
          reference_type: 'shop_payment',
          reference_id: 900,
          currency: 'TRY',
        }),
      ];
      await sync();
      expect((await listSales(world.ctx, { limit: 5 })).items).toMatchObject([
        { currency: 'TRY', gross: 57_446, refunded: 57_446, fees: 5, net: -5 },
      ]);
      expect(await book()).toEqual({
        'platform_balance TRY': -5,
        'platform_fees TRY': 5,
        'sales TRY': -57_446,
        'refunds TRY': 57_446,
      });
    },
  );

  it('books a fee that the seller paid from outside as a fee and a transfer', async () => {
    etsy.ledger = [line(1, -1500, 'seller_onboarding_fee'), line(2, 1500, 'seller_onboarding_fee_payment')];
    await sync();
    expect(await book()).toEqual({ 'platform_fees EUR': 1500, 'bank EUR': -1500 });
  });

  it('reads on after a full page even if the count is the length of the page', async () => {
    const lines = Array.from({ length: 250 }, (_, i) => line(i + 1, -20, 'listing'));
    const before = bench.wrap;
    bench.wrap = (inner) => async (wire) => {
      const { pathname, searchParams } = new URL(wire.url);
      if (!pathname.endsWith('/ledger-entries')) return (before?.(inner) ?? inner)(wire);
      const offset = Number(searchParams.get('offset') ?? 0);
      const results = lines.slice(offset, offset + 100);
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ count: results.length, results }),
      };
    };
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': -5000, 'platform_fees EUR': 5000 });
  });

  it('books a refund that failed and came back', async () => {
    etsy.receipts = [receipt(77, 1000)];
    etsy.payments = [{ payment_id: 900, receipt_id: 77 }];
    const of = { reference_type: 'shop_payment', reference_id: 900 };
    etsy.ledger = [
      line(1, 1000, 'PAYMENT_GROSS', of),
      line(2, -400, 'REFUND_GROSS', of),
      line(3, 400, 'REFUND_GROSS', of),
    ];
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': 1000, 'sales EUR': -1000 });
    expect((await listSales(world.ctx, { limit: 5 })).items).toMatchObject([{ refunded: 0, net: 1000 }]);
  });
});

describe('a line of an unexpected shape', () => {
  const good = () => line(50, -20, 'listing');
  it.each([
    ['a missing amount', { entry_id: 1, currency: 'EUR', ledger_type: 'listing' }],
    ['a renamed field', { entry_id: 1, amount_cents: -5, currency: 'EUR', ledger_type: 'listing' }],
    ['no id', { amount: 'x', currency: 'EUR' }],
    ['an unknown currency', { entry_id: 1, amount: -5, currency: 'EURO', ledger_type: 'listing' }],
    ['no currency', { entry_id: 1, amount: -5, ledger_type: 'listing' }],
    ['a huge amount', { entry_id: 1, amount: 1e300, currency: 'EUR', ledger_type: 'listing' }],
    [
      'an amount beyond the ledger',
      { entry_id: 1, amount: 9_007_199_254_740_991, currency: 'EUR', ledger_type: 'listing' },
    ],
    ['a fraction', { entry_id: 1, amount: -5.5, currency: 'EUR', ledger_type: 'listing' }],
    ['null', null],
    ['a text', 'listing'],
    ['a list', [1, 2]],
  ])('with %s is kept and does not stop the others', async (_what, odd) => {
    etsy.ledger = [odd, good()];
    await sync();
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': -20, 'platform_fees EUR': 20 });
    const { items } = await listEntries(world.ctx, { limit: 10 });
    expect(items).toMatchObject([{ reason: 'unreadable', amount: null }]);
    await leaveEntry(world.ctx, { id: items[0]?.id ?? '' });
    await sync();
    expect((await listEntries(world.ctx, { limit: 10 })).items).toEqual([]);
  });

  it.each([
    ['numbers as text', { amount: '-35', created_timestamp: String(1_772_000_000) }],
    ['no time', { created_timestamp: undefined, create_date: undefined }],
    ['an odd time', { created_timestamp: 'yesterday', create_date: {} }],
    ['an odd reference', { reference_type: { a: 1 }, reference_id: [] }],
    ['odd adjustments', { payment_adjustments: 'none' }],
    ['an unknown field', { surprise: { deep: [1] } }],
    ['a currency in lower case', { currency: 'eur' }],
  ])('with %s is booked', async (_what, more) => {
    etsy.ledger = [{ ...line(1, -35, 'listing'), ...more }, good()];
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': -55, 'platform_fees EUR': 55 });
  });

  it('keeps a receipt that cannot be read, without personal data, and reads the others', async () => {
    etsy.receipts = [
      { ...receipt(77, 1000), token: 'secret', transactions: [{ transaction_id: 1, price: { amount: 1 } }] },
      receipt(78, 500),
      { ...receipt(79, 300), grandtotal: eur(321) },
    ];
    await sync();
    expect((await listSales(world.ctx, { limit: 5 })).items.map((sale) => sale.remoteOrderId).sort()).toEqual(
      ['78', '79'],
    );
    const rows = await bench.db.asWorkspace(world.workspaceId, (tx) =>
      tx.select().from(unattributedEntries).where(eq(unattributedEntries.connectionId, connectionId)),
    );
    expect(rows.map((row) => row.remoteId).sort()).toEqual(['receipt:77', 'receipt:79']);
    expect(JSON.stringify(rows)).not.toMatch(/Hannah|hannah|secret/);
    expect(rows[0]?.raw).toMatchObject({ is_paid: true, status: 'paid' });
  });

  it('goes on when the list has no total', async () => {
    bench.wrap = (inner) => async (wire) => {
      const { pathname, searchParams } = new URL(wire.url);
      if (!pathname.endsWith('/ledger-entries')) return inner(wire);
      const offset = Number(searchParams.get('offset'));
      const all = Array.from({ length: 130 }, (_, i) => line(i + 1, -1, 'listing'));
      return { status: 200, headers: {}, body: JSON.stringify({ results: all.slice(offset, offset + 100) }) };
    };
    await sync();
    expect(await book()).toMatchObject({ 'platform_fees EUR': 130 });
  });
});

it('keeps the lines of one workspace from another', async () => {
  etsy.ledger = [REPORTED];
  await sync();
  const other = await bench.another();
  expect((await listEntries(other.ctx, { limit: 10 })).items).toEqual([]);
  const [entry] = (await listEntries(world.ctx, { limit: 10 })).items;
  await expect(leaveEntry(other.ctx, { id: entry?.id ?? '' })).rejects.toMatchObject({
    code: 'not_found',
  });
  const { items } = await listTransactions(world.ctx, { kind: 'unattributed', limit: 5 });
  expect(items).toHaveLength(1);
  const rows = await bench.db.asWorkspace(world.workspaceId, (tx) =>
    tx.select().from(connections).where(eq(connections.workspaceId, world.workspaceId)),
  );
  expect(rows).toHaveLength(1);
});
