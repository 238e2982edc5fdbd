import { bigint, boolean, index, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { at, sandbox } from '../schema';

export const etsyListings = sandbox.table(
  'etsy_listings',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity({ startWith: 1810000001 }),
    shopId: text('shop_id').notNull(),
    state: text('state', { enum: ['active', 'inactive', 'sold_out', 'draft', 'expired'] }).notNull(),
    title: text('title').notNull(),
    description: text('description').notNull(),
    priceCents: integer('price_cents').notNull(),
    quantity: integer('quantity').notNull(),
    sku: text('sku').notNull().default(''),
    /** Other fields of the vendor's listing that a seller can set. */
    fields: jsonb('fields').$type<Record<string, unknown>>().notNull(),
    views: integer('views').notNull().default(0),
    favorers: integer('favorers').notNull().default(0),
    crowdUntil: at('crowd_until').notNull(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    stateAt: at('state_at').notNull(),
    endsAt: at('ends_at').notNull(),
    deletedAt: at('deleted_at'),
  },
  (t) => [index('sandbox_etsy_listings_shop').on(t.shopId, t.state)],
);

export const etsyAssets = sandbox.table(
  'etsy_assets',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity({ startWith: 6200000001 }),
    listingId: bigint('listing_id', { mode: 'number' }).notNull(),
    kind: text('kind', { enum: ['image', 'file'] }).notNull(),
    rank: integer('rank').notNull().default(1),
    name: text('name').notNull(),
    contentType: text('content_type').notNull(),
    altText: text('alt_text').notNull().default(''),
    bytes: integer('bytes').notNull(),
    /** Base64 of the content, so that the shop's page can show it. */
    content: text('content').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [index('sandbox_etsy_assets_listing').on(t.listingId, t.kind)],
);

export const etsyReceipts = sandbox.table(
  'etsy_receipts',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity({ startWith: 3400000001 }),
    shopId: text('shop_id').notNull(),
    listingId: bigint('listing_id', { mode: 'number' }).notNull(),
    title: text('title').notNull(),
    digital: boolean('digital').notNull(),
    sku: text('sku').notNull().default(''),
    quantity: integer('quantity').notNull(),
    priceCents: integer('price_cents').notNull(),
    feeCents: integer('fee_cents').notNull(),
    shippingCents: integer('shipping_cents').notNull().default(0),
    giftWrapCents: integer('gift_wrap_cents').notNull().default(0),
    /** A discount of the shop on the items. */
    discountCents: integer('discount_cents').notNull().default(0),
    /** Sales tax and VAT, added to the prices. The vendor passes them on to the authorities. */
    taxCents: integer('tax_cents').notNull().default(0),
    vatCents: integer('vat_cents').notNull().default(0),
    /** Currency of the shop's payment account and what a unit of the shop's currency is worth there; null if it is the same. */
    settledIn: jsonb('settled_in').$type<{ currency: string; rate: number }>(),
    refundedCents: integer('refunded_cents').notNull().default(0),
    /** `early` ones came before the payment was credited and lowered it. */
    refunds: jsonb('refunds').$type<{ cents: number; at: string; early?: boolean }[]>().notNull().default([]),
    /** The payment is not credited yet, because nothing was shipped. */
    unposted: boolean('unposted').notNull().default(false),
    buyerId: bigint('buyer_id', { mode: 'number' }).notNull(),
    buyerName: text('buyer_name').notNull(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    refundedAt: at('refunded_at'),
    /** Id of the simulated visit behind a purchase, so that no visit buys twice. */
    visit: text('visit'),
  },
  (t) => [
    uniqueIndex('sandbox_etsy_receipts_visit').on(t.visit),
    index('sandbox_etsy_receipts_shop').on(t.shopId, t.createdAt),
  ],
);

export const etsyLedger = sandbox.table(
  'etsy_ledger',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity({ startWith: 7700000001 }),
    shopId: text('shop_id').notNull(),
    amount: integer('amount').notNull(),
    currency: text('currency').notNull().default('USD'),
    description: text('description').notNull(),
    ledgerType: text('ledger_type').notNull(),
    referenceType: text('reference_type').notNull(),
    referenceId: text('reference_id').notNull(),
    parentId: bigint('parent_id', { mode: 'number' }).notNull().default(0),
    /** Fields to show instead of the vendor's, for entries of an unknown shape. A null removes the field. */
    shown: jsonb('shown').$type<Record<string, unknown>>(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [index('sandbox_etsy_ledger_shop').on(t.shopId, t.createdAt)],
);

export const etsyTables = [etsyLedger, etsyReceipts, etsyAssets, etsyListings];
