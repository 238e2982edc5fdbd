import { type Fact, fact } from '@/server/foundation/facts';
import type { ConnectorIo } from '../kit/connector';
import { readPages } from '../kit/paging';
import {
  ConnectorFault,
  isConnectorFault,
  type RemoteUnattributed,
  type SyncSalesInput,
  type SyncSalesOutput,
} from '../kit/types';
import { fieldOf, idOf, kindOf, rawOf } from './kept';
import { shopOf } from './listing';
import {
  type Entry,
  EPOCH_FLOOR,
  isCancelled,
  isGivenBack,
  isRefunded,
  paymentMoney,
  readCursor,
  readEntry,
  referenceOf,
  salesOf,
  typeOf,
  unexplainedOf,
  unpostedRefund,
  writeCursor,
} from './transform';
import {
  getEntryPayments,
  getPayments,
  getReceipt,
  getReceiptPayments,
  type LedgerEntry,
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
  const cursor = readCursor(input.cursor, input.since);
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
    nextCursor: writeCursor({
      receipts: reached(cursor.receipts, orders.updated),
      ledger: reached(
        cursor.ledger,
        lines.entries.map(({ entry }) => entry.created_timestamp ?? entry.create_date),
      ),
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
    const made = read.success
      ? attempt(() => ({ sold: salesOf(read.data), rest: unexplainedOf(read.data) }))
      : null;
    if (made) sales.push(...made.sold);
    if (read.success) updated.push(read.data.updated_timestamp);
    if (read.success && isRefunded(read.data)) refunded.set(read.data.receipt_id, isCancelled(read.data));
    if (made?.rest !== 0)
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

/** Returns the result, or null if an amount cannot be represented. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

interface Line {
  entry: LedgerEntry;
  item: unknown;
  read: Entry;
}

async function readLedger(
  io: ConnectorIo,
  from: number,
  now: number,
): Promise<{ entries: Line[]; odd: RemoteUnattributed[] }> {
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
  const entries: Line[] = [];
  const odd: RemoteUnattributed[] = [];
  for (const item of once(all, 'entry_id')) {
    const parsed = ledgerEntry.safeParse(item);
    const read = parsed.success ? attempt(() => readEntry(parsed.data, io.now())) : null;
    if (parsed.success && read) entries.push({ entry: parsed.data, item, read });
    else
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
  return { entries, odd };
}

type Settled = Required<Omit<SyncSalesOutput, 'sales' | 'nextCursor'>>;

/** Resolves the order of each line: it names its payment, or Etsy names it on request, and the payment names its order. */
async function settle(
  io: ConnectorIo,
  lines: readonly Line[],
  waiting: NonNullable<SyncSalesInput['unattributed']>,
  refunded: readonly Payment[],
): Promise<Settled> {
  const paymentIds = new Set(
    lines.flatMap(({ read }) => ('paymentId' in read && read.paymentId ? [read.paymentId] : [])),
  );
  const known = await paymentsById(io, [...paymentIds]);
  const orders = new Orders([...known, ...refunded]);
  const looked = await lookUp(
    io,
    [
      ...lines.flatMap(({ entry, read }) =>
        (read.kind === 'refund' || read.kind === 'payment') && !orders.of(entry, read)
          ? [entry.entry_id]
          : [],
      ),
      ...waiting.map(({ remoteId }) => remoteId),
    ].filter((id) => /^\d+$/.test(id)),
  );
  for (const [entryId, found] of looked) orders.add(found, entryId);
  const out: Settled = {
    fees: [],
    refunds: [],
    payments: [],
    taxes: [],
    transfers: [],
    unattributed: [],
    settlements: [],
    links: orders.links(),
  };
  for (const one of new Map([...known, ...refunded].map((found) => [found.payment_id, found])).values()) {
    const refund = attempt(() => unpostedRefund(one, io.now()));
    if (refund) out.refunds.push(refund);
    const worth = attempt(() => (one.amount_gross ? paymentMoney(one, one.amount_gross) : null));
    if (worth) out.settlements.push({ remoteOrderId: one.receipt_id, amount: worth });
  }
  for (const { entry, item, read } of lines) {
    const order = orders.of(entry, read);
    const keep = (reason: 'no_order' | 'unknown_kind', meaning: RemoteUnattributed['meaning']) =>
      out.unattributed.push({
        remoteId: entry.entry_id,
        reason,
        platformKind: kindOf(typeOf(entry)),
        meaning,
        amount: { amount: entry.amount, currency: entry.currency },
        occurredAt: entry.created_timestamp ?? entry.create_date ?? io.now(),
        reference: referenceOf(entry),
        raw: rawOf(item),
      });
    if (read.kind === 'fee')
      out.fees.push({ ...read.fee, remoteOrderId: read.fee.remoteOrderId ?? order ?? parentOrder(entry) });
    else if (read.kind === 'tax') out.taxes.push({ ...read.tax, remoteOrderId: order });
    else if (read.kind === 'transfer') out.transfers.push(read.transfer);
    else if (read.kind === 'refund')
      if (order) out.refunds.push({ ...read.refund, remoteOrderId: order });
      else keep('no_order', 'refund');
    else if (read.kind === 'payment')
      if (order) out.payments.push({ ...read.payment, remoteOrderId: order });
      else keep('no_order', 'payment');
    else if (read.kind === 'unknown') keep('unknown_kind', null);
  }
  return out;

  /** A tax on a fee names the fee's entry as its parent. */
  function parentOrder({ parent_entry_id: parent }: LedgerEntry): string | null {
    const found = parent ? lines.find(({ entry }) => entry.entry_id === parent) : undefined;
    return found ? orders.of(found.entry, found.read) : null;
  }
}

/** The orders of payments, their adjustments and their ledger entries. */
class Orders {
  readonly #byReference = new Map<string, string>();

  constructor(payments: readonly Payment[]) {
    for (const one of payments) this.add(one);
  }

  add({ payment_id, receipt_id, payment_adjustments }: Payment, entryId?: string): void {
    this.#byReference.set(`shop_payment:${payment_id}`, receipt_id);
    for (const { payment_adjustment_id } of payment_adjustments ?? [])
      this.#byReference.set(`payment_adjustment:${payment_adjustment_id}`, receipt_id);
    if (entryId) this.#byReference.set(`entry:${entryId}`, receipt_id);
  }

  of(entry: LedgerEntry, read: Entry): string | null {
    if ('receiptId' in read && read.receiptId) return read.receiptId;
    const reference = referenceOf(entry);
    return (
      ('paymentId' in read && read.paymentId && this.#byReference.get(`shop_payment:${read.paymentId}`)) ||
      (reference && this.#byReference.get(reference)) ||
      this.#byReference.get(`entry:${entry.entry_id}`) ||
      null
    );
  }

  links(): Settled['links'] {
    return [...this.#byReference].map(([reference, remoteOrderId]) => ({ reference, remoteOrderId }));
  }
}

/** Reads payments by their ids. A payment that Etsy does not return is left out. */
async function paymentsById(io: ConnectorIo, ids: readonly string[]): Promise<Payment[]> {
  const found: Payment[] = [];
  for (let at = 0; at < ids.length; at += PAGE)
    found.push(
      ...(await paymentsIn(
        getPayments(io, {
          path: { shop: shopOf(io) },
          query: { payment_ids: ids.slice(at, at + PAGE).join(',') },
        }),
      )),
    );
  return found;
}

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
