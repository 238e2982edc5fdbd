import { and, asc, eq, inArray, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Tx } from '@/db/client';
import { ledgerPostings, ledgerTransactions, sales } from '@/db/schema';
import { allocate } from '@/server/foundation/allocate';
import { fact } from '@/server/foundation/facts';
import type { Money } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import { bookedPostings } from '../ledger/booked-postings';
import { type NewTransaction, postTransactions, type TransactionKind } from '../ledger/post-transaction';
import { conversionPostings, type Parts, refundPartPostings, type SaleAmounts } from '../ledger/postings';

type Sale = typeof sales.$inferSelect;

/** Source of an entry in the ledger: its order, whether or not the sale is known yet. */
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
interface Entry {
  key: string;
  kind: TransactionKind;
  occurredAt: Date;
  remoteSaleId: string | null;
  /** A refund whose parts are in its own lines. */
  divided: boolean;
  postings: { account: string; amount: number; currency: string }[];
}

/** An order: its sales, and what the ledger has about it. */
export interface Order {
  remoteOrderId: string;
  sales: Sale[];
  entries: Entry[];
}

/** A transaction that was just posted, as part of its order. */
const asEntry = ({ key, kind, occurredAt, postings, evidence }: NewTransaction): Entry => ({
  key,
  kind,
  occurredAt,
  remoteSaleId: null,
  divided: evidence?.divided === true,
  postings,
});

const reversals = alias(ledgerTransactions, 'reversals');

const ENTRY_KINDS: TransactionKind[] = ['payment', 'conversion', 'fee', 'refund'];

/** Reads orders with their sales and ledger entries, without those that were reversed. Orders without sales are included. */
export async function readOrders(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  connectionId: string,
  remoteOrderIds: readonly string[],
): Promise<Map<string, Order>> {
  const orders = new Map<string, Order>(
    remoteOrderIds.map((remoteOrderId) => [remoteOrderId, { remoteOrderId, sales: [], entries: [] }]),
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
      inArray(ledgerTransactions.kind, ENTRY_KINDS),
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
  const entries = new Map<string, Entry>();
  for (const row of booked) {
    let entry = entries.get(row.key);
    if (!entry) {
      const named = row.evidence.remoteSaleId;
      entry = {
        key: row.key,
        kind: row.kind,
        occurredAt: row.occurredAt,
        remoteSaleId: typeof named === 'string' ? named : null,
        divided: row.evidence.divided === true,
        postings: [],
      };
      entries.set(row.key, entry);
      bySource.get(`${row.sourceType} ${row.sourceId}`)?.entries.push(entry);
    }
    entry.postings.push({ account: row.account, amount: row.amount, currency: row.currency });
  }
  return orders;
}

/** Parts of an amount of an order. `items` is what is paid for the items after the discount. */
type Amounts = Parts & { items: number };
const NOTHING: Amounts = { items: 0, discount: 0, shipping: 0, tax: 0 };
const totalOf = ({ items, shipping, tax }: Amounts): number => items + shipping + tax;
const plus = (a: Amounts, b: Amounts): Amounts => ({
  items: a.items + b.items,
  discount: a.discount + b.discount,
  shipping: a.shipping + b.shipping,
  tax: a.tax + b.tax,
});

/** The currency in which a sale is accounted for: that of the platform's balance if it is known, or its own. */
export const bookCurrency = (sale: Sale): string => sale.settledCurrency ?? sale.currency;

/** The parts of a sale in its book currency. */
export const bookAmounts = (sale: Sale): Amounts =>
  sale.settledCurrency === null
    ? ownAmounts(sale)
    : {
        items: sale.settledGross ?? 0,
        discount: sale.settledDiscount ?? 0,
        shipping: sale.settledShipping ?? 0,
        tax: sale.settledTax ?? 0,
      };
const ownAmounts = ({ gross, discount, shipping, tax }: Sale): Amounts => ({
  items: gross,
  discount,
  shipping,
  tax,
});

/** Sums the postings of entries by account, for one currency. */
function sumOf(entries: readonly Entry[], currency: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { postings } of entries)
    for (const posting of postings)
      if (posting.currency === currency)
        sums.set(posting.account, (sums.get(posting.account) ?? 0) + posting.amount);
  return sums;
}

/** What was given back so far, by part. */
function refundedOf(refunds: readonly Entry[], currency: string): Amounts {
  const sums = sumOf(refunds, currency);
  const of = (account: string) => sums.get(account) ?? 0;
  return {
    items: of('refunds') + of('discount_refunds'),
    discount: -of('discount_refunds'),
    shipping: of('shipping_refunds'),
    tax: of('tax_collected'),
  };
}

/**
 * Divides an amount among parts in proportion to what is left of each, to the last minor unit: when everything is given back, each part ends
 * at zero. What exceeds the parts belongs to the items.
 */
function divide(amount: number, left: Amounts): Parts {
  const size = Math.abs(amount);
  const weights = [left.items, left.shipping, left.tax].map((part) => Math.max(0, part));
  const whole = weights.reduce((a, b) => a + b, 0);
  const within = Math.min(size, whole);
  const [items = 0, shipping = 0, tax = 0] = whole === 0 ? [] : allocate(within, weights);
  const discountLeft = Math.max(0, left.discount);
  // Items can be free; then the discount is given back with the last of the rest.
  const [discount = 0] =
    weights[0] === 0
      ? [within === whole ? discountLeft : 0]
      : allocate(discountLeft, [items, (weights[0] ?? 0) - items]);
  const sign = amount < 0 ? -1 : 1;
  return { discount: sign * discount || 0, shipping: sign * shipping || 0, tax: sign * tax || 0 };
}

/** Returns what an order consists of in a currency, or null if nothing of it is accounted for in that currency. */
function orderAmounts(order: Order, currency: string): Amounts | null {
  const members = order.sales.filter((sale) => bookCurrency(sale) === currency);
  return members.length === 0 ? null : members.map(bookAmounts).reduce(plus, NOTHING);
}

/**
 * Returns the parts of a refund, in proportion to what is left of the order. Returns null if the order is not known in that currency yet;
 * the parts follow when it is. `given` are refunds that are not booked yet.
 */
export function refundParts(
  order: Order,
  amount: number,
  currency: string,
  given: readonly Amounts[] = [],
): Parts | null {
  const whole = orderAmounts(order, currency);
  if (!whole) return null;
  const refunds = order.entries.filter((entry) => entry.kind === 'refund');
  const back = [refundedOf(refunds, currency), ...given].reduce(plus, NOTHING);
  // A refund that came back is divided by what was given back, all others by what is left.
  const left: Amounts =
    amount < 0
      ? back
      : {
          items: whole.items - back.items,
          discount: whole.discount - back.discount,
          shipping: whole.shipping - back.shipping,
          tax: whole.tax - back.tax,
        };
  return divide(amount, left);
}

/** The total and the parts of a refund as amounts. */
export const refundAmounts = (amount: number, parts: Parts): Amounts => ({
  items: amount - parts.shipping - parts.tax,
  ...parts,
});

const PARTS_SUFFIX = ':parts';
/** Key of the transaction that divides a refund that was booked under `key` before its order was known. */
export const partsKey = (key: string): string => `${key}${PARTS_SUFFIX}`;
const CORRECTION = 'refund-parts:';
const PARTS = ['discount', 'shipping', 'tax'] as const;

/**
 * Returns transactions that divide refunds that were booked before their order was known. A refund whose parts are booked has a line for
 * them or a transaction of its own.
 */
function lateRefundParts(connectionId: string, order: Order): NewTransaction[] {
  if (order.sales.length === 0) return [];
  const out: NewTransaction[] = [];
  const refunds = order.entries.filter((entry) => entry.kind === 'refund');
  const keys = new Set(refunds.map((entry) => entry.key));
  const whole = refunds.filter(
    (entry) => !entry.key.endsWith(PARTS_SUFFIX) && !entry.divided && !keys.has(partsKey(entry.key)),
  );
  const rest: Order = {
    ...order,
    entries: order.entries.filter((entry) => !whole.includes(entry)),
  };
  const given = new Map<string, Amounts[]>();
  for (const entry of whole) {
    const line = entry.postings.find((posting) => posting.account === 'refunds');
    if (!line) continue;
    const before = given.get(line.currency) ?? [];
    const parts = refundParts(rest, line.amount, line.currency, before);
    if (!parts) continue;
    given.set(line.currency, [...before, refundAmounts(line.amount, parts)]);
    const postings = refundPartPostings(connectionId, line.currency, parts);
    if (postings.length === 0) continue;
    out.push({
      key: partsKey(entry.key),
      kind: 'refund',
      occurredAt: entry.occurredAt,
      description: fact('sales.ledger.refundParts', { order: order.remoteOrderId }),
      source: orderSource(connectionId, order.remoteOrderId),
      postings,
      evidence: { remoteOrderId: order.remoteOrderId, divides: entry.key },
    });
  }
  return out;
}

/**
 * Returns transactions that correct the parts of an order's refunds after the order itself has changed, because another of its sales or
 * payments arrived: if everything is given back, the parts are those of the order, and no part is given back beyond what it was.
 */
function refundCorrections(connectionId: string, order: Order): NewTransaction[] {
  const refunds = order.entries.filter((entry) => entry.kind === 'refund');
  const corrected = refunds.filter((entry) => entry.key.startsWith(CORRECTION)).length;
  const out: NewTransaction[] = [];
  for (const currency of new Set(order.sales.map(bookCurrency))) {
    const whole = orderAmounts(order, currency);
    const back = refundedOf(refunds, currency);
    const total = totalOf(back);
    if (!whole || total < 0 || total > totalOf(whole)) continue;
    const wanted = total === 0 ? NOTHING : divide(total, whole);
    const isExact = total === 0 || total === totalOf(whole);
    const fits = PARTS.every((part) =>
      isExact ? back[part] === wanted[part] : back[part] >= 0 && back[part] <= Math.max(0, whole[part]),
    );
    if (fits) continue;
    const postings = refundPartPostings(connectionId, currency, {
      discount: wanted.discount - back.discount,
      shipping: wanted.shipping - back.shipping,
      tax: wanted.tax - back.tax,
    });
    if (postings.length === 0) continue;
    out.push({
      key: `${CORRECTION}${connectionId}:${order.remoteOrderId}:${corrected + out.length + 1}`,
      kind: 'refund',
      occurredAt: refunds.map((entry) => entry.occurredAt).reduce((a, b) => (a > b ? a : b)),
      description: fact('sales.ledger.refundParts', { order: order.remoteOrderId }),
      source: orderSource(connectionId, order.remoteOrderId),
      postings,
      evidence: { remoteOrderId: order.remoteOrderId, divided: true },
    });
  }
  return out;
}

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
): { entry: NewTransaction; settled: { sale: Sale; amounts: Amounts; currency: string }[] } | null {
  const members = order.sales.filter((sale) => sale.credited === 'separately');
  const currencies = new Set(members.map((sale) => sale.currency));
  const [currency] = currencies;
  if (!currency || currencies.size !== 1) return null;
  const paid = new Map<string, number>();
  // What was given back before the payment is not part of it, but of what the order was worth.
  for (const entry of order.entries)
    if (entry.kind === 'payment' || entry.kind === 'refund')
      for (const posting of entry.postings)
        if (posting.account === 'unsettled_orders')
          paid.set(posting.currency, (paid.get(posting.currency) ?? 0) - posting.amount);
  if (
    worth &&
    worth.amount > 0 &&
    ![...paid.values()].some((amount) => amount > 0) &&
    currenciesOf(order.entries).has(worth.currency)
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
  const before = order.entries.filter((entry) => entry.kind === 'conversion').length;
  const figures = { sold: { amount: totalOf(whole), currency }, paid: { amount, currency: into } };
  return {
    settled,
    entry: {
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
    found.map(({ entry }) => entry),
    { onDifference: 'keep' },
  );
  for (const { order, entry, settled } of found) {
    order.entries.push(asEntry(entry));
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
    const left = currenciesOf(order.entries.filter(({ kind }) => kind !== 'conversion'));
    const members = order.sales.filter(
      ({ settledCurrency }) => settledCurrency !== null && !left.has(settledCurrency),
    );
    const at = members.map((sale) => sale.soldAt).sort((a, b) => a.getTime() - b.getTime())[0];
    if (!at) continue;
    const conversions = order.entries.filter(({ kind }) => kind === 'conversion').length;
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

/**
 * Brings what depends on several of an order's entries up to date, from the ledger: the currency in which it is accounted for, the parts of
 * refunds that came before it, and the fees and refunds of each of its sales.
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
    const made = [...orders.values()].map((order) => ({ order, entries: divided(connectionId, order) }));
    await postTransactions(
      tx,
      ctx,
      made.flatMap(({ entries }) => entries),
      { onDifference: 'keep' },
    );
    for (const { order, entries } of made) order.entries.push(...entries.map(asEntry));
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
  for (const entry of order.entries) {
    if (entry.kind !== 'fee') continue;
    for (const currency of currenciesOf([entry])) {
      const group = inBook(currency);
      const named = group.filter(({ sale }) => sale.remoteId === entry.remoteSaleId);
      give(
        named.length > 0 ? named : group,
        sumOf([entry], currency).get('platform_fees') ?? 0,
        (amounts) => amounts.items,
        (share, amount) => {
          share.fees += amount;
          share.feesKnown = true;
        },
      );
    }
  }
  const refunds = order.entries.filter((entry) => entry.kind === 'refund');
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

const currenciesOf = (entries: readonly Entry[]): Set<string> =>
  new Set(entries.flatMap(({ postings }) => postings.map((posting) => posting.currency)));
