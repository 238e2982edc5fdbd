import { allocate } from '@/server/foundation/allocate';
import { type Money, money } from '@/server/foundation/money';
import type { AmountParts, RemoteRefund } from './types';

/** What a shop reports of an order, in minor units of its currency. */
export interface OrderFigures {
  readonly currency: string;
  /** `list`: the price of all pieces before discounts; `discount` and `shipping`: what the shop reports for this item alone. */
  readonly items: readonly { readonly list: number; readonly discount: number; readonly shipping: number }[];
  /** Of the whole order. */
  readonly discount: number;
  readonly shipping: number;
  /** Tax that is added to the prices. */
  readonly tax: number;
  /** What is added to the prices on some orders and included in them on others: gift wrapping, for example, and VAT. */
  readonly perhaps: { readonly extras: number; readonly tax: number };
  /** What the buyer pays; null if it is not reported. */
  readonly total: number | null;
}
/** An item's share of an order: what is paid for it with its extras, and its other parts. */
export interface ItemShare {
  readonly gross: Money;
  readonly parts: AmountParts;
}

const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0);

/**
 * Divides an order among its items. What may be added or included is decided by the combination that adds up to the total. `unexplained` is
 * what the total exceeds the parts by: 0, unless the figures do not add up. What the shop reports for single items is used as far as it adds
 * up to the order's own figure; otherwise the figure is divided by the prices.
 */
export function divideOrder(order: OrderFigures): { items: ItemShare[]; unexplained: number } {
  const { items, currency, shipping, perhaps, total } = order;
  const lists = items.map(({ list }) => list);
  const named = items.map(({ discount }) => discount);
  const discounts = sum(named) === order.discount ? named : allocate(order.discount, lists);
  const way = (extras: number, tax: number) => ({
    extras,
    tax,
    rest: total === null ? 0 : total - (sum(lists) - order.discount + extras + shipping + tax),
  });
  const all = way(perhaps.extras, order.tax + perhaps.tax);
  const others = [way(0, order.tax + perhaps.tax), way(perhaps.extras, order.tax), way(0, order.tax)];
  const { extras, tax, rest } = [all, ...others].find((one) => one.rest === 0) ?? all;
  const paid = lists.map((list, i) => list - (discounts[i] ?? 0));
  const own = items.map((item) => item.shipping);
  const shippings = sum(own) === shipping ? own : allocate(shipping, paid);
  const taxes = allocate(tax, paid);
  const wrappings = allocate(extras, paid);
  return {
    unexplained: rest,
    items: paid.map((amount, i) => ({
      gross: money(amount + (wrappings[i] ?? 0), currency),
      parts: { discount: discounts[i] ?? 0, shipping: shippings[i] ?? 0, tax: taxes[i] ?? 0 },
    })),
  };
}

/** What was given back before an order was credited, so that the payment is lower by it and no line tells; null if nothing was. */
export function refundBeforePayment(
  ids: Pick<RemoteRefund, 'remoteId' | 'remoteOrderId'>,
  { due, paid }: { readonly due: Money; readonly paid: Money },
  refundedAt: Date,
): RemoteRefund | null {
  if (due.currency !== paid.currency || paid.amount >= due.amount) return null;
  const amount = money(due.amount - paid.amount, due.currency);
  return { ...ids, amount, beforePayment: true, refundedAt };
}
