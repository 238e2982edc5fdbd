import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { sales } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { postTransactions } from '../ledger/post-transaction';
import type { PlatformSide } from '../ledger/postings';
import { attributeLinked, lockLinked, nextAttributionKeys, setState } from './attribution';
import { isBookable, withoutOdd } from './bookable';
import { postRefunds } from './post-refunds';
import { lockOrders } from './read-orders';
import type { Sale } from './sale-amounts';
import { settleOrders } from './settle-orders';
import { type Page, type StatementLine, statementLines } from './statement-lines';
import { insertSales, ordersOfSales, saleTransaction } from './store-sales';
import { type Kept, keepUnattributed, keptLines } from './unattributed';

/** Rows per statement, because the number of parameters is limited. */
const BATCH = 1000;

export interface StoredPage {
  newSales: Sale[];
  /** Transactions that were posted. */
  newTransactions: number;
  /** Statement lines that are kept for a user because they could not be attributed. */
  newUnattributed: number;
  /** Ledger keys for which the platform now reports another amount than before. */
  differences: string[];
}

/**
 * Stores what a platform reported: a row and a balanced ledger transaction for each new sale, and a transaction for each line of the
 * platform's statement, all inside the caller's transaction. What is booked stays unchanged, whatever the order of arrival. What cannot be
 * booked or attributed is kept for a user and does not stop the rest.
 *
 * Locks the kept lines that the page is about, then the sales of its orders, and books only then, in the same order as a user's attribution
 * does: whoever comes second sees the new state of the line, and none waits for the other in a circle.
 */
export async function storePage(tx: Tx, ctx: Ctx, connectionId: string, reported: Page): Promise<StoredPage> {
  const { page, odd } = withoutOdd(reported);
  const newSales = await insertSales(tx, ctx, connectionId, page.sales);
  const saleOrders = await ordersOfSales(tx, ctx, connectionId, page);
  const transactions = newSales.map(saleTransaction);
  const lines = await withoutCreditedSales(
    tx,
    ctx,
    connectionId,
    statementLines(connectionId, page, saleOrders),
  );
  const refunds = uniqueById(page.refunds).filter((refund) => refund.amount.amount !== 0);
  const links = page.links ?? [];
  const touched = new Set(
    [...page.sales, ...lines, ...refunds].flatMap(({ remoteOrderId }) => remoteOrderId ?? []),
  );
  const kept = await keptLines(tx, ctx, connectionId, [
    ...lines.map((line) => line.remoteId),
    ...refunds.map((refund) => refund.remoteId),
  ]);
  await lockLinked(tx, ctx, connectionId, links);
  await lockOrders(tx, ctx, connectionId, [
    ...new Set([...touched, ...links.map(({ remoteOrderId }) => remoteOrderId)]),
  ]);
  const keys = await nextAttributionKeys(
    tx,
    ctx,
    [...kept.values()].filter((row) => row.state === 'open'),
  );
  const differences: string[] = [];
  /** By the platform's id: a line that is reported twice is booked, and attributed, as what comes first. */
  const attributed = new Map<
    string,
    { row: Kept; meaning: StatementLine['meaning']; remoteOrderId: string | null }
  >();
  /** Whether a line is booked, and where its other side is. Lines that were kept as unattributed leave that account. */
  const sideOf = (line: Omit<StatementLine, 'transaction'>): { at: PlatformSide; key: string } | null => {
    const row = kept.get(line.remoteId);
    const key = `${line.meaning}:${connectionId}:${line.remoteId}`;
    if (!row) return { at: 'platform_balance', key };
    if (row.state !== 'open') return null;
    if (row.amount !== null && (row.amount !== line.change.amount || row.currency !== line.change.currency)) {
      differences.push(key);
      return null;
    }
    if (!attributed.has(line.remoteId))
      attributed.set(line.remoteId, { row, meaning: line.meaning, remoteOrderId: line.remoteOrderId });
    return row.amount === null
      ? { at: 'platform_balance', key }
      : { at: 'unattributed', key: keys.get(line.remoteId) ?? '' };
  };
  for (const line of lines) {
    const side = line.change.amount === 0 ? null : sideOf(line);
    if (side) transactions.push(line.transaction(side.at, side.key));
  }
  const posted = await postTransactions(tx, ctx, transactions, { onDifference: 'keep' });
  const given = await postRefunds(tx, ctx, connectionId, refunds, sideOf);
  for (const { row, ...how } of attributed.values())
    await setState(tx, ctx, row, { state: 'attributed', ...how, by: 'platform' });
  const newUnattributed = await keepUnattributed(tx, ctx, connectionId, [
    ...(page.unattributed ?? []),
    ...odd,
  ]);
  for (const order of await attributeLinked(tx, ctx, connectionId, links)) touched.add(order);
  const worth = new Map(
    (page.settlements ?? [])
      .filter(({ amount }) => isBookable(amount))
      .map(({ remoteOrderId, amount }) => [remoteOrderId, amount]),
  );
  const orders = [...touched];
  for (let i = 0; i < orders.length; i += BATCH)
    await settleOrders(tx, ctx, connectionId, orders.slice(i, i + BATCH), worth);
  return {
    newSales,
    newTransactions: posted.filter((p) => p.created).length + given.created,
    newUnattributed,
    differences: [
      ...differences,
      ...given.differences,
      ...transactions.filter((_, i) => posted[i]?.differs).map(({ key }) => key),
    ],
  };
}

const uniqueById = <T extends { remoteId: string }>(items: readonly T[]): T[] =>
  [...new Map([...items].reverse().map((item) => [item.remoteId, item])).values()].reverse();

/**
 * Removes payments of orders whose sales were booked into the balance directly, and tax that was never booked as collected for them: their
 * sales are from before payments were read.
 */
async function withoutCreditedSales(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  lines: StatementLine[],
): Promise<StatementLine[]> {
  const about = lines.filter(({ meaning }) => meaning === 'payment' || meaning === 'tax');
  const wanted = [...new Set(about.flatMap((line) => line.remoteOrderId ?? []))];
  const direct = new Map<string, boolean>();
  for (let i = 0; i < wanted.length; i += BATCH) {
    const rows = await tx
      .select({
        order: sales.remoteOrderId,
        tax: sql<string>`sum(${sales.tax})`,
        separately: sql<boolean>`bool_or(${sales.credited} = 'separately')`,
      })
      .from(sales)
      .where(
        and(
          eq(sales.workspaceId, ctx.workspaceId),
          eq(sales.connectionId, connectionId),
          inArray(sales.remoteOrderId, wanted.slice(i, i + BATCH)),
        ),
      )
      .groupBy(sales.remoteOrderId);
    for (const row of rows) if (!row.separately) direct.set(row.order, Number(row.tax) > 0);
  }
  return lines.filter(({ meaning, remoteOrderId }) => {
    const taxed = remoteOrderId ? direct.get(remoteOrderId) : undefined;
    return taxed === undefined || (meaning === 'tax' ? taxed : meaning !== 'payment');
  });
}
