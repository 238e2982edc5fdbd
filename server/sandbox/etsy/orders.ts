import { and, asc, count, desc, eq, gte, inArray, lte, sql } from 'drizzle-orm';
import { type Ctx, json } from '../http';
import type { World } from '../world';
import { bad, gone } from './auth';
import { pageOf } from './listings';
import { paymentId, receiptOfAdjustment, simulateDueVisits, transactionId } from './sales';
import { showLedgerEntry, showPayment, showReceipt, showTransaction } from './shapes';
import { ownShop } from './shops';
import { etsyLedger, etsyReceipts } from './tables';

function seconds(c: Ctx, name: string): number | undefined {
  const value = c.req.query(name);
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  return Number.isInteger(number) && number >= 946_684_800
    ? number
    : bad(`${name} must be a time in seconds, from 946684800 on`);
}
const from = (s: number) => new Date(s * 1000);
/** The vendor counts in whole seconds, so a range includes its last second completely. */
const upTo = (s: number) => new Date(s * 1000 + 999);

function ids(c: Ctx, name: string): number[] {
  const values = (c.req.queries(name) ?? []).flatMap((v) => v.split(',')).map(Number);
  if (values.length === 0 || values.some((v) => !Number.isSafeInteger(v) || v < 1))
    bad(`${name} must be positive integers`);
  return values;
}

export async function getReceipts(world: World, c: Ctx): Promise<Response> {
  const shop = await ownShop(world, c);
  await simulateDueVisits(world, shop.id);
  const { limit, offset } = pageOf(c);
  const [minC, maxC, minM, maxM] = [
    'min_created',
    'max_created',
    'min_last_modified',
    'max_last_modified',
  ].map((n) => seconds(c, n));
  const refunded = sql`${etsyReceipts.refundedCents} >= ${etsyReceipts.priceCents} * ${etsyReceipts.quantity} - ${etsyReceipts.discountCents}
    + ${etsyReceipts.shippingCents} + ${etsyReceipts.giftWrapCents} + ${etsyReceipts.taxCents} + ${etsyReceipts.vatCents}`;
  const is = (name: string) => c.req.query(name);
  const where = and(
    eq(etsyReceipts.shopId, shop.id),
    minC === undefined ? undefined : gte(etsyReceipts.createdAt, from(minC)),
    maxC === undefined ? undefined : lte(etsyReceipts.createdAt, upTo(maxC)),
    minM === undefined ? undefined : gte(etsyReceipts.updatedAt, from(minM)),
    maxM === undefined ? undefined : lte(etsyReceipts.updatedAt, upTo(maxM)),
    is('was_paid') === 'false' ? sql`false` : undefined,
    is('was_canceled') === 'true'
      ? refunded
      : is('was_canceled') === 'false'
        ? sql`not (${refunded})`
        : undefined,
    is('was_shipped') === undefined ? undefined : eq(etsyReceipts.digital, is('was_shipped') === 'true'),
  );
  const columns = {
    created: etsyReceipts.createdAt,
    updated: etsyReceipts.updatedAt,
    receipt_id: etsyReceipts.id,
  };
  const column =
    columns[(is('sort_on') ?? 'created') as keyof typeof columns] ?? bad('sort_on has an unknown value');
  const order = ['asc', 'ascending', 'up'].includes(is('sort_order') ?? 'desc') ? asc : desc;
  const [total] = await world.db.select({ n: count() }).from(etsyReceipts).where(where);
  const rows = await world.db
    .select()
    .from(etsyReceipts)
    .where(where)
    .orderBy(order(column), order(etsyReceipts.id))
    .limit(limit)
    .offset(offset);
  return json({ count: total?.n ?? 0, results: rows.map((r) => showReceipt(r, shop)) });
}

async function receipt(world: World, c: Ctx) {
  const shop = await ownShop(world, c);
  const id = Number(c.req.param('receipt'));
  const [row] = await world.db
    .select()
    .from(etsyReceipts)
    .where(and(eq(etsyReceipts.id, Number.isSafeInteger(id) ? id : 0), eq(etsyReceipts.shopId, shop.id)));
  return { shop, row: row ?? gone('Receipt') };
}

export async function getReceipt(world: World, c: Ctx): Promise<Response> {
  const { shop, row } = await receipt(world, c);
  return json(showReceipt(row, shop));
}

export async function getReceiptTransactions(world: World, c: Ctx): Promise<Response> {
  const { shop, row } = await receipt(world, c);
  return json({ count: 1, results: [showTransaction(row, shop)] });
}

export async function getReceiptPayments(world: World, c: Ctx): Promise<Response> {
  const { shop, row } = await receipt(world, c);
  return json({ count: 1, results: [showPayment(row, shop)] });
}

export async function getTransactions(world: World, c: Ctx): Promise<Response> {
  const shop = await ownShop(world, c);
  await simulateDueVisits(world, shop.id);
  const { limit, offset } = pageOf(c);
  const where = eq(etsyReceipts.shopId, shop.id);
  const [total] = await world.db.select({ n: count() }).from(etsyReceipts).where(where);
  const rows = await world.db
    .select()
    .from(etsyReceipts)
    .where(where)
    .orderBy(desc(etsyReceipts.createdAt), desc(etsyReceipts.id))
    .limit(limit)
    .offset(offset);
  return json({ count: total?.n ?? 0, results: rows.map((r) => showTransaction(r, shop)) });
}

export async function getPayments(world: World, c: Ctx): Promise<Response> {
  const shop = await ownShop(world, c);
  const wanted = ids(c, 'payment_ids').map((id) => id - paymentId(0));
  const rows = await world.db
    .select()
    .from(etsyReceipts)
    .where(and(eq(etsyReceipts.shopId, shop.id), inArray(etsyReceipts.id, wanted)));
  return json({ count: rows.length, results: rows.map((r) => showPayment(r, shop)) });
}

export async function getLedger(world: World, c: Ctx): Promise<Response> {
  const shop = await ownShop(world, c);
  await simulateDueVisits(world, shop.id);
  const { limit, offset } = pageOf(c);
  const min = seconds(c, 'min_created') ?? bad('The request is missing the parameter min_created');
  const max = seconds(c, 'max_created') ?? bad('The request is missing the parameter max_created');
  const where = and(
    eq(etsyLedger.shopId, shop.id),
    gte(etsyLedger.createdAt, from(min)),
    lte(etsyLedger.createdAt, upTo(max)),
  );
  const [total] = await world.db.select({ n: count() }).from(etsyLedger).where(where);
  // Balance and sequence refer to the whole ledger, whatever part of it is requested.
  const running = world.db
    .select({
      id: etsyLedger.id,
      balance:
        sql<string>`sum(${etsyLedger.amount}) over (order by ${etsyLedger.createdAt}, ${etsyLedger.id})`.as(
          'balance',
        ),
      sequence: sql<string>`row_number() over (order by ${etsyLedger.createdAt}, ${etsyLedger.id})`.as(
        'sequence',
      ),
    })
    .from(etsyLedger)
    .where(eq(etsyLedger.shopId, shop.id))
    .as('running');
  const rows = await world.db
    .select({ entry: etsyLedger, balance: running.balance, sequence: running.sequence })
    .from(etsyLedger)
    .innerJoin(running, eq(running.id, etsyLedger.id))
    .where(where)
    .orderBy(desc(etsyLedger.createdAt), desc(etsyLedger.id))
    .limit(limit)
    .offset(offset);
  return json({
    count: total?.n ?? 0,
    results: rows.map((r) => showLedgerEntry(r.entry, Number(r.balance), Number(r.sequence))),
  });
}

export async function getLedgerPayments(world: World, c: Ctx): Promise<Response> {
  const shop = await ownShop(world, c);
  const entries = await world.db
    .select()
    .from(etsyLedger)
    .where(and(eq(etsyLedger.shopId, shop.id), inArray(etsyLedger.id, ids(c, 'ledger_entry_ids'))));
  const receipts = new Set(
    entries.flatMap((e) =>
      e.referenceType === 'shop_payment'
        ? [Number(e.referenceId) - paymentId(0)]
        : e.referenceType === 'transaction'
          ? [Number(e.referenceId) - transactionId(0)]
          : e.referenceType === 'payment_adjustment'
            ? [receiptOfAdjustment(Number(e.referenceId))]
            : [],
    ),
  );
  const rows =
    receipts.size === 0
      ? []
      : await world.db
          .select()
          .from(etsyReceipts)
          .where(and(eq(etsyReceipts.shopId, shop.id), inArray(etsyReceipts.id, [...receipts])));
  return json({ count: rows.length, results: rows.map((r) => showPayment(r, shop)) });
}
