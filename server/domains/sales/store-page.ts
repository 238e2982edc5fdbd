import { and, eq, inArray, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerPostings, ledgerTransactions, listings, sales } from '@/db/schema';
import type { RemoteFee, SyncSalesOutput } from '@/server/connectors/kit/types';
import { type Fact, fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { feeLines, refundLines, saleLines } from '../ledger/lines';
import { type NewTransaction, postTransactions } from '../ledger/post-transaction';
import { allocate } from './allocate';

/** Rows per statement, because the number of parameters is limited. */
const BATCH = 1000;

export interface StoredPage {
  newSales: (typeof sales.$inferSelect)[];
  newEntries: number;
  /** Ledger keys for which the platform now reports another amount than before. */
  differences: string[];
}

/** Source of a fee or refund in the ledger: its order, whether or not the sale is known yet. */
export const orderSource = (connectionId: string, remoteOrderId: string) => ({
  type: 'order',
  id: `${connectionId}:${remoteOrderId}`,
});

/** Source of a fee for a sale that is not known yet. */
const saleSource = (connectionId: string, remoteSaleId: string) => ({
  type: 'platform_sale',
  id: `${connectionId}:${remoteSaleId}`,
});

/**
 * Stores what a platform reported: a row and a balanced ledger transaction for each new sale, and a transaction for each fee and refund,
 * all inside the caller's transaction. Existing entries stay unchanged, whatever the order of arrival.
 */
export async function storePage(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  page: Pick<SyncSalesOutput, 'sales' | 'fees' | 'refunds'>,
): Promise<StoredPage> {
  const newSales = await insertSales(tx, ctx, connectionId, page.sales);
  const saleOrders = await ordersOfSales(tx, ctx, connectionId, page);
  const entries: NewTransaction[] = newSales.map((sale) => ({
    key: `sale:${connectionId}:${sale.remoteId}`,
    kind: 'sale',
    occurredAt: sale.soldAt,
    description: fact('sales.ledger.sold', { count: sale.quantity, title: sale.title }),
    source: { type: 'sale', id: sale.id },
    lines: saleLines(connectionId, { amount: sale.gross, currency: sale.currency }),
    evidence: { remoteSaleId: sale.remoteId, remoteOrderId: sale.remoteOrderId },
  }));
  const touched = new Set(page.sales.map((sale) => sale.remoteOrderId));
  for (const fee of page.fees) {
    if (fee.amount.amount === 0) continue;
    const order =
      fee.remoteOrderId ?? (fee.remoteSaleId ? saleOrders.get(fee.remoteSaleId) : undefined) ?? null;
    if (order) touched.add(order);
    entries.push({
      key: `fee:${connectionId}:${fee.remoteId}`,
      kind: 'fee',
      occurredAt: fee.chargedAt,
      description: describeFee(fee),
      source: order
        ? orderSource(connectionId, order)
        : fee.remoteSaleId
          ? saleSource(connectionId, fee.remoteSaleId)
          : { type: 'connection', id: connectionId },
      lines: feeLines(connectionId, fee.amount),
      evidence: {
        remoteFeeId: fee.remoteId,
        remoteOrderId: order,
        remoteSaleId: fee.remoteSaleId,
      },
    });
  }
  for (const refund of page.refunds) {
    if (refund.amount.amount === 0) continue;
    touched.add(refund.remoteOrderId);
    entries.push({
      key: `refund:${connectionId}:${refund.remoteId}`,
      kind: 'refund',
      occurredAt: refund.refundedAt,
      description: fact('sales.ledger.refund', { order: refund.remoteOrderId }),
      source: orderSource(connectionId, refund.remoteOrderId),
      lines: refundLines(connectionId, refund.amount),
      evidence: { remoteRefundId: refund.remoteId, remoteOrderId: refund.remoteOrderId },
    });
  }
  const posted = await postTransactions(tx, ctx, entries, { onDifference: 'keep' });
  const orders = [...touched];
  for (let i = 0; i < orders.length; i += BATCH)
    await attachOrderAmounts(tx, ctx, connectionId, orders.slice(i, i + BATCH));
  return {
    newSales,
    newEntries: posted.filter((p) => p.created).length,
    differences: entries.filter((_, i) => posted[i]?.differs).map((entry) => entry.key),
  };
}

/** Returns the platform's own name of a fee, with a note if it was given back. */
export const describeFee = ({ kind, amount }: RemoteFee): Fact =>
  amount.amount < 0 ? fact('sales.ledger.givenBack', { fee: kind }) : kind;

async function insertSales(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  reported: SyncSalesOutput['sales'],
): Promise<StoredPage['newSales']> {
  const usable = reported.filter((sale) => sale.gross.amount !== 0);
  if (usable.length === 0) return [];
  const remoteListings = [...new Set(usable.flatMap((sale) => sale.listingRemoteId ?? []))];
  const known = remoteListings.length
    ? await tx
        .select({ id: listings.id, remoteId: listings.remoteId })
        .from(listings)
        .where(
          and(
            eq(listings.workspaceId, ctx.workspaceId),
            eq(listings.connectionId, connectionId),
            inArray(listings.remoteId, remoteListings),
          ),
        )
    : [];
  const listingIds = new Map(known.map((row) => [row.remoteId, row.id]));
  const inserted: StoredPage['newSales'] = [];
  for (let i = 0; i < usable.length; i += BATCH) {
    const rows = await tx
      .insert(sales)
      .values(
        usable.slice(i, i + BATCH).map((sale) => ({
          id: newId('sale', sale.soldAt.getTime()),
          workspaceId: ctx.workspaceId,
          connectionId,
          listingId: sale.listingRemoteId ? (listingIds.get(sale.listingRemoteId) ?? null) : null,
          remoteId: sale.remoteId,
          remoteOrderId: sale.remoteOrderId,
          title: withoutBrokenEnd(truncateText(sale.title, 500)),
          quantity: sale.quantity,
          gross: sale.gross.amount,
          fees: 0,
          currency: sale.gross.currency,
          soldAt: sale.soldAt,
          createdAt: ctx.clock.now(),
        })),
      )
      .onConflictDoNothing({ target: [sales.connectionId, sales.remoteId] })
      .returning();
    inserted.push(...rows);
  }
  return inserted;
}

/** Returns the orders of sales for fees that name only the sale. */
async function ordersOfSales(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  page: Pick<SyncSalesOutput, 'sales' | 'fees'>,
): Promise<Map<string, string>> {
  const out = new Map(page.sales.map((sale) => [sale.remoteId, sale.remoteOrderId]));
  const missing = page.fees.flatMap((fee) =>
    !fee.remoteOrderId && fee.remoteSaleId && !out.has(fee.remoteSaleId) ? [fee.remoteSaleId] : [],
  );
  if (missing.length === 0) return out;
  const rows = await tx
    .select({ remoteId: sales.remoteId, order: sales.remoteOrderId })
    .from(sales)
    .where(
      and(
        eq(sales.workspaceId, ctx.workspaceId),
        eq(sales.connectionId, connectionId),
        inArray(sales.remoteId, missing),
      ),
    );
  for (const row of rows) out.set(row.remoteId, row.order);
  return out;
}

/** Recomputes the fees and refunds of each sale in these orders from the ledger. */
export async function attachOrderAmounts(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  remoteOrderIds: string[],
): Promise<void> {
  if (remoteOrderIds.length === 0) return;
  const rows = await tx
    .select()
    .from(sales)
    .where(
      and(
        eq(sales.workspaceId, ctx.workspaceId),
        eq(sales.connectionId, connectionId),
        inArray(sales.remoteOrderId, remoteOrderIds),
      ),
    )
    .orderBy(sales.id);
  if (rows.length === 0) return;
  const booked = await tx
    .select({
      type: ledgerTransactions.sourceType,
      source: ledgerTransactions.sourceId,
      kind: ledgerTransactions.kind,
      evidence: ledgerTransactions.evidence,
      amount: ledgerPostings.amount,
      currency: ledgerPostings.currency,
    })
    .from(ledgerTransactions)
    // The first line of a fee or refund is its debit: the amount charged, negative if it was given back.
    .innerJoin(
      ledgerPostings,
      and(eq(ledgerPostings.transactionId, ledgerTransactions.id), eq(ledgerPostings.line, 0)),
    )
    .where(
      and(
        eq(ledgerTransactions.workspaceId, ctx.workspaceId),
        or(
          and(
            eq(ledgerTransactions.sourceType, 'order'),
            inArray(
              ledgerTransactions.sourceId,
              remoteOrderIds.map((order) => orderSource(connectionId, order).id),
            ),
          ),
          and(
            eq(ledgerTransactions.sourceType, 'platform_sale'),
            inArray(
              ledgerTransactions.sourceId,
              rows.map((row) => saleSource(connectionId, row.remoteId).id),
            ),
          ),
        ),
        inArray(ledgerTransactions.kind, ['fee', 'refund']),
      ),
    );
  const bySource = groupBy(booked, (entry) =>
    entry.type === 'order' ? entry.source : `sale ${entry.source}`,
  );
  for (const [order, members] of groupBy(rows, (row) => row.remoteOrderId)) {
    const entries = [
      orderSource(connectionId, order).id,
      ...members.map((member) => `sale ${saleSource(connectionId, member.remoteId).id}`),
    ].flatMap((key) => bySource.get(key) ?? []);
    for (const [currency, group] of groupBy(members, (sale) => sale.currency)) {
      const amounts = group.map((sale) => ({ sale, fees: 0, refunded: 0, feesKnown: false }));
      for (const entry of entries) {
        if (entry.currency !== currency) continue;
        const named = amounts.filter((a) => a.sale.remoteId === entry.evidence.remoteSaleId);
        const targets = entry.kind === 'fee' && named.length > 0 ? named : amounts;
        const shares = allocate(
          entry.amount,
          targets.map((t) => t.sale.gross),
        );
        targets.forEach((target, i) => {
          if (entry.kind === 'fee') {
            target.fees += shares[i] ?? 0;
            target.feesKnown = true;
          } else target.refunded += shares[i] ?? 0;
        });
      }
      for (const { sale, ...now } of amounts) {
        if (sale.fees === now.fees && sale.refunded === now.refunded && sale.feesKnown === now.feesKnown)
          continue;
        await tx
          .update(sales)
          .set(now)
          .where(and(eq(sales.workspaceId, ctx.workspaceId), eq(sales.id, sale.id)));
      }
    }
  }
}

/** Summarizes new sales, with a total per currency. */
export function salesSummary(rows: StoredPage['newSales'], shop: string): Fact {
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(row.currency, (totals.get(row.currency) ?? 0) + row.gross);
  const sums = { list: [...totals].map(([currency, amount]) => ({ amount, currency })) };
  const count = rows.reduce((n, row) => n + row.quantity, 0);
  return fact('sales.activity.sold', { sales: rows.length, count, title: rows[0]?.title ?? '', shop, sums });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const out = new Map<string, T[]>();
  for (const item of items) {
    const group = out.get(keyOf(item));
    if (group) group.push(item);
    else out.set(keyOf(item), [item]);
  }
  return out;
}
