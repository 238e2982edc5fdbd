import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { listings, sales } from '@/db/schema';
import { type Fact, fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import type { NewTransaction } from '../ledger/post-transaction';
import { salePostings } from '../ledger/postings';
import type { Sale } from './sale-amounts';
import type { Page } from './statement-lines';

/** Rows per statement, because the number of parameters is limited. */
const BATCH = 1000;

/** Stores sales that are new, with the listings that they belong to. A sale without any amount is left out. */
export async function insertSales(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  reported: Page['sales'],
): Promise<Sale[]> {
  const usable = reported.filter(
    ({ gross, parts }) =>
      gross.amount !== 0 || Object.values(parts ?? {}).some((part) => part !== 0 && part !== undefined),
  );
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
  const inserted: Sale[] = [];
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
          discount: sale.parts?.discount ?? 0,
          shipping: sale.parts?.shipping ?? 0,
          tax: sale.parts?.tax ?? 0,
          credited: sale.credited ?? ('with_sale' as const),
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

/** The transaction that books a sale. */
export const saleTransaction = (sale: Sale): NewTransaction => ({
  key: `sale:${sale.connectionId}:${sale.remoteId}`,
  kind: 'sale',
  occurredAt: sale.soldAt,
  description: fact('sales.ledger.sold', { count: sale.quantity, title: sale.title }),
  source: { type: 'sale', id: sale.id },
  postings: salePostings(
    sale.connectionId,
    { amount: sale.gross, currency: sale.currency },
    sale,
    sale.credited === 'separately' ? 'unsettled_orders' : 'platform_balance',
  ),
  evidence: { remoteSaleId: sale.remoteId, remoteOrderId: sale.remoteOrderId },
});

/** Returns the orders of sales for fees that name only the sale. */
export async function ordersOfSales(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  page: Pick<Page, 'sales' | 'fees'>,
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

/** Summarizes new sales, with a total per currency. */
export function salesSummary(rows: readonly Sale[], shop: string): Fact {
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(row.currency, (totals.get(row.currency) ?? 0) + row.gross);
  const sums = { list: [...totals].map(([currency, amount]) => ({ amount, currency })) };
  const count = rows.reduce((n, row) => n + row.quantity, 0);
  return fact('sales.activity.sold', { sales: rows.length, count, title: rows[0]?.title ?? '', shop, sums });
}
