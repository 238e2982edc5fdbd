import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { sales } from '@/db/schema';
import { allocate } from '@/server/foundation/allocate';
import { fact } from '@/server/foundation/facts';
import type { Money } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import { type NewTransaction, postTransactions } from '../ledger/post-transaction';
import { conversionPostings, type SaleAmounts } from '../ledger/postings';
import { asOrderTransaction, currenciesOf, type Order, orderSource } from './read-orders';
import {
  type Amounts,
  bookAmounts,
  bookCurrency,
  NOTHING,
  ownAmounts,
  plus,
  type Sale,
  totalOf,
} from './sale-amounts';

/**
 * Returns the transaction that accounts for an order in the currency in which the platform credited it, if that is not the currency of the
 * sale: the order's total and the payment are the platform's own figures for the same thing, so no rate is needed. Null if the currencies
 * are the same, the payment is not known yet, or nothing has changed since. Another sale or payment of the order converts it anew. `worth` is
 * the platform's figure for a payment that has not arrived; it counts if fees or refunds are in that currency.
 */
function conversionOf(
  connectionId: string,
  order: Order,
  worth: Money | undefined,
): { transaction: NewTransaction; settled: { sale: Sale; amounts: Amounts; currency: string }[] } | null {
  const members = order.sales.filter((sale) => sale.credited === 'separately');
  const currencies = new Set(members.map((sale) => sale.currency));
  const [currency] = currencies;
  if (!currency || currencies.size !== 1) return null;
  const paid = new Map<string, number>();
  // What was given back before the payment is not part of it, but of what the order was worth.
  for (const transaction of order.transactions)
    if (transaction.kind === 'payment' || transaction.kind === 'refund')
      for (const posting of transaction.postings)
        if (posting.account === 'unsettled_orders')
          paid.set(posting.currency, (paid.get(posting.currency) ?? 0) - posting.amount);
  if (
    worth &&
    worth.amount > 0 &&
    ![...paid.values()].some((amount) => amount > 0) &&
    currenciesOf(order.transactions).has(worth.currency)
  )
    paid.set(worth.currency, worth.amount);
  const [first, second] = [...paid].filter(([, amount]) => amount > 0);
  if (!first || second || first[0] === currency) return null;
  const [into, amount] = first;
  if (members.some((sale) => sale.settledCurrency !== null && sale.settledCurrency !== into)) return null;
  const done = members.filter((sale) => sale.settledCurrency === into);
  const settledSoFar = done.map((sale) => totalOf(bookAmounts(sale))).reduce((a, b) => a + b, 0);
  if (done.length === members.length && settledSoFar === amount) return null;
  const sold = members.map(ownAmounts);
  const whole = sold.reduce(plus, NOTHING);
  if (totalOf(whole) <= 0) return null;
  const parts = allocate(
    amount,
    sold.flatMap((one) => [one.items, one.shipping, one.tax].map((part) => Math.max(0, part))),
  );
  const settled = members.map((sale, i) => {
    const own = sold[i] ?? NOTHING;
    const items = parts[3 * i] ?? 0;
    return {
      sale,
      currency: into,
      amounts: {
        items,
        // The discount is not part of the total. It has the same proportion to the items.
        discount: own.items > 0 ? proportion(own.discount, items, own.items) : 0,
        shipping: parts[3 * i + 1] ?? 0,
        tax: parts[3 * i + 2] ?? 0,
      },
    };
  });
  const at = members.map((sale) => sale.soldAt).sort((a, b) => a.getTime() - b.getTime())[0] ?? new Date(0);
  const before = order.transactions.filter((transaction) => transaction.kind === 'conversion').length;
  const figures = { sold: { amount: totalOf(whole), currency }, paid: { amount, currency: into } };
  return {
    settled,
    transaction: {
      key: `conversion:${connectionId}:${order.remoteOrderId}:${before + 1}`,
      kind: 'conversion',
      occurredAt: at,
      description: fact('sales.ledger.converted', { order: order.remoteOrderId, ...figures }),
      source: orderSource(connectionId, order.remoteOrderId),
      postings: conversionPostings(
        connectionId,
        members.map((sale) => saleAmounts(bookCurrency(sale), bookAmounts(sale))),
        settled.map(({ amounts }) => saleAmounts(into, amounts)),
      ),
      evidence: { remoteOrderId: order.remoteOrderId, ...figures },
    },
  };
}

/** Returns `amount * part / whole`, rounded half up. */
const proportion = (amount: number, part: number, whole: number): number =>
  Number((BigInt(amount) * BigInt(part) * 2n + BigInt(whole)) / (2n * BigInt(whole)));

const saleAmounts = (currency: string, amounts: Amounts): SaleAmounts => ({
  gross: { amount: amounts.items, currency },
  parts: amounts,
});

const NO_FIGURES: ReadonlyMap<string, Money> = new Map();

/** Converts orders that the platform credited in another currency than that of the sale. The orders passed are updated. */
export async function convertOrders(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  orders: Iterable<Order>,
  worth: ReadonlyMap<string, Money> = NO_FIGURES,
): Promise<void> {
  const found = [...orders].flatMap((order) => {
    const conversion = conversionOf(connectionId, order, worth.get(order.remoteOrderId));
    return conversion ? [{ order, ...conversion }] : [];
  });
  if (found.length === 0) return;
  await postTransactions(
    tx,
    ctx,
    found.map(({ transaction }) => transaction),
    { onDifference: 'keep' },
  );
  for (const { order, transaction, settled } of found) {
    order.transactions.push(asOrderTransaction(transaction));
    for (const { sale, amounts, currency } of settled) {
      const now = {
        settledCurrency: currency,
        settledGross: amounts.items,
        settledDiscount: amounts.discount,
        settledShipping: amounts.shipping,
        settledTax: amounts.tax,
      };
      Object.assign(sale, now);
      await tx
        .update(sales)
        .set(now)
        .where(and(eq(sales.workspaceId, ctx.workspaceId), eq(sales.id, sale.id)));
    }
  }
}

/**
 * Accounts for orders in the currency of their sales again, if nothing of them is in the currency that they were converted into: the payment
 * that told the rate was taken back.
 */
export async function convertBack(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  orders: Iterable<Order>,
): Promise<void> {
  for (const order of orders) {
    const left = currenciesOf(order.transactions.filter(({ kind }) => kind !== 'conversion'));
    const members = order.sales.filter(
      ({ settledCurrency }) => settledCurrency !== null && !left.has(settledCurrency),
    );
    const at = members.map((sale) => sale.soldAt).sort((a, b) => a.getTime() - b.getTime())[0];
    if (!at) continue;
    const conversions = order.transactions.filter(({ kind }) => kind === 'conversion').length;
    await postTransactions(
      tx,
      ctx,
      [
        {
          key: `conversion:${connectionId}:${order.remoteOrderId}:${conversions + 1}`,
          kind: 'conversion',
          occurredAt: at,
          description: fact('sales.ledger.convertedBack', { order: order.remoteOrderId }),
          source: orderSource(connectionId, order.remoteOrderId),
          postings: conversionPostings(
            connectionId,
            members.map((sale) => saleAmounts(bookCurrency(sale), bookAmounts(sale))),
            members.map((sale) => saleAmounts(sale.currency, ownAmounts(sale))),
          ),
          evidence: { remoteOrderId: order.remoteOrderId },
        },
      ],
      { onDifference: 'keep' },
    );
    await tx
      .update(sales)
      .set({
        settledCurrency: null,
        settledGross: null,
        settledDiscount: null,
        settledShipping: null,
        settledTax: null,
      })
      .where(
        and(
          eq(sales.workspaceId, ctx.workspaceId),
          inArray(
            sales.id,
            members.map(({ id }) => id),
          ),
        ),
      );
  }
}
