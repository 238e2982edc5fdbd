import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { unattributedEntries } from '@/db/schema';
import { listEntries } from './list-unattributed';
import { listSales } from './queries';
import { leaveEntry } from './settle-line';
import { eachTestConnectsEtsy, eur } from './test-etsy';

const shop = eachTestConnectsEtsy();
const { now, line, receipt, sync, book } = shop;

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
    shop.etsy.ledger = [line(1, amount, type)];
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': amount, ...other });
  });

  it.each([
    ['part', 700],
    ['all', 0],
  ])('books a refund of %s of an order before Etsy credited it', async (_what, posted) => {
    const status = posted === 0 ? 'fully refunded' : 'partially refunded';
    shop.etsy.receipts = [{ ...receipt(77, 1000), status }];
    shop.etsy.payments = [
      {
        payment_id: 900,
        receipt_id: 77,
        amount_gross: eur(1000),
        posted_gross: eur(posted),
        updated_timestamp: now(),
      },
    ];
    const of = { reference_type: 'shop_payment', reference_id: 900 };
    if (posted > 0) shop.etsy.ledger = [line(1, posted, 'PAYMENT_GROSS', of)];
    await sync();
    await sync();
    expect(await book()).toEqual({
      ...(posted > 0 ? { 'platform_balance EUR': posted } : {}),
      'sales EUR': -1000,
      'refunds EUR': 1000 - posted,
    });
    expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([
      { refunded: 1000 - posted, net: posted },
    ]);
  });

  it('accounts for an order in the currency of its payment before that has arrived', async () => {
    shop.etsy.receipts = [receipt(77, 10_000)];
    shop.etsy.payments = [
      { payment_id: 900, receipt_id: 77, amount_gross: { amount: 7912, divisor: 100, currency_code: 'GBP' } },
    ];
    const of = { reference_type: 'shop_payment', reference_id: 900, currency: 'GBP' };
    shop.etsy.ledger = [line(1, -400, 'PAYMENT_PROCESSING_FEE', of)];
    await sync();
    expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([
      { currency: 'GBP', gross: 7912, fees: 400, net: 7512, soldFor: { amount: 10_000, currency: 'EUR' } },
    ]);
    shop.etsy.ledger = [
      ...shop.etsy.ledger,
      line(2, 7900, 'PAYMENT_GROSS', of),
      line(3, -7900, 'REFUND_GROSS', of),
    ];
    await sync();
    await sync();
    expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([
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
      shop.etsy.receipts = [receipt(77, 1254)];
      // Fully refunded before Etsy posted the payment, so that the ledger has no line of it.
      shop.etsy.payments = [
        {
          payment_id: 900,
          receipt_id: 77,
          currency: 'TRY',
          buyer_currency: label,
          amount_gross: labelled(amount),
          posted_gross: labelled(0),
        },
      ];
      shop.etsy.ledger = [
        line(1, -5, 'PAYMENT_PROCESSING_FEE', {
          reference_type: 'shop_payment',
          reference_id: 900,
          currency: 'TRY',
        }),
      ];
      await sync();
      expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([
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
    shop.etsy.ledger = [
      line(1, -1500, 'seller_onboarding_fee'),
      line(2, 1500, 'seller_onboarding_fee_payment'),
    ];
    await sync();
    expect(await book()).toEqual({ 'platform_fees EUR': 1500, 'bank EUR': -1500 });
  });

  it('reads on after a full page even if the count is the length of the page', async () => {
    const lines = Array.from({ length: 250 }, (_, i) => line(i + 1, -20, 'listing'));
    const before = shop.bench.wrap;
    shop.bench.wrap = (inner) => async (wire) => {
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
    shop.etsy.receipts = [receipt(77, 1000)];
    shop.etsy.payments = [{ payment_id: 900, receipt_id: 77 }];
    const of = { reference_type: 'shop_payment', reference_id: 900 };
    shop.etsy.ledger = [
      line(1, 1000, 'PAYMENT_GROSS', of),
      line(2, -400, 'REFUND_GROSS', of),
      line(3, 400, 'REFUND_GROSS', of),
    ];
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': 1000, 'sales EUR': -1000 });
    expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([{ refunded: 0, net: 1000 }]);
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
    shop.etsy.ledger = [odd, good()];
    await sync();
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': -20, 'platform_fees EUR': 20 });
    const { items } = await listEntries(shop.world.ctx, { limit: 10 });
    expect(items).toMatchObject([{ reason: 'unreadable', amount: null }]);
    await leaveEntry(shop.world.ctx, { id: items[0]?.id ?? '' });
    await sync();
    expect((await listEntries(shop.world.ctx, { limit: 10 })).items).toEqual([]);
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
    shop.etsy.ledger = [{ ...line(1, -35, 'listing'), ...more }, good()];
    await sync();
    expect(await book()).toEqual({ 'platform_balance EUR': -55, 'platform_fees EUR': 55 });
  });

  it('keeps a receipt that cannot be read, without personal data, and reads the others', async () => {
    shop.etsy.receipts = [
      { ...receipt(77, 1000), token: 'secret', transactions: [{ transaction_id: 1, price: { amount: 1 } }] },
      receipt(78, 500),
      { ...receipt(79, 300), grandtotal: eur(321) },
    ];
    await sync();
    expect(
      (await listSales(shop.world.ctx, { limit: 5 })).items.map((sale) => sale.remoteOrderId).sort(),
    ).toEqual(['78', '79']);
    const rows = await shop.bench.db.asWorkspace(shop.world.workspaceId, (tx) =>
      tx.select().from(unattributedEntries).where(eq(unattributedEntries.connectionId, shop.connectionId)),
    );
    expect(rows.map((row) => row.remoteId).sort()).toEqual(['receipt:77', 'receipt:79']);
    expect(JSON.stringify(rows)).not.toMatch(/Hannah|hannah|secret/);
    expect(rows[0]?.raw).toMatchObject({ is_paid: true, status: 'paid' });
  });

  it('goes on when the list has no total', async () => {
    shop.bench.wrap = (inner) => async (wire) => {
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
