import { and, asc, eq, inArray, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Tx } from '@/db/client';
import { ledgerPostings, ledgerTransactions, sales } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { bookedPostings } from '../ledger/booked-postings';
import type { NewTransaction, TransactionKind } from '../ledger/post-transaction';
import type { Sale } from './sale-amounts';

/** Source of a transaction about an order, whether or not the sale is known yet. */
export const orderSource = (connectionId: string, remoteOrderId: string) => ({
  type: 'order',
  id: `${connectionId}:${remoteOrderId}`,
});

/** Source of a fee for a sale that is not known yet. */
export const saleSource = (connectionId: string, remoteSaleId: string) => ({
  type: 'platform_sale',
  id: `${connectionId}:${remoteSaleId}`,
});

/** A ledger transaction of an order besides its sales, with its postings. */
export interface OrderTransaction {
  key: string;
  kind: TransactionKind;
  occurredAt: Date;
  remoteSaleId: string | null;
  /** A refund whose parts are among its own postings. */
  divided: boolean;
  postings: { account: string; amount: number; currency: string }[];
}

/** An order: its sales, and what the ledger has about it. */
export interface Order {
  remoteOrderId: string;
  sales: Sale[];
  transactions: OrderTransaction[];
}

/** A transaction that was just posted, as part of its order. */
export const asOrderTransaction = ({
  key,
  kind,
  occurredAt,
  postings,
  evidence,
}: NewTransaction): OrderTransaction => ({
  key,
  kind,
  occurredAt,
  remoteSaleId: null,
  divided: evidence?.divided === true,
  postings,
});

const reversals = alias(ledgerTransactions, 'reversals');

const ORDER_KINDS: TransactionKind[] = ['payment', 'conversion', 'fee', 'refund'];

/** Adds a transaction that is being posted, as `readOrders` would read it. */
export function addToOrder(order: Order, transaction: NewTransaction): void {
  if (ORDER_KINDS.includes(transaction.kind)) order.transactions.push(asOrderTransaction(transaction));
}

/** Reads orders with their sales and ledger transactions, without those that were reversed. Orders without sales are included. */
export async function readOrders(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  connectionId: string,
  remoteOrderIds: readonly string[],
): Promise<Map<string, Order>> {
  const orders = new Map<string, Order>(
    remoteOrderIds.map((remoteOrderId) => [remoteOrderId, { remoteOrderId, sales: [], transactions: [] }]),
  );
  if (orders.size === 0) return orders;
  const rows = await tx
    .select()
    .from(sales)
    .where(
      and(
        eq(sales.workspaceId, ctx.workspaceId),
        eq(sales.connectionId, connectionId),
        inArray(sales.remoteOrderId, [...orders.keys()]),
      ),
    )
    .orderBy(sales.id);
  const bySource = new Map<string, Order>();
  for (const order of orders.values())
    bySource.set(`order ${orderSource(connectionId, order.remoteOrderId).id}`, order);
  for (const row of rows) {
    const order = orders.get(row.remoteOrderId);
    order?.sales.push(row);
    if (order) bySource.set(`platform_sale ${saleSource(connectionId, row.remoteId).id}`, order);
  }
  const idsOf = (type: string) =>
    [...bySource.keys()].flatMap((key) => (key.startsWith(`${type} `) ? [key.slice(type.length + 1)] : []));
  const saleIds = idsOf('platform_sale');
  const booked = await bookedPostings(
    tx,
    ctx,
    and(
      or(
        and(eq(ledgerTransactions.sourceType, 'order'), inArray(ledgerTransactions.sourceId, idsOf('order'))),
        saleIds.length > 0
          ? and(
              eq(ledgerTransactions.sourceType, 'platform_sale'),
              inArray(ledgerTransactions.sourceId, saleIds),
            )
          : undefined,
      ),
      inArray(ledgerTransactions.kind, ORDER_KINDS),
      notExists(
        tx
          .select({ id: reversals.id })
          .from(reversals)
          .where(
            and(
              eq(reversals.workspaceId, ctx.workspaceId),
              eq(reversals.key, sql`'reversal:' || ${ledgerTransactions.id}`),
            ),
          ),
      ),
    ),
  ).orderBy(asc(ledgerTransactions.occurredAt), asc(ledgerTransactions.key), asc(ledgerPostings.line));
  const transactions = new Map<string, OrderTransaction>();
  for (const row of booked) {
    let transaction = transactions.get(row.key);
    if (!transaction) {
      const named = row.evidence.remoteSaleId;
      transaction = {
        key: row.key,
        kind: row.kind,
        occurredAt: row.occurredAt,
        remoteSaleId: typeof named === 'string' ? named : null,
        divided: row.evidence.divided === true,
        postings: [],
      };
      transactions.set(row.key, transaction);
      bySource.get(`${row.sourceType} ${row.sourceId}`)?.transactions.push(transaction);
    }
    transaction.postings.push({ account: row.account, amount: row.amount, currency: row.currency });
  }
  return orders;
}

/** Rows per statement, because the number of parameters is limited. */
const BATCH = 1000;

/**
 * Locks the sales of orders, so that whoever else books something of these orders waits until this counts. Lines are locked before, and
 * nothing is booked before. Returns whether there are any sales.
 */
export async function lockOrders(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  remoteOrderIds: readonly string[],
): Promise<boolean> {
  let found = false;
  for (let i = 0; i < remoteOrderIds.length; i += BATCH) {
    const rows = await tx
      .select({ id: sales.id })
      .from(sales)
      .where(
        and(
          eq(sales.workspaceId, ctx.workspaceId),
          eq(sales.connectionId, connectionId),
          inArray(sales.remoteOrderId, remoteOrderIds.slice(i, i + BATCH)),
        ),
      )
      .orderBy(sales.id)
      .for('update');
    found ||= rows.length > 0;
  }
  return found;
}

/** The currencies of the postings of these transactions. */
export const currenciesOf = (transactions: readonly OrderTransaction[]): Set<string> =>
  new Set(transactions.flatMap(({ postings }) => postings.map((posting) => posting.currency)));

/** Sums the postings of transactions by account, for one currency. */
export function sumOf(transactions: readonly OrderTransaction[], currency: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { postings } of transactions)
    for (const posting of postings)
      if (posting.currency === currency)
        sums.set(posting.account, (sums.get(posting.account) ?? 0) + posting.amount);
  return sums;
}
