import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { buyerName, visitsBetween } from '../cores/shoppers';
import { seeded } from '../random';
import { accounts } from '../schema';
import type { World } from '../world';
import { etsyLedger, etsyListings, etsyReceipts } from './tables';

export type Listing = typeof etsyListings.$inferSelect;
export type Receipt = typeof etsyReceipts.$inferSelect;
type Tx = Parameters<Parameters<World['db']['transaction']>[0]>[0];

export const LISTING_FEE = 20;

/** Etsy's transaction fee: 6.5 % of what the buyer pays, in cents, rounded half up. */
export const transactionFee = (cents: number): number => Math.floor((cents * 650 + 5_000) / 10_000);
/** Etsy's processing fee in cents: 3 % plus 25 cents. */
export const processingFee = (cents: number): number => Math.floor((cents * 300 + 5_000) / 10_000) + 25;
export const transactionId = (receiptId: number): number => receiptId + 1_000_000_000;
export const paymentId = (receiptId: number): number => receiptId + 2_000_000_000;

/** Adjustments are numbered within their receipt, from 1. */
export const adjustmentId = (receiptId: number, number: number): number => receiptId * 100 + number;
export const receiptOfAdjustment = (id: number): number => Math.floor(id / 100);

/** What the buyer pays for the items: the prices less the shop's discount. */
export const subtotalOf = (r: Receipt): number => r.priceCents * r.quantity - r.discountCents;
export const taxOf = (r: Receipt): number => r.taxCents + r.vatCents;
/** What the buyer pays in total. */
export const totalOf = (r: Receipt): number => subtotalOf(r) + r.shippingCents + r.giftWrapCents + taxOf(r);
/** The refunds of a receipt, oldest first. */
export const refundsOf = (r: Receipt): Receipt['refunds'] =>
  r.refunds.length > 0 || !r.refundedAt
    ? r.refunds
    : [{ cents: r.refundedCents, at: r.refundedAt.toISOString() }];
/** What is credited of a receipt when its payment is posted: the total less what was given back before. */
export const postedOf = (r: Receipt): number =>
  r.refunds.reduce((left, { cents, early }) => left - (early ? cents : 0), totalOf(r));
/** An amount in the currency of the shop's payment account. */
export const settled = (r: Receipt, cents: number): number =>
  r.settledIn ? Math.round(cents * r.settledIn.rate) : cents;
export const ledgerCurrency = (r: Receipt): string => r.settledIn?.currency ?? 'USD';

interface Visit {
  quantity?: number;
  shippingCents?: number;
  giftWrapCents?: number;
  discountCents?: number;
  taxCents?: number;
  vatCents?: number;
  settledIn?: { currency: string; rate: number };
  at: Date;
  buyerSeed: number;
  visit?: string;
  /** The payment is credited later, by `postPayment`. */
  unposted?: boolean;
}

/**
 * Records a purchase: the receipt, the ledger entries and the reduced stock. Returns null if the listing is not active or has too few in
 * stock, or if the visit has already bought something.
 */
export async function recordSale(tx: Tx, listing: Listing, o: Visit): Promise<Receipt | null> {
  const quantity = o.quantity ?? 1;
  if (listing.state !== 'active' || listing.quantity < quantity) return null;
  const charged =
    listing.priceCents * quantity - (o.discountCents ?? 0) + (o.shippingCents ?? 0) + (o.giftWrapCents ?? 0);
  const total = charged + (o.taxCents ?? 0) + (o.vatCents ?? 0);
  const random = seeded(o.buyerSeed);
  const [receipt] = await tx
    .insert(etsyReceipts)
    .values({
      shopId: listing.shopId,
      listingId: listing.id,
      title: listing.title,
      digital: listing.fields.listing_type === 'download',
      sku: listing.sku,
      quantity,
      priceCents: listing.priceCents,
      feeCents: processingFee(total),
      shippingCents: o.shippingCents ?? 0,
      giftWrapCents: o.giftWrapCents ?? 0,
      discountCents: o.discountCents ?? 0,
      taxCents: o.taxCents ?? 0,
      vatCents: o.vatCents ?? 0,
      settledIn: o.settledIn ?? null,
      buyerId: 600_000_000 + Math.floor(random() * 90_000_000),
      buyerName: buyerName(random()),
      createdAt: o.at,
      updatedAt: o.at,
      visit: o.visit ?? null,
      unposted: o.unposted ?? false,
    })
    .onConflictDoNothing()
    .returning();
  if (!receipt) return null;
  if (!o.unposted) await enterPayment(tx, receipt, o.at);
  const left = listing.quantity - quantity;
  listing.quantity = left;
  if (left === 0) listing.state = 'sold_out';
  await tx
    .update(etsyListings)
    .set({ quantity: left, state: listing.state, updatedAt: o.at, ...(left === 0 ? { stateAt: o.at } : {}) })
    .where(eq(etsyListings.id, listing.id));
  return receipt;
}

/** What of an order is credited and charged when its payment is posted: the order less what was given back before. */
async function enterPayment(tx: Tx, receipt: Receipt, at: Date): Promise<void> {
  const entry = { shopId: receipt.shopId, createdAt: at, currency: ledgerCurrency(receipt) };
  const total = postedOf(receipt);
  const tax = Math.floor((taxOf(receipt) * total) / totalOf(receipt));
  const paid = { ...entry, referenceType: 'shop_payment', referenceId: String(paymentId(receipt.id)) };
  await tx.insert(etsyLedger).values([
    { ...paid, amount: settled(receipt, total), description: 'PAYMENT', ledgerType: 'PAYMENT' },
    {
      ...paid,
      amount: -settled(receipt, processingFee(total)),
      description: 'PAYMENT_PROCESSING_FEE',
      ledgerType: 'PAYMENT_PROCESSING_FEE',
    },
    {
      ...entry,
      amount: -settled(receipt, transactionFee(total - tax)),
      description: 'transaction',
      ledgerType: 'transaction',
      referenceType: 'transaction',
      referenceId: String(transactionId(receipt.id)),
    },
    ...(tax > 0
      ? [
          {
            ...entry,
            amount: -settled(receipt, tax),
            description: 'sales_tax',
            ledgerType: 'sales_tax',
            referenceType: 'receipt',
            referenceId: String(receipt.id),
          },
        ]
      : []),
  ]);
}

/** Credits the payment of an order that was recorded without, as if it was shipped now. Returns null if nothing is left to credit. */
export async function postPayment(world: World, receiptId: number): Promise<Receipt | null> {
  return world.db.transaction(async (tx) => {
    const [receipt] = await tx
      .select()
      .from(etsyReceipts)
      .where(eq(etsyReceipts.id, receiptId))
      .for('update');
    if (!receipt?.unposted || receipt.refundedCents >= totalOf(receipt)) return null;
    const at = world.clock.now();
    await enterPayment(tx, receipt, at);
    const [changed] = await tx
      .update(etsyReceipts)
      .set({ unposted: false, updatedAt: at })
      .where(eq(etsyReceipts.id, receiptId))
      .returning();
    return changed ?? null;
  });
}

/**
 * Refunds a receipt in full or in part, and returns the shop's fees for the refunded part. Before the payment is posted, it lowers the payment
 * instead. The receipt keeps its time of modification, as Etsy's does (https://github.com/etsy/open-api/issues/513), unless it is `touched`.
 * Returns null if there is nothing to refund.
 */
export async function refund(
  world: World,
  receiptId: number,
  cents?: number,
  { touched = false } = {},
): Promise<Receipt | null> {
  return world.db.transaction(async (tx) => {
    const [receipt] = await tx
      .select()
      .from(etsyReceipts)
      .where(eq(etsyReceipts.id, receiptId))
      .for('update');
    if (!receipt) return null;
    const total = totalOf(receipt);
    const amount = Math.min(cents ?? total, total - receipt.refundedCents);
    if (amount <= 0) return null;
    const at = world.clock.now();
    const whole = receipt.refundedCents === 0 && amount === total;
    const share = (fee: number) => (whole ? fee : Math.floor((fee * amount) / total));
    /** The part of `of` that belongs to this refund, in the ledger's currency; all refunds of an order add up to the whole. */
    const upTo = (of: number, refunded: number) => settled(receipt, Math.floor((of * refunded) / total));
    const given = (of: number) => upTo(of, receipt.refundedCents + amount) - upTo(of, receipt.refundedCents);
    const entry = { shopId: receipt.shopId, createdAt: at, currency: ledgerCurrency(receipt) };
    const number = refundsOf(receipt).length + 1;
    const tax = given(taxOf(receipt));
    const entries: (typeof etsyLedger.$inferInsert)[] = [
      {
        ...entry,
        amount: -given(total),
        description: 'REFUND_GROSS',
        ledgerType: 'REFUND_GROSS',
        referenceType: 'payment_adjustment',
        referenceId: String(adjustmentId(receipt.id, number)),
      },
      {
        ...entry,
        amount: settled(receipt, share(receipt.feeCents)),
        description: 'REFUND_PROCESSING_FEE',
        ledgerType: 'REFUND_PROCESSING_FEE',
        referenceType: 'shop_payment',
        referenceId: String(paymentId(receipt.id)),
      },
      {
        ...entry,
        amount: settled(receipt, share(transactionFee(total - taxOf(receipt)))),
        description: 'transaction_refund',
        ledgerType: 'transaction_refund',
        referenceType: 'transaction',
        referenceId: String(transactionId(receipt.id)),
      },
      ...(tax > 0
        ? [
            {
              ...entry,
              amount: tax,
              description: 'sales_tax_refund',
              ledgerType: 'sales_tax_refund',
              referenceType: 'receipt',
              referenceId: String(receipt.id),
            },
          ]
        : []),
    ];
    if (!receipt.unposted) await tx.insert(etsyLedger).values(entries);
    const [changed] = await tx
      .update(etsyReceipts)
      .set({
        refundedCents: receipt.refundedCents + amount,
        refundedAt: at,
        refunds: [
          ...refundsOf(receipt),
          { cents: amount, at: at.toISOString(), ...(receipt.unposted ? { early: true } : {}) },
        ],
        ...(touched ? { updatedAt: at } : {}),
      })
      .where(eq(etsyReceipts.id, receiptId))
      .returning();
    return changed ?? null;
  });
}

/** Adds an entry of any kind to a shop's payment account. `shown` replaces fields of the response; null removes one. */
export async function addLedgerEntry(
  world: World,
  shopId: string,
  entry: {
    amount: number;
    currency?: string;
    ledgerType: string;
    referenceType?: string;
    referenceId?: string;
    shown?: Record<string, unknown>;
  },
): Promise<number> {
  const [added] = await world.db
    .insert(etsyLedger)
    .values({
      shopId,
      amount: entry.amount,
      currency: entry.currency ?? 'USD',
      description: entry.ledgerType,
      ledgerType: entry.ledgerType,
      referenceType: entry.referenceType ?? 'etsy',
      referenceId: entry.referenceId ?? '0',
      shown: entry.shown ?? null,
      createdAt: world.clock.now(),
    })
    .returning({ id: etsyLedger.id });
  return added?.id ?? 0;
}

/** Pays the shop's balance out to its bank. Returns the amount in cents, 0 if there was no balance. */
export async function payOutBalance(world: World, shopId: string): Promise<number> {
  return world.db.transaction(async (tx) => {
    await tx.select().from(accounts).where(eq(accounts.id, shopId)).for('update');
    const [sum] = await tx
      .select({ currency: etsyLedger.currency, cents: sql<string>`sum(${etsyLedger.amount})` })
      .from(etsyLedger)
      .where(eq(etsyLedger.shopId, shopId))
      .groupBy(etsyLedger.currency)
      .orderBy(sql`sum(${etsyLedger.amount}) desc`)
      .limit(1);
    const cents = Number(sum?.cents ?? 0);
    if (!sum || cents <= 0) return 0;
    await tx.insert(etsyLedger).values({
      shopId,
      amount: -cents,
      currency: sum.currency,
      description: 'DISBURSE2',
      ledgerType: 'DISBURSE2',
      referenceType: 'shop_disbursement',
      referenceId: String(world.clock.now().getTime()),
      createdAt: world.clock.now(),
    });
    return cents;
  });
}

/** Simulates the visitors of one listing up to the crowd time `until`. Has no effect for hours that were simulated before. */
export async function simulateListing(
  world: World,
  id: number,
  until: Date,
  stamp: (at: number) => Date,
): Promise<void> {
  const { seed } = await world.settings.get();
  await world.db.transaction(async (tx) => {
    const [listing] = await tx.select().from(etsyListings).where(eq(etsyListings.id, id)).for('update');
    if (listing?.state !== 'active' || listing.crowdUntil >= until) return;
    let views = 0;
    let favorers = 0;
    for (const visit of visitsBetween(listing, listing.crowdUntil, until, seed)) {
      // A sale may have emptied the stock.
      if ((listing.state as Listing['state']) !== 'active') break;
      views++;
      if (visit.likes) favorers++;
      if (visit.buys)
        await recordSale(tx, listing, {
          at: stamp(visit.at),
          buyerSeed: visit.buyerSeed,
          visit: visit.key,
        });
    }
    await tx
      .update(etsyListings)
      .set({
        crowdUntil: until,
        views: sql`${etsyListings.views} + ${views}`,
        favorers: sql`${etsyListings.favorers} + ${favorers}`,
      })
      .where(eq(etsyListings.id, id));
  });
}

const STEP = 60_000;

/** The switch by which buyers arrive automatically. */
export const ETSY_BUYERS = 'buyers';

/** Simulates the visitors that are due by now, for one shop or all. Called before a shop's data is read. */
export async function simulateDueVisits(world: World, shopId?: string): Promise<void> {
  if (!(await world.settings.isOn(ETSY_BUYERS))) return;
  const { crowdAhead } = await world.settings.get();
  const until = new Date(world.clock.now().getTime() + crowdAhead);
  for (const { id } of await due(world, new Date(until.getTime() - STEP), shopId))
    await simulateListing(world, id, until, (at) => new Date(at - crowdAhead));
}

/** Simulates the visitors until a later crowd time. Everything that they do is dated now. */
export async function letBuyersCome(world: World, until: Date): Promise<void> {
  await simulateDueVisits(world);
  const now = world.clock.now();
  for (const { id } of await due(world, until)) await simulateListing(world, id, until, () => now);
}

function due(world: World, before: Date, shopId?: string) {
  return world.db
    .select({ id: etsyListings.id })
    .from(etsyListings)
    .where(
      and(
        eq(etsyListings.state, 'active'),
        isNull(etsyListings.deletedAt),
        lt(etsyListings.crowdUntil, before),
        shopId ? eq(etsyListings.shopId, shopId) : undefined,
      ),
    )
    .orderBy(etsyListings.id);
}
