import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CustomerPayments, DisputableCharge } from './customer-payments';
import { givenBack, withdrawn } from './given-back';
import { chargeAnswer, creditNoteAnswer, disputeAnswer, refundAnswer } from './payment-wire';
import { moneyOfStripe } from './stripe-amount';

const AT = 1_772_000_000;
const refund = (id: string, amount: number, more: object = {}) =>
  refundAnswer.parse({ id, amount, currency: 'usd', created: AT, status: 'succeeded', ...more });
const dispute = (id: string, more: object) =>
  disputeAnswer.parse({ id, amount: 1000, currency: 'usd', created: AT, status: 'needs_response', ...more });
const move = (amount: number, more: object = {}) => ({
  amount,
  currency: 'usd',
  created: AT,
  fee: 0,
  ...more,
});
const charge = (
  more: Partial<DisputableCharge> & { currency?: string; amount?: number } = {},
): DisputableCharge => ({
  charge: chargeAnswer.parse({
    id: 'ch_1',
    amount: more.amount ?? 2900,
    amount_refunded: 0,
    currency: more.currency ?? 'usd',
  }),
  invoices: ['in_1'],
  refunds: [],
  disputes: [],
  ...more,
});
const back = (payments: Partial<CustomerPayments>, paid: Record<string, [number, string]>) =>
  givenBack(
    { invoices: [], charges: [], creditNotes: [], balance: [], ...payments },
    new Map(Object.entries(paid).map(([id, [amount, currency]]) => [id, moneyOfStripe(amount, currency)])),
  ).map(({ object, invoiceId, amount }) => [object, invoiceId, amount.amount, amount.currency]);

describe('a dispute has withdrawn', () => {
  test.each([
    ['nothing before the funds moved', { balance_transactions: [] }, 0],
    ['what the balance shows', { balance_transactions: [move(-900, { fee: 1500 })] }, 900],
    ['nothing once it was won', { status: 'won', balance_transactions: [move(-1000), move(1000)] }, 0],
    ['what was not reinstated', { status: 'won', balance_transactions: [move(-1000), move(400)] }, 600],
    ['nothing as an inquiry', { status: 'warning_needs_response', balance_transactions: [] }, 0],
    ['nothing if it was prevented', { status: 'prevented', balance_transactions: [] }, 0],
    ['its amount if it is lost, even without movements', { status: 'lost', balance_transactions: [] }, 1000],
    [
      'its own amount if the account is paid out in another currency',
      { balance_transactions: [move(-920, { currency: 'eur' })] },
      1000,
    ],
    [
      'nothing once reinstated at another rate',
      {
        status: 'won',
        balance_transactions: [
          move(-920, { currency: 'eur' }),
          move(911, { currency: 'eur', created: AT + 9 }),
        ],
      },
      0,
    ],
    ['its amount by its state if only ids are known', { balance_transactions: ['txn_1'] }, 1000],
    ['nothing by its state', { status: 'won', balance_transactions: ['txn_1', 'txn_2'] }, 0],
  ])('%s', (_name, more, amount) => {
    expect(withdrawn(dispute('du_1', more))).toBe(amount);
  });
});

test.each([
  ['jpy', 500, 'JPY', 500],
  ['ugx', 50_000, 'UGX', moneyOfStripe(50_000, 'ugx').amount],
  ['kwd', 12_340, 'KWD', 12_340],
  ['eur', 1, 'EUR', 1],
])('a refund in %s keeps its decimals', (currency, amount, code, minor) => {
  const charges = [charge({ currency, amount: 1_000_000, refunds: [refund('re_1', amount, { currency })] })];
  expect(back({ charges }, { in_1: [1_000_000, currency] })).toEqual([['re_1', 'in_1', minor, code]]);
});

test('a dispute in another currency than the charge gives the charge back', () => {
  const disputes = [
    dispute('du_1', { currency: 'eur', balance_transactions: [move(-2700, { currency: 'eur' })] }),
  ];
  expect(back({ charges: [charge({ disputes })] }, { in_1: [2900, 'usd'] })).toEqual([
    ['du_1', 'in_1', 2900, 'USD'],
  ]);
});

test.each(['failed', 'canceled', 'requires_action'])('a refund that is %s gives nothing back', (status) => {
  const charges = [charge({ refunds: [refund('re_1', 500, { status })] })];
  expect(back({ charges }, { in_1: [2900, 'usd'] })).toEqual([['re_1', 'in_1', 0, 'USD']]);
});

test('a refund of before there were states gives its amount back', () => {
  const charges = [charge({ refunds: [refund('re_1', 500, { status: null })] })];
  expect(back({ charges }, { in_1: [2900, 'usd'] })).toEqual([['re_1', 'in_1', 500, 'USD']]);
});

test('a refund of a payment for several invoices is divided among them', () => {
  const charges = [charge({ invoices: ['in_1', 'in_2'], refunds: [refund('re_1', 1500)] })];
  expect(back({ charges }, { in_1: [1000, 'usd'], in_2: [1900, 'usd'] })).toEqual([
    ['re_1', 'in_1', 1000, 'USD'],
    ['re_1', 'in_2', 500, 'USD'],
  ]);
});

test('a refund of a credit note belongs to the note’s invoice, and only what left Stripe counts for the note', () => {
  const note = (more: object) =>
    creditNoteAnswer.parse({
      id: 'cn_1',
      invoice: 'in_2',
      currency: 'usd',
      created: AT,
      status: 'issued',
      ...more,
    });
  const charges = [charge({ invoices: [], refunds: [refund('re_1', 500), refund('re_2', 100)] })];
  const creditNotes = [
    note({
      out_of_band_amount: 30,
      refund: 're_2',
      refunds: [
        { amount_refunded: 500, refund: 're_1', type: 'refund' },
        { amount_refunded: 40, refund: null, type: 'payment_record_refund' },
      ],
    }),
    note({ id: 'cn_2', status: 'void', out_of_band_amount: 900, voided_at: AT }),
  ];
  expect(back({ charges, creditNotes }, { in_2: [2900, 'usd'] })).toEqual([
    ['cn_1', 'in_2', 70, 'USD'],
    ['cn_2', 'in_2', 0, 'USD'],
    ['re_1', 'in_2', 500, 'USD'],
    ['re_2', 'in_2', 100, 'USD'],
  ]);
});

test('never more than was paid is given back, whatever the order of the answers', () => {
  const amounts = fc.array(fc.record({ amount: fc.integer({ min: 1, max: 5000 }), at: fc.nat({ max: 3 }) }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 5000 }), (all, paid) => {
      const refunds = all.map(({ amount, at }, i) => refund(`re_${i}`, amount, { created: AT + at }));
      const of = (list: typeof refunds) =>
        back({ charges: [charge({ refunds: list })] }, { in_1: [paid, 'usd'] });
      const sum = of(refunds).reduce((total, [, , amount]) => total + Number(amount), 0);
      expect(sum).toBe(
        Math.min(
          paid,
          all.reduce((total, { amount }) => total + amount, 0),
        ),
      );
      expect(of([...refunds].reverse())).toEqual(of(refunds));
    }),
  );
});
