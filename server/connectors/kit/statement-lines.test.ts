import { expect, it } from 'vitest';
import { verbatim } from '@/server/foundation/facts';
import { money } from '@/server/foundation/money';
import { plain } from '@/tests/support/plain';
import {
  feeNames,
  type LineRule,
  OrdersByReference,
  readLine,
  type StatementLine,
  sortLines,
} from './statement-lines';

const rules: readonly LineRule[] = [
  { type: /^paid$/, is: 'payment' },
  { type: /^back$/, is: 'refund' },
  { type: /^bill$/, is: 'bank', onlyCredits: true },
  { type: /fee|^bill/, is: 'fee' },
];
const feeName = feeNames([[/^listing/, plain('Listing')]], {
  other: plain('Other'),
  named: (name) => plain(`${name} charge`),
});
const line = (
  id: string,
  type: string,
  amount: number,
  more: Partial<StatementLine> = {},
): StatementLine => ({
  id,
  type,
  amount: money(amount, 'USD'),
  at: new Date(0),
  paymentId: null,
  orderId: null,
  saleId: null,
  ...more,
});
const read = (one: StatementLine, more: { reference?: string; parentId?: string } = {}) => ({
  line: one,
  read: readLine(one, rules, feeName),
  item: { id: one.id },
  reference: more.reference ?? null,
  parentId: more.parentId,
});

it('classifies lines by the first rule that fits', () => {
  const kind = (type: string, amount: number) => read(line('1', type, amount)).read;
  expect(kind('bill', 5)).toMatchObject({
    kind: 'transfer',
    transfer: { to: 'bank', amount: money(-5, 'USD') },
  });
  expect(kind('bill', -5)).toMatchObject({ kind: 'fee', fee: { amount: money(5, 'USD') } });
  expect(kind('else', 5)).toEqual({ kind: 'unknown' });
  expect(kind('paid', 0)).toEqual({ kind: 'other' });
});

it('names fees by what is known of them, or else after their type', () => {
  expect(feeName('listing_fee')).toEqual(plain('Listing'));
  expect(feeName('LATE_FEE')).toEqual(verbatim('Late fee'));
  expect(feeName('late_label')).toEqual(plain('Late label charge'));
  expect(feeName(' ')).toEqual(plain('Other'));
});

it('finds the order of each line, and returns as it came what has none', () => {
  const orders = new OrdersByReference('payment');
  orders.add('payment:7', 'o7');
  orders.add('adjustment:8', 'o8');
  orders.add('entry:e3', 'o9');
  const sorted = sortLines(
    [
      read(line('e1', 'paid', 9, { paymentId: '7' })),
      read(line('e2', 'back', -4), { reference: 'adjustment:8' }),
      read(line('e3', 'paid', 5)),
      read(line('e4', 'back', -1)),
      read(line('e5', 'listing_fee', -1), { parentId: 'e3' }),
      read(line('e6', 'else', 2)),
    ],
    orders,
  );
  expect(sorted.payments.map((one) => [one.remoteId, one.remoteOrderId])).toEqual([
    ['e1', 'o7'],
    ['e3', 'o9'],
  ]);
  expect(sorted.refunds).toMatchObject([{ remoteId: 'e2', remoteOrderId: 'o8', amount: money(4, 'USD') }]);
  expect(sorted.fees).toMatchObject([{ remoteId: 'e5', remoteOrderId: 'o9' }]);
  expect(sorted.unattributed.map((one) => [one.remoteId, one.reason, one.meaning, one.raw])).toEqual([
    ['e4', 'no_order', 'refund', { id: 'e4' }],
    ['e6', 'unknown_kind', null, { id: 'e6' }],
  ]);
  expect(orders.links()).toContainEqual({ reference: 'adjustment:8', remoteOrderId: 'o8' });
});
