import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { sales } from '@/db/schema';
import { allocate } from '@/server/foundation/allocate';
import type { Money } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import { postTransactions } from '../ledger/post-transaction';
import { convertOrders } from './convert-orders';
import { lateRefundParts, refundCorrections, refundedOf } from './divide-refunds';
import { asOrderTransaction, currenciesOf, type Order, readOrders, sumOf } from './read-orders';
import { type Amounts, bookAmounts, bookCurrency, type Sale } from './sale-amounts';

/**
 * Brings what depends on several of an order's transactions up to date, from the ledger: the currency in which it is accounted for, the
 * parts of refunds that came before it, and the fees and refunds of each of its sales.
 */
export async function settleOrders(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  remoteOrderIds: readonly string[],
  worth?: ReadonlyMap<string, Money>,
): Promise<void> {
  const orders = await readOrders(tx, ctx, connectionId, remoteOrderIds);
  await convertOrders(tx, ctx, connectionId, orders.values(), worth);
  for (const divided of [lateRefundParts, refundCorrections]) {
    const made = [...orders.values()].map((order) => ({ order, transactions: divided(connectionId, order) }));
    await postTransactions(
      tx,
      ctx,
      made.flatMap(({ transactions }) => transactions),
      { onDifference: 'keep' },
    );
    for (const { order, transactions } of made)
      order.transactions.push(...transactions.map(asOrderTransaction));
  }
  for (const order of orders.values())
    for (const { sale, ...now } of shares(order)) {
      if (
        sale.fees === now.fees &&
        sale.refunded === now.refunded &&
        sale.refundedTax === now.refundedTax &&
        sale.feesKnown === now.feesKnown &&
        sale.unsettledIn === now.unsettledIn
      )
        continue;
      await tx
        .update(sales)
        .set(now)
        .where(and(eq(sales.workspaceId, ctx.workspaceId), eq(sales.id, sale.id)));
    }
}

interface Share {
  sale: Sale;
  fees: number;
  refunded: number;
  refundedTax: number;
  feesKnown: boolean;
  unsettledIn: string | null;
}

/** Divides an order's fees and refunds among its sales. Amounts in another currency are left out and named. */
function shares(order: Order): Share[] {
  const all: Share[] = order.sales.map((sale) => ({
    sale,
    fees: 0,
    refunded: 0,
    refundedTax: 0,
    feesKnown: false,
    unsettledIn: null,
  }));
  const give = (
    targets: readonly Share[],
    amount: number,
    weightOf: (amounts: Amounts) => number,
    add: (share: Share, amount: number) => void,
  ): void => {
    const parts = allocate(
      amount,
      targets.map(({ sale }) => Math.max(0, weightOf(bookAmounts(sale)))),
    );
    targets.forEach((target, i) => {
      add(target, parts[i] ?? 0);
    });
  };
  const inBook = (currency: string): Share[] => {
    const group = all.filter(({ sale }) => bookCurrency(sale) === currency);
    if (group.length === 0) for (const share of all) share.unsettledIn ??= currency;
    return group;
  };
  for (const transaction of order.transactions) {
    if (transaction.kind !== 'fee') continue;
    for (const currency of currenciesOf([transaction])) {
      const group = inBook(currency);
      const named = group.filter(({ sale }) => sale.remoteId === transaction.remoteSaleId);
      give(
        named.length > 0 ? named : group,
        sumOf([transaction], currency).get('platform_fees') ?? 0,
        (amounts) => amounts.items,
        (share, amount) => {
          share.fees += amount;
          share.feesKnown = true;
        },
      );
    }
  }
  const refunds = order.transactions.filter((transaction) => transaction.kind === 'refund');
  for (const currency of currenciesOf(refunds)) {
    const group = inBook(currency);
    const back = refundedOf(refunds, currency);
    // All refunds at once, so that each sale ends at zero when everything is given back.
    for (const part of ['items', 'shipping', 'tax'] as const)
      give(
        group,
        back[part],
        (amounts) => amounts[part],
        (share, amount) => {
          share.refunded += amount;
          if (part === 'tax') share.refundedTax += amount;
        },
      );
  }
  return all;
}
