import { type Fact, fact } from '@/server/foundation/facts';
import type { ConnectorIo } from '../kit/connector';
import { fieldOf, idOf, kindOf, rawOf } from '../kit/kept';
import { inBatches, readPages } from '../kit/paging';
import { ifRepresentable } from '../kit/prices';
import { OrdersByReference, type ReadLine, sortLines } from '../kit/statement-lines';
import {
  ConnectorFault,
  isConnectorFault,
  type RemoteUnattributed,
  type SyncSalesInput,
  type SyncSalesOutput,
} from '../kit/types';
import { shopOf } from './listing';
import {
  EPOCH_FLOOR,
  etsyCursor,
  isCancelled,
  isGivenBack,
  isRefunded,
  lineOf,
  paymentMoney,
  readEntry,
  referenceOf,
  soldBy,
  unpostedRefund,
} from './transform';
import {
  getEntryPayments,
  getPayments,
  getReceipt,
  getReceiptPayments,
  ledgerEntry,
  listLedger,
  listReceipts,
  type Payment,
  payment,
  receipt,
} from './wire';

/**
 * Overlap of consecutive syncs, so that entries that Etsy wrote late or with a skewed clock are not lost. Repeated entries have the same
 * ids.
 */
const OVERLAP_S = 3_600;
/** The ledger returns at most a month per request. */
const WINDOW_S = 30 * 86_400;
const PAGE = 100;
const MAX_PAGES = 200;
/** Maximum number of lines per sync whose payment is looked up one by one. The others wait for the next sync. */
const MAX_LOOK_UPS = 40;

const offsetPages = async (
  tooMany: Fact,
  ask: (offset: number) => Promise<{ count?: number | null | undefined; results: unknown[] }>,
): Promise<unknown[]> => {
  const { items: found, complete } = await readPages<unknown, number>(
    0,
    async (offset) => {
      const { count, results } = await ask(offset);
      const next = offset + results.length;
      // A full page may have another after it even if `count` denies it, because it is the length of the page in some answers
      // (https://github.com/etsy/open-api/issues/440).
      const more = results.length >= PAGE || (count != null && next < count);
      return { items: results, next: results.length > 0 && more ? next : null };
    },
    MAX_PAGES,
  );
  // Advancing the cursor past unread entries would lose them for good.
  if (!complete) throw new ConnectorFault('transient', tooMany);
  return found;
};

/** Returns items once each, by the id that `idOf` gives them. */
const once = (found: readonly unknown[], name: string): unknown[] => [
  ...new Map(found.map((item) => [idOf(item, name), item])).values(),
];

/**
 * Returns orders and every line of the shop's payment account since the cursor. Reading the same period again returns the same ids. What
 * cannot be read or attributed is returned as it came, and never keeps the rest from being read.
 */
export async function syncSales(io: ConnectorIo, input: SyncSalesInput): Promise<SyncSalesOutput> {
  const began = Math.floor(io.now().getTime() / 1000);
  const cursor = etsyCursor.read(input.cursor, input.since, EPOCH_FLOOR);
  const orders = await readReceipts(io, cursor.receipts - OVERLAP_S);
  const lines = await readLedger(io, cursor.ledger - OVERLAP_S, began);
  const asked = input.unpaidOrders ?? [];
  const refunded = [
    ...(await paymentsOfRefunded(
      io,
      [...orders.refunded].filter(([id]) => !asked.includes(id)),
    )),
    ...(await paymentsOfUnpaid(io, asked)),
  ];
  const settled = await settle(io, lines.entries, input.unattributed ?? [], refunded);
  // Never beyond the start of this sync: an order that changed while we were paging is read next time.
  const reached = (before: number, seen: readonly (Date | null | undefined)[]) =>
    Math.max(before, Math.min(began, ...[Math.max(0, ...seen.map((d) => (d?.getTime() ?? 0) / 1000))]));
  return {
    ...settled,
    sales: orders.sales,
    unattributed: [...orders.odd, ...lines.odd, ...settled.unattributed],
    nextCursor: etsyCursor.write({
      receipts: reached(cursor.receipts, orders.updated),
      ledger: reached(cursor.ledger, lines.times),
    }),
  };
}

async function readReceipts(
  io: ConnectorIo,
  from: number,
): Promise<{
  sales: SyncSalesOutput['sales'];
  updated: Date[];
  /** Receipts of which something was given back, by id, and whether it was everything. */
  refunded: Map<string, boolean>;
  odd: RemoteUnattributed[];
}> {
  const path = { shop: shopOf(io) };
  const found = await offsetPages(fact('platforms.etsy.errors.tooManyOrders'), (offset) =>
    listReceipts(io, {
      path,
      query: {
        min_last_modified: Math.max(EPOCH_FLOOR, from),
        limit: PAGE,
        offset,
        // The order by creation is stable while paging; the order by modification is not.
        sort_on: 'created',
        sort_order: 'asc',
      },
    }),
  );
  const sales: SyncSalesOutput['sales'] = [];
  const updated: Date[] = [];
  const refunded = new Map<string, boolean>();
  const odd: RemoteUnattributed[] = [];
  for (const item of once(found, 'receipt_id')) {
    const read = receipt.safeParse(item);
    const made = read.success ? ifRepresentable(() => soldBy(read.data)) : null;
    if (made) sales.push(...made.sales);
    if (read.success) updated.push(read.data.updated_timestamp);
    if (read.success && isRefunded(read.data)) refunded.set(read.data.receipt_id, isCancelled(read.data));
    if (made?.unexplained !== 0)
      odd.push({
        remoteId: `receipt:${idOf(item, 'receipt_id')}`,
        reason: 'unreadable',
        platformKind: 'receipt',
        meaning: null,
        // The balance consists of the lines of the payment account; a receipt is not one.
        amount: null,
        occurredAt: read.success ? read.data.created_timestamp : io.now(),
        reference: null,
        raw: rawOf(item),
      });
  }
  return { sales, updated, refunded, odd };
}

async function readLedger(
  io: ConnectorIo,
  from: number,
  now: number,
): Promise<{ entries: ReadLine[]; times: (Date | null | undefined)[]; odd: RemoteUnattributed[] }> {
  const all: unknown[] = [];
  // A minute ahead, in case the platform's clock is fast.
  const until = now + 60;
  for (let start = Math.max(EPOCH_FLOOR, from); start <= until; start += WINDOW_S)
    all.push(
      ...(await offsetPages(fact('platforms.etsy.errors.tooManyEntries'), (offset) =>
        listLedger(io, {
          path: { shop: shopOf(io) },
          query: {
            min_created: start,
            max_created: Math.min(until, start + WINDOW_S),
            limit: PAGE,
            offset,
          },
        }),
      )),
    );
  const entries: ReadLine[] = [];
  const times: (Date | null | undefined)[] = [];
  const odd: RemoteUnattributed[] = [];
  for (const item of once(all, 'entry_id')) {
    const parsed = ledgerEntry.safeParse(item);
    const line = parsed.success ? ifRepresentable(() => lineOf(parsed.data, io.now())) : null;
    if (parsed.success && line) {
      times.push(parsed.data.created_timestamp ?? parsed.data.create_date);
      entries.push({
        line,
        read: readEntry(line),
        item,
        reference: referenceOf(parsed.data),
        // A tax on a fee names the fee's entry as its parent.
        parentId: parsed.data.parent_entry_id,
      });
    } else
      odd.push({
        remoteId: idOf(item, 'entry_id'),
        reason: 'unreadable',
        platformKind: kindOf(fieldOf(item, 'ledger_type') ?? fieldOf(item, 'description')),
        meaning: null,
        amount: null,
        occurredAt: io.now(),
        reference: null,
        raw: rawOf(item),
      });
  }
  return { entries, times, odd };
}

type Settled = Required<Omit<SyncSalesOutput, 'sales' | 'nextCursor'>>;

/** Resolves the order of each line: it names its payment, or Etsy names it on request, and the payment names its order. */
async function settle(
  io: ConnectorIo,
  lines: readonly ReadLine[],
  waiting: NonNullable<SyncSalesInput['unattributed']>,
  refunded: readonly Payment[],
): Promise<Settled> {
  const paymentIds = new Set(
    lines.flatMap(({ read }) => ('paymentId' in read && read.paymentId ? [read.paymentId] : [])),
  );
  const payments = [...(await paymentsById(io, [...paymentIds])), ...refunded];
  const orders = new OrdersByReference('shop_payment');
  for (const one of payments) addOrder(orders, one);
  const unknown = lines.filter(
    (one) => (one.read.kind === 'refund' || one.read.kind === 'payment') && !orders.of(one),
  );
  const asked = [...unknown.map(({ line }) => line.id), ...waiting.map(({ remoteId }) => remoteId)];
  const numbers = asked.filter((id) => /^\d+$/.test(id));
  for (const [entryId, found] of await lookUp(io, numbers)) {
    addOrder(orders, found);
    orders.add(`entry:${entryId}`, found.receipt_id);
  }
  const sorted = sortLines(lines, orders);
  const settlements: Settled['settlements'] = [];
  const unposted: Settled['refunds'] = [];
  for (const one of new Map(payments.map((found) => [found.payment_id, found])).values()) {
    const refund = ifRepresentable(() => unpostedRefund(one, io.now()));
    if (refund) unposted.push(refund);
    const worth = ifRepresentable(() => (one.amount_gross ? paymentMoney(one, one.amount_gross) : null));
    if (worth) settlements.push({ remoteOrderId: one.receipt_id, amount: worth });
  }
  return {
    ...sorted,
    refunds: [...unposted, ...sorted.refunds],
    settlements,
    links: orders.links(),
  };
}

/** Notes the order of a payment and of its adjustments. */
function addOrder(orders: OrdersByReference, { payment_id, receipt_id, payment_adjustments }: Payment): void {
  orders.add(`shop_payment:${payment_id}`, receipt_id);
  for (const { payment_adjustment_id } of payment_adjustments ?? [])
    orders.add(`payment_adjustment:${payment_adjustment_id}`, receipt_id);
}

/** Reads payments by their ids. A payment that Etsy does not return is left out. */
const paymentsById = (io: ConnectorIo, ids: readonly string[]): Promise<Payment[]> =>
  inBatches(ids, PAGE, (some) =>
    paymentsIn(getPayments(io, { path: { shop: shopOf(io) }, query: { payment_ids: some.join(',') } })),
  );

/** Reads the payments of receipts. */
async function paymentsOfReceipts(io: ConnectorIo, receiptIds: readonly string[]): Promise<Payment[]> {
  const found: Payment[] = [];
  for (const id of receiptIds)
    found.push(...(await paymentsIn(getReceiptPayments(io, { path: { shop: shopOf(io), id } }))));
  return found;
}

/** Reads the payments of receipts of which something was given back. Unless it was everything, a payment of 0 is one that is not credited yet. */
async function paymentsOfRefunded(
  io: ConnectorIo,
  receipts: readonly (readonly [string, boolean])[],
): Promise<Payment[]> {
  const found: Payment[] = [];
  for (const [id, isAll] of receipts)
    for (const one of await paymentsOfReceipts(io, [id]))
      found.push(isAll || one.posted_gross?.amount !== 0 ? one : { ...one, posted_gross: null });
  return found;
}

/**
 * Reads the payments of orders of which none has arrived. An order that is cancelled before Etsy credits it has no line in the ledger, and its
 * receipt may keep its time of modification (https://github.com/etsy/open-api/issues/513). Until it is credited, only an order of which
 * everything was given back counts as refunded; a refund of a part shows when the rest is credited.
 */
async function paymentsOfUnpaid(io: ConnectorIo, receiptIds: readonly string[]): Promise<Payment[]> {
  const found: Payment[] = [];
  for (const one of await paymentsOfReceipts(io, receiptIds)) {
    const { amount_gross, posted_gross } = one;
    const credited = !amount_gross || (posted_gross != null && posted_gross.amount !== 0);
    if (credited) found.push(one);
    else {
      const cancelled = isGivenBack(one) || (await isCancelledReceipt(io, one));
      found.push({ ...one, posted_gross: cancelled ? { ...amount_gross, amount: 0 } : null });
    }
  }
  return found;
}

/** Asks Etsy whether the order of a payment was cancelled. Etsy did not return cancelled receipts for a long time. */
async function isCancelledReceipt(io: ConnectorIo, { receipt_id, posted_gross }: Payment): Promise<boolean> {
  try {
    return isCancelled(await getReceipt(io, { path: { shop: shopOf(io), id: receipt_id } }));
  } catch (error) {
    if (isConnectorFault(error) && error.kind === 'rejected')
      return error.options.status === 404 && posted_gross?.amount === 0;
    throw error;
  }
}

/** Asks Etsy for the payments of single ledger entries. Its response does not say which payment belongs to which of several. */
async function lookUp(io: ConnectorIo, entryIds: readonly string[]): Promise<[string, Payment][]> {
  const found: [string, Payment][] = [];
  for (const id of [...new Set(entryIds)].slice(0, MAX_LOOK_UPS)) {
    const [one] = await paymentsIn(
      getEntryPayments(io, { path: { shop: shopOf(io) }, query: { ledger_entry_ids: id } }),
    );
    if (one) found.push([id, one]);
  }
  return found;
}

/** Returns the payments of a list, or none if Etsy refuses the request, because a line without its payment can wait. */
async function paymentsIn(asked: Promise<{ results: unknown[] }>): Promise<Payment[]> {
  try {
    return (await asked).results.flatMap((item) => payment.safeParse(item).data ?? []);
  } catch (error) {
    if (isConnectorFault(error) && error.kind === 'rejected') return [];
    throw error;
  }
}
