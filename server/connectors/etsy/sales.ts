import { type Fact, fact } from '@/server/foundation/facts';
import type { ConnectorIo } from '../kit/connector';
import { readPages } from '../kit/paging';
import { ConnectorFault, type RemoteFee, type RemoteRefund, type SyncSalesOutput } from '../kit/types';
import { shopPath } from './listing';
import { EPOCH_FLOOR, readCursor, readEntry, salesOf, writeCursor } from './transform';
import { type LedgerEntry, ledgerEntries, payments, type Receipt, receipts } from './wire';

/**
 * Overlap of consecutive syncs, so that entries that Etsy wrote late or with a skewed clock are not lost. Repeated entries have the same
 * ids.
 */
const OVERLAP_S = 3_600;
/** The ledger returns at most a month per request. */
const WINDOW_S = 30 * 86_400;
const PAGE = 100;
const MAX_PAGES = 200;

const offsetPages = async <T>(
  tooMany: Fact,
  ask: (offset: number) => Promise<{ count: number; results: T[] }>,
): Promise<T[]> => {
  const { items, complete } = await readPages<T, number>(
    0,
    async (offset) => {
      const { count, results } = await ask(offset);
      const next = offset + results.length;
      return { items: results, next: results.length > 0 && next < count ? next : null };
    },
    MAX_PAGES,
  );
  // Advancing the cursor past unread entries would lose them for good.
  if (!complete) throw new ConnectorFault('transient', tooMany);
  return items;
};

/** Returns orders, fees and refunds since the cursor. Reading the same period again returns the same ids. */
export async function syncSales(
  io: ConnectorIo,
  input: { cursor: string | null; since: Date },
): Promise<SyncSalesOutput> {
  const began = Math.floor(io.now().getTime() / 1000);
  const cursor = readCursor(input.cursor, input.since);
  const orders = await readReceipts(io, cursor.receipts - OVERLAP_S);
  const entries = await readLedger(io, cursor.ledger - OVERLAP_S, began);
  const { fees, refunds } = await settle(io, entries);
  // Never beyond the start of this sync: an order that changed while we were paging is read next time.
  const reached = (before: number, seen: readonly Date[]) =>
    Math.max(before, Math.min(began, ...[Math.max(0, ...seen.map((d) => d.getTime() / 1000))]));
  return {
    sales: orders.flatMap(salesOf),
    fees,
    refunds,
    nextCursor: writeCursor({
      receipts: reached(
        cursor.receipts,
        orders.map((o) => o.updated_timestamp),
      ),
      ledger: reached(
        cursor.ledger,
        entries.map((e) => e.created_timestamp),
      ),
    }),
  };
}

async function readReceipts(io: ConnectorIo, from: number): Promise<Receipt[]> {
  const all = await offsetPages(fact('platforms.etsy.errors.tooManyOrders'), async (offset) => {
    const { body } = await io.request(
      {
        operation: 'getShopReceipts',
        method: 'GET',
        path: `${shopPath(io)}/receipts`,
        query: {
          min_last_modified: Math.max(EPOCH_FLOOR, from),
          limit: PAGE,
          offset,
          // The order by creation is stable while paging; the order by modification is not.
          sort_on: 'created',
          sort_order: 'asc',
        },
        effect: 'read',
      },
      receipts,
    );
    return body;
  });
  return [...new Map(all.map((receipt) => [receipt.receipt_id, receipt])).values()];
}

async function readLedger(io: ConnectorIo, from: number, now: number): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  // A minute ahead, in case the platform's clock is fast.
  const until = now + 60;
  for (let start = Math.max(EPOCH_FLOOR, from); start <= until; start += WINDOW_S) {
    const found = await offsetPages(fact('platforms.etsy.errors.tooManyEntries'), async (offset) => {
      const { body } = await io.request(
        {
          operation: 'getShopPaymentAccountLedgerEntries',
          method: 'GET',
          path: `${shopPath(io)}/payment-account/ledger-entries`,
          query: { min_created: start, max_created: Math.min(until, start + WINDOW_S), limit: PAGE, offset },
          effect: 'read',
        },
        ledgerEntries,
      );
      return body;
    });
    all.push(...found);
  }
  return [...new Map(all.map((entry) => [entry.entry_id, entry])).values()];
}

/** Resolves the order of each fee and refund: an entry names its payment, and the payment names its order. */
async function settle(
  io: ConnectorIo,
  entries: readonly LedgerEntry[],
): Promise<{ fees: RemoteFee[]; refunds: RemoteRefund[] }> {
  const read = entries.map(readEntry);
  const wanted = [...new Set(read.flatMap((e) => (e.kind !== 'other' && e.paymentId ? [e.paymentId] : [])))];
  const orderOf = new Map<string, string>();
  for (let at = 0; at < wanted.length; at += PAGE) {
    const { body } = await io.request(
      {
        operation: 'getPayments',
        method: 'GET',
        path: `${shopPath(io)}/payments`,
        query: { payment_ids: wanted.slice(at, at + PAGE).join(',') },
        effect: 'read',
      },
      payments,
    );
    for (const payment of body.results) orderOf.set(payment.payment_id, payment.receipt_id);
  }
  const fees: RemoteFee[] = [];
  const refunds: RemoteRefund[] = [];
  for (const entry of read) {
    const order = entry.kind !== 'other' && entry.paymentId ? (orderOf.get(entry.paymentId) ?? null) : null;
    if (entry.kind === 'fee') fees.push({ ...entry.fee, remoteOrderId: entry.fee.remoteOrderId ?? order });
    if (entry.kind === 'refund') {
      const remoteOrderId = entry.receiptId ?? order;
      if (!remoteOrderId)
        throw new ConnectorFault('transient', fact('platforms.etsy.errors.refundOfNothing'));
      refunds.push({ ...entry.refund, remoteOrderId });
    }
  }
  return { fees, refunds };
}
