import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerAccounts, ledgerTransactions, listings, sales, unattributedEntries } from '@/db/schema';
import type {
  RemoteFee,
  RemoteRefund,
  RemoteUnattributed,
  SyncSalesOutput,
} from '@/server/connectors/kit/types';
import { type Fact, fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Money } from '@/server/foundation/money';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { bookedPostings } from '../ledger/booked-postings';
import { type NewTransaction, postTransactions } from '../ledger/post-transaction';
import {
  feePostings,
  type PlatformSide,
  paymentPostings,
  refundPostings,
  salePostings,
  taxPostings,
  transferPostings,
} from '../ledger/postings';
import { convertOrders } from './convert-orders';
import { refundAmounts, refundParts } from './divide-refunds';
import { orderSource, readOrders, saleSource } from './read-orders';
import { settleOrders } from './settle-orders';
import {
  attributeLinked,
  type EntryRow,
  isBookable,
  keepUnattributed,
  markAttributed,
  nextAttributionKeys,
} from './unattributed';

/** Rows per statement, because the number of parameters is limited. */
const BATCH = 1000;

type Page = Omit<SyncSalesOutput, 'nextCursor'>;

export interface StoredPage {
  newSales: (typeof sales.$inferSelect)[];
  newEntries: number;
  /** Lines that are kept for a user because they could not be attributed. */
  newUnattributed: number;
  /** Ledger keys for which the platform now reports another amount than before. */
  differences: string[];
}

/** A line of the platform's account, ready to be booked on either side. */
interface AccountLine {
  remoteId: string;
  /** Change of the platform's balance. */
  change: Money;
  meaning: NonNullable<EntryRow['meaning']>;
  remoteOrderId: string | null;
  entry: (at: PlatformSide, key: string) => NewTransaction;
}

/** What is read of a line that was kept as unattributed. */
const KEPT = {
  connectionId: unattributedEntries.connectionId,
  id: unattributedEntries.id,
  remoteId: unattributedEntries.remoteId,
  state: unattributedEntries.state,
  amount: unattributedEntries.amount,
  currency: unattributedEntries.currency,
};
type KeptEntry = Pick<EntryRow, keyof typeof KEPT>;

const negated = ({ amount, currency }: Money): Money => ({ amount: -amount, currency });

/**
 * Stores what a platform reported: a row and a balanced ledger transaction for each new sale, and a transaction for each line of the
 * platform's account, all inside the caller's transaction. Existing entries stay unchanged, whatever the order of arrival. What cannot be
 * booked or attributed is kept for a user and does not stop the rest.
 */
export async function storePage(tx: Tx, ctx: Ctx, connectionId: string, reported: Page): Promise<StoredPage> {
  const { page, odd } = withoutOdd(reported);
  const newSales = await insertSales(tx, ctx, connectionId, page.sales);
  const saleOrders = await ordersOfSales(tx, ctx, connectionId, page);
  const entries: NewTransaction[] = newSales.map((sale) => ({
    key: `sale:${connectionId}:${sale.remoteId}`,
    kind: 'sale',
    occurredAt: sale.soldAt,
    description: fact('sales.ledger.sold', { count: sale.quantity, title: sale.title }),
    source: { type: 'sale', id: sale.id },
    postings: salePostings(
      connectionId,
      { amount: sale.gross, currency: sale.currency },
      sale,
      sale.credited === 'separately' ? 'unsettled_orders' : 'platform_balance',
    ),
    evidence: { remoteSaleId: sale.remoteId, remoteOrderId: sale.remoteOrderId },
  }));
  const touched = new Set(page.sales.map((sale) => sale.remoteOrderId));
  const lines = await withoutCreditedSales(tx, ctx, connectionId, [
    ...page.fees.map((fee) => feeLine(connectionId, fee, saleOrders)),
    ...paymentsOf(connectionId, page),
    ...taxesOf(connectionId, page),
    ...transfersOf(connectionId, page),
  ]);
  const refunds = uniqueById(page.refunds).filter((refund) => refund.amount.amount !== 0);
  const kept = await keptEntries(tx, ctx, connectionId, [
    ...lines.map((line) => line.remoteId),
    ...refunds.map((refund) => refund.remoteId),
  ]);
  const keys = await nextAttributionKeys(
    tx,
    ctx,
    [...kept.values()].filter((row) => row.state === 'open'),
  );
  const differences: string[] = [];
  const attributed: { row: KeptEntry; meaning: AccountLine['meaning']; remoteOrderId: string | null }[] = [];
  /** Whether a line is booked, and where its other side is. Lines that were kept as unattributed leave that account. */
  const sideOf = (line: Omit<AccountLine, 'entry'>): { at: PlatformSide; key: string } | null => {
    const row = kept.get(line.remoteId);
    const key = `${line.meaning}:${connectionId}:${line.remoteId}`;
    if (!row) return { at: 'platform_balance', key };
    if (row.state !== 'open') return null;
    if (row.amount !== null && (row.amount !== line.change.amount || row.currency !== line.change.currency)) {
      differences.push(key);
      return null;
    }
    attributed.push({ row, meaning: line.meaning, remoteOrderId: line.remoteOrderId });
    return row.amount === null
      ? { at: 'platform_balance', key }
      : { at: 'unattributed', key: keys.get(line.remoteId) ?? '' };
  };
  for (const line of lines) {
    const side = line.change.amount === 0 ? null : sideOf(line);
    if (line.remoteOrderId) touched.add(line.remoteOrderId);
    if (side) entries.push(line.entry(side.at, side.key));
  }
  const posted = await postTransactions(tx, ctx, entries, { onDifference: 'keep' });
  const given = await postRefunds(tx, ctx, connectionId, refunds, sideOf);
  for (const refund of refunds) touched.add(refund.remoteOrderId);
  for (const { row, ...how } of attributed) await markAttributed(tx, ctx, row, { ...how, by: 'platform' });
  const newUnattributed = await keepUnattributed(tx, ctx, connectionId, [
    ...(page.unattributed ?? []),
    ...odd,
  ]);
  for (const order of await attributeLinked(tx, ctx, connectionId, page.links ?? [])) touched.add(order);
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
    newEntries: posted.filter((p) => p.created).length + given.created,
    newUnattributed,
    differences: [
      ...differences,
      ...given.differences,
      ...entries.filter((_, i) => posted[i]?.differs).map((entry) => entry.key),
    ],
  };
}

const uniqueById = <T extends { remoteId: string }>(items: readonly T[]): T[] =>
  [...new Map([...items].reverse().map((item) => [item.remoteId, item])).values()].reverse();

/** Separates entries that the ledger cannot hold, such as one in an unknown currency, from all others. */
function withoutOdd(reported: Page): { page: Page; odd: RemoteUnattributed[] } {
  const odd: RemoteUnattributed[] = [];
  const keepOdd = (kind: string, entry: { remoteId: string }, occurredAt: Date): false => {
    odd.push({
      remoteId: entry.remoteId,
      reason: 'unreadable',
      platformKind: kind,
      meaning: null,
      amount: null,
      occurredAt,
      reference: null,
      raw: JSON.parse(JSON.stringify(entry)),
    });
    return false;
  };
  const page: Page = {
    ...reported,
    sales: reported.sales.filter((sale) => {
      const { discount = 0, shipping = 0, tax = 0 } = sale.parts ?? {};
      const { amount, currency } = sale.gross;
      if (
        [amount, discount, shipping, tax, amount + discount, amount + shipping + tax].every((one) =>
          isBookable({ amount: one, currency }),
        )
      )
        return true;
      return keepOdd('sale', { ...sale, remoteId: `sale:${sale.remoteId}` }, sale.soldAt);
    }),
    fees: reported.fees.filter((fee) => isBookable(fee.amount) || keepOdd('fee', fee, fee.chargedAt)),
    refunds: reported.refunds.filter(
      (refund) => isBookable(refund.amount) || keepOdd('refund', refund, refund.refundedAt),
    ),
    payments: (reported.payments ?? []).filter(
      (payment) => isBookable(payment.amount) || keepOdd('payment', payment, payment.paidAt),
    ),
    taxes: (reported.taxes ?? []).filter((tax) => isBookable(tax.amount) || keepOdd('tax', tax, tax.takenAt)),
    transfers: (reported.transfers ?? []).filter(
      (moved) => isBookable(moved.amount) || keepOdd('transfer', moved, moved.movedAt),
    ),
  };
  return { page, odd };
}

function feeLine(connectionId: string, fee: RemoteFee, saleOrders: Map<string, string>): AccountLine {
  const order =
    fee.remoteOrderId ?? (fee.remoteSaleId ? saleOrders.get(fee.remoteSaleId) : undefined) ?? null;
  return {
    remoteId: fee.remoteId,
    change: negated(fee.amount),
    meaning: 'fee',
    remoteOrderId: order,
    entry: (at, key) => ({
      key,
      kind: 'fee',
      occurredAt: fee.chargedAt,
      description: describeFee(fee),
      source: order
        ? orderSource(connectionId, order)
        : fee.remoteSaleId
          ? saleSource(connectionId, fee.remoteSaleId)
          : { type: 'connection', id: connectionId },
      postings: feePostings(connectionId, fee.amount, at),
      evidence: { remoteFeeId: fee.remoteId, remoteOrderId: order, remoteSaleId: fee.remoteSaleId },
    }),
  };
}

const paymentsOf = (connectionId: string, page: Page): AccountLine[] =>
  (page.payments ?? []).map((payment) => ({
    remoteId: payment.remoteId,
    change: payment.amount,
    meaning: 'payment',
    remoteOrderId: payment.remoteOrderId,
    entry: (at, key) => ({
      key,
      kind: 'payment',
      occurredAt: payment.paidAt,
      description: fact('sales.ledger.payment', { order: payment.remoteOrderId }),
      source: orderSource(connectionId, payment.remoteOrderId),
      postings: paymentPostings(connectionId, payment.amount, at),
      evidence: { remotePaymentId: payment.remoteId, remoteOrderId: payment.remoteOrderId },
    }),
  }));

const taxesOf = (connectionId: string, page: Page): AccountLine[] =>
  (page.taxes ?? []).map((tax) => ({
    remoteId: tax.remoteId,
    change: negated(tax.amount),
    meaning: 'tax',
    remoteOrderId: tax.remoteOrderId,
    entry: (at, key) => ({
      key,
      kind: 'tax',
      occurredAt: tax.takenAt,
      description:
        tax.amount.amount < 0 ? fact('sales.ledger.taxGivenBack') : fact('sales.ledger.taxPassedOn'),
      source: tax.remoteOrderId
        ? orderSource(connectionId, tax.remoteOrderId)
        : { type: 'connection', id: connectionId },
      postings: taxPostings(connectionId, tax.amount, at),
      evidence: { remoteTaxId: tax.remoteId, remoteOrderId: tax.remoteOrderId },
    }),
  }));

const transfersOf = (connectionId: string, page: Page): AccountLine[] =>
  (page.transfers ?? []).map((moved) => {
    const meaning = moved.to === 'bank' ? 'payout' : 'reserve';
    return {
      remoteId: moved.remoteId,
      change: negated(moved.amount),
      meaning,
      remoteOrderId: null,
      entry: (at, key) => ({
        key,
        kind: meaning,
        occurredAt: moved.movedAt,
        description: describeTransfer(moved.to, moved.amount.amount),
        source: { type: 'connection', id: connectionId },
        postings: transferPostings(connectionId, moved.to, moved.amount, at),
        evidence: { remoteTransferId: moved.remoteId },
      }),
    };
  });

/** Describes money that left the platform's balance (positive) or came back. */
function describeTransfer(to: 'bank' | 'reserve', amount: number): Fact {
  if (to === 'bank') return amount < 0 ? fact('sales.ledger.paidIn') : fact('sales.ledger.payout');
  return amount < 0 ? fact('sales.ledger.reserveReleased') : fact('sales.ledger.reserve');
}

/**
 * Removes payments of orders whose sales were booked into the balance directly, and tax that was never booked as collected for them: their
 * sales are from before payments were read.
 */
async function withoutCreditedSales(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  lines: AccountLine[],
): Promise<AccountLine[]> {
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

/** Books refunds, each divided into the parts of its order as far as that is known. */
async function postRefunds(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  refunds: readonly RemoteRefund[],
  sideOf: (line: Omit<AccountLine, 'entry'>) => { at: PlatformSide; key: string } | null,
): Promise<{ created: number; differences: string[] }> {
  if (refunds.length === 0) return { created: 0, differences: [] };
  const differences: string[] = [];
  const keyOf = (refund: RemoteRefund) => `refund:${connectionId}:${refund.remoteId}`;
  const booked = await bookedChanges(tx, ctx, refunds.map(keyOf));
  const fresh = refunds.filter((refund) => {
    const before = booked.get(keyOf(refund));
    if (!before) return true;
    // The parts can be booked differently, for example if the order was not known then; the total cannot.
    if (before.amount !== -refund.amount.amount || before.currency !== refund.amount.currency)
      differences.push(keyOf(refund));
    return false;
  });
  const sorted = [...fresh].sort((a, b) => a.refundedAt.getTime() - b.refundedAt.getTime());
  const orders = [...new Set(sorted.map((refund) => refund.remoteOrderId))];
  const entries: NewTransaction[] = [];
  for (let i = 0; i < orders.length; i += BATCH) {
    const known = await readOrders(tx, ctx, connectionId, orders.slice(i, i + BATCH));
    await convertOrders(tx, ctx, connectionId, known.values());
    const before = new Map<string, ReturnType<typeof refundAmounts>[]>();
    for (const refund of sorted) {
      const order = known.get(refund.remoteOrderId);
      if (!order) continue;
      const side = sideOf({
        remoteId: refund.remoteId,
        change: negated(refund.amount),
        meaning: 'refund',
        remoteOrderId: refund.remoteOrderId,
      });
      if (!side) continue;
      const { amount, currency } = refund.amount;
      const group = `${currency} ${refund.remoteOrderId}`;
      const earlier = before.get(group) ?? [];
      const parts = refund.parts ?? refundParts(order, amount, currency, earlier);
      if (parts) before.set(group, [...earlier, refundAmounts(amount, parts)]);
      entries.push({
        key: side.key,
        kind: 'refund',
        occurredAt: refund.refundedAt,
        description:
          amount < 0
            ? fact('sales.ledger.refundBack', { order: refund.remoteOrderId })
            : fact('sales.ledger.refund', { order: refund.remoteOrderId }),
        source: orderSource(connectionId, refund.remoteOrderId),
        postings: refundPostings(
          connectionId,
          refund.amount,
          parts ?? undefined,
          refund.beforePayment ? 'unsettled_orders' : side.at,
        ),
        evidence: {
          remoteRefundId: refund.remoteId,
          remoteOrderId: refund.remoteOrderId,
          ...(parts ? { divided: true } : {}),
        },
      });
    }
  }
  const posted = await postTransactions(tx, ctx, entries, { onDifference: 'keep' });
  return { created: posted.filter((p) => p.created).length, differences };
}

/** Returns what booked transactions changed on the platform's side, by key. */
async function bookedChanges(tx: Tx, ctx: Ctx, keys: readonly string[]): Promise<Map<string, Money>> {
  const found = new Map<string, Money>();
  for (let i = 0; i < keys.length; i += BATCH) {
    const rows = await bookedPostings(
      tx,
      ctx,
      and(
        inArray(ledgerTransactions.key, keys.slice(i, i + BATCH)),
        inArray(ledgerAccounts.code, ['platform_balance', 'unsettled_orders']),
      ),
    );
    for (const { key, amount, currency } of rows) found.set(key, { amount, currency });
  }
  return found;
}

/** Returns the rows of lines that were kept as unattributed, by the platform's id. */
async function keptEntries(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  remoteIds: readonly string[],
): Promise<Map<string, KeptEntry>> {
  const found = new Map<string, KeptEntry>();
  for (let i = 0; i < remoteIds.length; i += BATCH)
    for (const row of await tx
      .select(KEPT)
      .from(unattributedEntries)
      .where(
        and(
          eq(unattributedEntries.workspaceId, ctx.workspaceId),
          eq(unattributedEntries.connectionId, connectionId),
          inArray(unattributedEntries.remoteId, remoteIds.slice(i, i + BATCH)),
        ),
      ))
      found.set(row.remoteId, row);
  return found;
}

/** Returns the platform's own name of a fee, with a note if it was given back. */
export const describeFee = ({ kind, amount }: Pick<RemoteFee, 'kind' | 'amount'>): Fact =>
  amount.amount < 0 ? fact('sales.ledger.givenBack', { fee: kind }) : kind;

async function insertSales(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  reported: SyncSalesOutput['sales'],
): Promise<StoredPage['newSales']> {
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

/** Summarizes new sales, with a total per currency. */
export function salesSummary(rows: StoredPage['newSales'], shop: string): Fact {
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(row.currency, (totals.get(row.currency) ?? 0) + row.gross);
  const sums = { list: [...totals].map(([currency, amount]) => ({ amount, currency })) };
  const count = rows.reduce((n, row) => n + row.quantity, 0);
  return fact('sales.activity.sold', { sales: rows.length, count, title: rows[0]?.title ?? '', shop, sums });
}
