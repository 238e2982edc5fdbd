import { allocate } from '@/server/foundation/allocate';
import { fact } from '@/server/foundation/facts';
import type { NewTransaction } from '../ledger/post-transaction';
import { type Parts, refundPartPostings } from '../ledger/postings';
import { type Order, type OrderTransaction, orderSource, sumOf } from './read-orders';
import { type Amounts, bookAmounts, bookCurrency, NOTHING, plus, totalOf } from './sale-amounts';

/** What was given back so far, by part. */
export function refundedOf(refunds: readonly OrderTransaction[], currency: string): Amounts {
  const sums = sumOf(refunds, currency);
  const of = (account: string) => sums.get(account) ?? 0;
  return {
    items: of('refunds') + of('discount_refunds'),
    discount: -of('discount_refunds'),
    shipping: of('shipping_refunds'),
    tax: of('tax_collected'),
  };
}

/**
 * Divides an amount among parts in proportion to what is left of each, to the last minor unit: when everything is given back, each part ends
 * at zero. What exceeds the parts belongs to the items.
 */
function divide(amount: number, left: Amounts): Parts {
  const size = Math.abs(amount);
  const weights = [left.items, left.shipping, left.tax].map((part) => Math.max(0, part));
  const whole = weights.reduce((a, b) => a + b, 0);
  const within = Math.min(size, whole);
  const [items = 0, shipping = 0, tax = 0] = whole === 0 ? [] : allocate(within, weights);
  const discountLeft = Math.max(0, left.discount);
  // Items can be free; then the discount is given back with the last of the rest.
  const [discount = 0] =
    weights[0] === 0
      ? [within === whole ? discountLeft : 0]
      : allocate(discountLeft, [items, (weights[0] ?? 0) - items]);
  const sign = amount < 0 ? -1 : 1;
  return { discount: sign * discount || 0, shipping: sign * shipping || 0, tax: sign * tax || 0 };
}

/** Returns what an order consists of in a currency, or null if nothing of it is accounted for in that currency. */
function orderAmounts(order: Order, currency: string): Amounts | null {
  const members = order.sales.filter((sale) => bookCurrency(sale) === currency);
  return members.length === 0 ? null : members.map(bookAmounts).reduce(plus, NOTHING);
}

/**
 * Returns the parts of a refund, in proportion to what is left of the order. Returns null if the order is not known in that currency yet;
 * the parts follow when it is. `given` are refunds that are not booked yet.
 */
export function refundParts(
  order: Order,
  amount: number,
  currency: string,
  given: readonly Amounts[] = [],
): Parts | null {
  const whole = orderAmounts(order, currency);
  if (!whole) return null;
  const refunds = order.transactions.filter((transaction) => transaction.kind === 'refund');
  const back = [refundedOf(refunds, currency), ...given].reduce(plus, NOTHING);
  // A refund that came back is divided by what was given back, all others by what is left.
  const left: Amounts =
    amount < 0
      ? back
      : {
          items: whole.items - back.items,
          discount: whole.discount - back.discount,
          shipping: whole.shipping - back.shipping,
          tax: whole.tax - back.tax,
        };
  return divide(amount, left);
}

/** The total and the parts of a refund as amounts. */
export const refundAmounts = (amount: number, parts: Parts): Amounts => ({
  items: amount - parts.shipping - parts.tax,
  ...parts,
});

const PARTS_SUFFIX = ':parts';
/** Key of the transaction that divides a refund that was booked under `key` before its order was known. */
export const partsKey = (key: string): string => `${key}${PARTS_SUFFIX}`;
const CORRECTION = 'refund-parts:';
const PARTS = ['discount', 'shipping', 'tax'] as const;

/**
 * Returns transactions that divide refunds that were booked before their order was known. A refund whose parts are booked has postings for
 * them or a transaction of its own.
 */
export function lateRefundParts(connectionId: string, order: Order): NewTransaction[] {
  if (order.sales.length === 0) return [];
  const out: NewTransaction[] = [];
  const refunds = order.transactions.filter((transaction) => transaction.kind === 'refund');
  const keys = new Set(refunds.map((transaction) => transaction.key));
  const whole = refunds.filter(
    (transaction) =>
      !transaction.key.endsWith(PARTS_SUFFIX) && !transaction.divided && !keys.has(partsKey(transaction.key)),
  );
  const rest: Order = {
    ...order,
    transactions: order.transactions.filter((transaction) => !whole.includes(transaction)),
  };
  const given = new Map<string, Amounts[]>();
  for (const transaction of whole) {
    const refund = transaction.postings.find((posting) => posting.account === 'refunds');
    if (!refund) continue;
    const before = given.get(refund.currency) ?? [];
    const parts = refundParts(rest, refund.amount, refund.currency, before);
    if (!parts) continue;
    given.set(refund.currency, [...before, refundAmounts(refund.amount, parts)]);
    const postings = refundPartPostings(connectionId, refund.currency, parts);
    if (postings.length === 0) continue;
    out.push({
      key: partsKey(transaction.key),
      kind: 'refund',
      occurredAt: transaction.occurredAt,
      description: fact('sales.ledger.refundParts', { order: order.remoteOrderId }),
      source: orderSource(connectionId, order.remoteOrderId),
      postings,
      evidence: { remoteOrderId: order.remoteOrderId, divides: transaction.key },
    });
  }
  return out;
}

/**
 * Returns transactions that correct the parts of an order's refunds after the order itself has changed, because another of its sales or
 * payments arrived: if everything is given back, the parts are those of the order, and no part is given back beyond what it was.
 */
export function refundCorrections(connectionId: string, order: Order): NewTransaction[] {
  const refunds = order.transactions.filter((transaction) => transaction.kind === 'refund');
  const corrected = refunds.filter((transaction) => transaction.key.startsWith(CORRECTION)).length;
  const out: NewTransaction[] = [];
  for (const currency of new Set(order.sales.map(bookCurrency))) {
    const whole = orderAmounts(order, currency);
    const back = refundedOf(refunds, currency);
    const total = totalOf(back);
    if (!whole || total < 0 || total > totalOf(whole)) continue;
    const wanted = total === 0 ? NOTHING : divide(total, whole);
    const isExact = total === 0 || total === totalOf(whole);
    const fits = PARTS.every((part) =>
      isExact ? back[part] === wanted[part] : back[part] >= 0 && back[part] <= Math.max(0, whole[part]),
    );
    if (fits) continue;
    const postings = refundPartPostings(connectionId, currency, {
      discount: wanted.discount - back.discount,
      shipping: wanted.shipping - back.shipping,
      tax: wanted.tax - back.tax,
    });
    if (postings.length === 0) continue;
    out.push({
      key: `${CORRECTION}${connectionId}:${order.remoteOrderId}:${corrected + out.length + 1}`,
      kind: 'refund',
      occurredAt: refunds.map((transaction) => transaction.occurredAt).reduce((a, b) => (a > b ? a : b)),
      description: fact('sales.ledger.refundParts', { order: order.remoteOrderId }),
      source: orderSource(connectionId, order.remoteOrderId),
      postings,
      evidence: { remoteOrderId: order.remoteOrderId, divided: true },
    });
  }
  return out;
}
