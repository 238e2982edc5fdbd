import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyDigits, money } from '@/server/foundation/money';
import { fileName } from './listing';
import {
  EPOCH_FLOOR,
  etsyCursor,
  fromEtsyMoney,
  inventoryBody,
  lineOf,
  readEntry,
  soldBy,
  toEtsyPrice,
} from './transform';
import { ledgerEntry, receipt } from './wire';

describe('money', () => {
  it.each([
    [1234, 100, 'USD', 1234],
    [1234, 1000, 'KWD', 1234],
    [500, 1, 'JPY', 500],
    [50_000, 100, 'JPY', 500],
    [7, 1, 'USD', 700],
    [12_340, 1000, 'USD', 1234],
    // Currencies for which the runtime's own data has other decimals, and one that we do not list.
    [120_000, 100, 'RSD', 120_000],
    [123_450, 100, 'HUF', 123_450],
    [5_000_000, 100, 'IDR', 5_000_000],
    [1234, 100, 'XYZ', 1234],
  ])('converts %d/%d %s', (amount, divisor, currency_code, expected) =>
    expect(fromEtsyMoney({ amount, divisor, currency_code })).toEqual(money(expected, currency_code)),
  );

  it('refuses to round an amount that is not a whole number of minor units', () => {
    expect(() => fromEtsyMoney({ amount: 1234, divisor: 1000, currency_code: 'USD' })).toThrow(RangeError);
    expect(() => fromEtsyMoney({ amount: 150, divisor: 100, currency_code: 'JPY' })).toThrow(RangeError);
  });

  it('round-trips through a price', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999_999 }),
        fc.constantFrom('USD', 'JPY', 'KWD'),
        (amount, currency) => {
          const divisor = 10 ** currencyDigits(currency);
          const price = toEtsyPrice(money(amount, currency));
          expect(Math.round(price * divisor)).toBe(amount);
          expect(fromEtsyMoney({ amount, divisor, currency_code: currency })).toEqual(
            money(amount, currency),
          );
        },
      ),
    );
  });
});

it('shortens the name of a file to what Etsy takes, between two characters and with its extension', () => {
  expect(fileName('planner.pdf')).toBe('planner.pdf');
  expect(fileName(`${'a'.repeat(120)}.pdf`)).toBe(`${'a'.repeat(66)}.pdf`);
  expect(fileName(`${'a'.repeat(60)}👩‍👩‍👧‍👦b.pdf`)).toBe(`${'a'.repeat(60)}.pdf`);
  expect(fileName(`${'a'.repeat(60)}👩‍👩‍👧‍👦`)).toHaveLength(60);
});

const usd = (amount: number) => ({ amount, divisor: 100, currency_code: 'USD' });
it('creates a sale for each item bought, less the shop’s coupon', () => {
  const sale = { quantity: 3, listing_id: 9, price: usd(499), created_timestamp: 1_772_000_000 };
  const given = receipt.parse({
    receipt_id: 5,
    is_paid: true,
    created_timestamp: 1_772_000_000,
    updated_timestamp: 1_772_000_500,
    transactions: [
      { ...sale, transaction_id: 1, title: 'A', shop_coupon: 1.1 },
      { ...sale, transaction_id: 2, title: null, listing_id: null, quantity: 1 },
    ],
  });
  expect(soldBy(given).sales).toMatchObject([
    { remoteId: '1', remoteOrderId: '5', listingRemoteId: '9', gross: money(1387, 'USD'), quantity: 3 },
    { remoteId: '2', listingRemoteId: null, gross: money(499, 'USD') },
  ]);
  expect(soldBy({ ...given, is_paid: false }).sales).toEqual([]);
});

describe('the parts of a receipt', () => {
  const parts = (totals: Record<string, number>, coupon = 0) =>
    receipt.parse({
      receipt_id: 5,
      is_paid: true,
      created_timestamp: 1_772_000_000,
      updated_timestamp: 1_772_000_000,
      transactions: [
        {
          transaction_id: 1,
          quantity: 2,
          price: usd(1000),
          shop_coupon: coupon,
          created_timestamp: 1_772_000_000,
        },
        { transaction_id: 2, quantity: 1, price: usd(501), created_timestamp: 1_772_000_000 },
      ],
      ...Object.fromEntries(Object.entries(totals).map(([name, amount]) => [name, usd(amount)])),
    });
  const sums = (given: ReturnType<typeof parts>) => {
    const sold = soldBy(given).sales;
    const sum = (of: (sale: (typeof sold)[number]) => number) => sold.reduce((n, sale) => n + of(sale), 0);
    return {
      gross: sum((sale) => sale.gross.amount),
      discount: sum((sale) => sale.parts?.discount ?? 0),
      shipping: sum((sale) => sale.parts?.shipping ?? 0),
      tax: sum((sale) => sale.parts?.tax ?? 0),
    };
  };

  it.each([
    [
      'with tax and shipping added',
      {
        grandtotal: 3201,
        subtotal: 2501,
        total_price: 2501,
        total_shipping_cost: 300,
        total_tax_cost: 250,
        total_vat_cost: 150,
      },
      { gross: 2501, discount: 0, shipping: 300, tax: 400 },
    ],
    [
      'with VAT in the prices',
      { grandtotal: 2801, subtotal: 2501, total_price: 2501, total_shipping_cost: 300, total_vat_cost: 467 },
      { gross: 2501, discount: 0, shipping: 300, tax: 0 },
    ],
    [
      'with a discount and gift wrapping',
      { grandtotal: 2650, subtotal: 2300, total_price: 2501, discount_amt: 201, gift_wrap_price: 350 },
      { gross: 2650, discount: 201, shipping: 0, tax: 0 },
    ],
    [
      'with gift wrapping in the prices',
      { grandtotal: 2501, subtotal: 2501, total_price: 2501, gift_wrap_price: 350 },
      { gross: 2501, discount: 0, shipping: 0, tax: 0 },
    ],
    ['without totals', {}, { gross: 2501, discount: 0, shipping: 0, tax: 0 }],
  ])('%s add up to the total', (_what, totals: Record<string, number>, wanted) => {
    const given = parts(totals);
    expect(sums(given)).toEqual(wanted);
    expect(soldBy(given).unexplained).toBe(0);
  });

  it('take a coupon from the item that it was given for', () => {
    const given = parts({ grandtotal: 2401, subtotal: 2401, total_price: 2501, discount_amt: 100 }, 1);
    expect(soldBy(given).sales.map((sale) => [sale.gross.amount, sale.parts?.discount])).toEqual([
      [1900, 100],
      [501, 0],
    ]);
  });

  it('name what they do not explain', () => {
    expect(soldBy(parts({ grandtotal: 2600, total_price: 2501, subtotal: 2501 })).unexplained).toBe(99);
  });
});

const entry = (amount: number, ledger_type: string, reference_type: string, reference_id: string) =>
  readEntry(
    lineOf(
      ledgerEntry.parse({
        entry_id: 1,
        amount,
        currency: 'USD',
        ledger_type,
        reference_type,
        reference_id,
        created_timestamp: 1_772_000_000,
      }),
      new Date(0),
    ),
  );
it('distinguishes fees, refunds and mere transfers', () => {
  expect(entry(-65, 'transaction', 'transaction', '7')).toMatchObject({
    kind: 'fee',
    fee: { kind: 'Transaction fee', remoteSaleId: '7', amount: money(65, 'USD') },
  });
  expect(entry(-40, 'PAYMENT_PROCESSING_FEE', 'shop_payment', '8')).toMatchObject({
    kind: 'fee',
    paymentId: '8',
    fee: { kind: 'Processing fee' },
  });
  expect(entry(-20, 'listing', 'listing', '9')).toMatchObject({
    kind: 'fee',
    fee: { kind: 'Listing fee', remoteOrderId: null, remoteSaleId: null },
  });
  expect(entry(20, 'REFUND_PROCESSING_FEE', 'shop_payment', '8')).toMatchObject({
    kind: 'fee',
    fee: { amount: money(-20, 'USD') },
  });
  expect(entry(-500, 'REFUND_GROSS', 'shop_payment', '8')).toMatchObject({
    kind: 'refund',
    refund: { amount: money(500, 'USD') },
  });
  expect(entry(1000, 'PAYMENT_GROSS', 'shop_payment', '8')).toMatchObject({
    kind: 'payment',
    paymentId: '8',
    payment: { amount: money(1000, 'USD') },
  });
  expect(entry(-1000, 'DISBURSE2', 'disbursement', '8')).toMatchObject({
    kind: 'transfer',
    transfer: { to: 'bank', amount: money(1000, 'USD') },
  });
  expect(entry(-30, 'sales_tax', 'receipt', '5')).toMatchObject({
    kind: 'tax',
    tax: { remoteOrderId: '5', amount: money(30, 'USD') },
  });
  expect(entry(-30, 'MISC_DEBIT', 'etsy', '0')).toEqual({ kind: 'unknown' });
  expect(entry(0, 'MISC_DEBIT', 'etsy', '0')).toEqual({ kind: 'other' });
});

it('names an unknown kind of fee after Etsy’s own type', () => {
  const name = (type: string) => (entry(-5, type, 'shop', '1') as { fee: { kind: unknown } }).fee.kind;
  expect(name('REGULATORY_OPERATING_FEE')).toEqual('Regulatory operating fee');
  expect(name('vat_on_seller_services')).toSay('fee');
});

it('changes only the given fields of an inventory', () => {
  const before = {
    products: [
      {
        sku: 'old',
        offerings: [
          { quantity: 4, is_enabled: true, price: usd(100), readiness_state_id: 3 },
          { quantity: 9, is_enabled: true, is_deleted: true, price: usd(100) },
        ],
        property_values: [{ property_id: 1, value_ids: [2], values: ['Red'], scale_id: null }],
      },
    ],
    price_on_property: [1],
  };
  expect(inventoryBody(before, { price: money(250, 'USD') })).toEqual({
    products: [
      {
        sku: 'old',
        property_values: [{ property_id: 1, value_ids: [2], values: ['Red'] }],
        offerings: [{ price: 2.5, quantity: 4, is_enabled: true, readiness_state_id: 3 }],
      },
    ],
    price_on_property: [1],
    quantity_on_property: [],
    sku_on_property: [],
  });
});

it('encodes the cursor as text, and starts at `since` without one', () => {
  expect(etsyCursor.read(etsyCursor.write({ receipts: 5, ledger: 6 }), new Date(0))).toEqual({
    receipts: 5,
    ledger: 6,
  });
  expect(etsyCursor.read('rubbish', new Date('2026-01-01T00:00:00Z'))).toEqual({
    receipts: 1_767_225_600,
    ledger: 1_767_225_600,
  });
  expect(etsyCursor.read(null, new Date(0), EPOCH_FLOOR)).toEqual({
    receipts: EPOCH_FLOOR,
    ledger: EPOCH_FLOOR,
  });
});
