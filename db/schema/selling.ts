import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { createdAt, factColumn, id, instant, minorUnits, searchKeyColumn, workspaceId } from './_columns';
import { tributary } from './_schema';
import { ENTRY_MEANINGS, LISTING_STATES, PRICE_CHANGE_STATES, UNATTRIBUTED_REASONS } from './states';
import { connections, files, workspaces } from './workspaces';

const workspaceRef = () => workspaceId().references(() => workspaces.id, { onDelete: 'cascade' });

/** The product content that was sent to a shop. */
export interface SentContent {
  title: string;
  description: string;
  tags: string[];
  fileId: string | null;
}

export const products = tributary.table(
  'products',
  {
    id: id(),
    workspaceId: workspaceRef(),
    title: text('title').notNull(),
    description: text('description').notNull(),
    kind: text('kind', { enum: ['digital'] })
      .notNull()
      .default('digital'),
    tags: jsonb('tags').$type<string[]>().notNull().default([]),
    price: minorUnits('price').notNull(),
    /** Lowest price that a rule or a user can set. */
    floor: minorUnits('floor').notNull(),
    currency: text('currency').notNull(),
    fileId: text('file_id'),
    version: integer('version').notNull().default(1),
    archivedAt: instant('archived_at'),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    searchKey: searchKeyColumn(sql`tributary.search_key(title)`),
  },
  (t) => [
    unique('products_tenant').on(t.workspaceId, t.id),
    foreignKey({ columns: [t.workspaceId, t.fileId], foreignColumns: [files.workspaceId, files.id] }),
  ],
);

export const listings = tributary.table(
  'listings',
  {
    id: id(),
    workspaceId: workspaceRef(),
    productId: text('product_id').notNull(),
    connectionId: text('connection_id').notNull(),
    state: text('state', {
      enum: LISTING_STATES,
    }).notNull(),
    remoteId: text('remote_id'),
    url: text('url'),
    /**
     * The picture that the user saw and chose when requesting the listing; no other is sent. Null for listings that were not created here.
     */
    pictureId: text('picture_id'),
    /**
     * The content for the shop, as the product was when the listing was requested. Later edits of the product do not change it. Null for
     * listings that were not created here.
     */
    sent: jsonb('sent').$type<SentContent>(),
    price: minorUnits('price').notNull(),
    currency: text('currency').notNull(),
    views: integer('views').notNull().default(0),
    viewsSeenAt: instant('views_seen_at'),
    lastSyncedAt: instant('last_synced_at'),
    problem: factColumn('problem'),
    version: integer('version').notNull().default(1),
    /** End of the lease of the run that works on it (db/leases.ts); the version serves as the lease's token. */
    leaseUntil: instant('lease_until'),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    unique('listings_tenant').on(t.workspaceId, t.id),
    uniqueIndex('listings_one_live').on(t.productId, t.connectionId).where(sql`state <> 'delisted'`),
    foreignKey({
      columns: [t.workspaceId, t.productId],
      foreignColumns: [products.workspaceId, products.id],
    }),
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }),
    foreignKey({ columns: [t.workspaceId, t.pictureId], foreignColumns: [files.workspaceId, files.id] }),
    index('listings_picture').on(t.pictureId).where(sql`picture_id is not null`),
  ],
);

/** Views of a listing by hour, for rules to compare. */
export const listingViews = tributary.table(
  'listing_views',
  {
    workspaceId: workspaceRef(),
    listingId: text('listing_id').notNull(),
    seenAt: instant('seen_at').notNull(),
    views: integer('views').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.listingId, t.seenAt] }),
    foreignKey({
      columns: [t.workspaceId, t.listingId],
      foreignColumns: [listings.workspaceId, listings.id],
    }).onDelete('cascade'),
  ],
);

/** A sale as the platform reports it, with the platform's amounts; the UI shows those of the ledger. */
export const sales = tributary.table(
  'sales',
  {
    id: id(),
    workspaceId: workspaceRef(),
    connectionId: text('connection_id').notNull(),
    listingId: text('listing_id'),
    remoteId: text('remote_id').notNull(),
    remoteOrderId: text('remote_order_id').notNull(),
    title: text('title').notNull(),
    quantity: integer('quantity').notNull(),
    /** What the buyer paid for the items: after discounts, without shipping and tax. */
    gross: minorUnits('gross').notNull(),
    /** Taken off the items' prices by the seller; the list price is `gross` plus this. */
    discount: minorUnits('discount').notNull().default(0),
    shipping: minorUnits('shipping').notNull().default(0),
    /** Tax added to the prices, which belongs to the authorities. */
    tax: minorUnits('tax').notNull().default(0),
    /** The currency in which the shop sold. */
    currency: text('currency').notNull(),
    /**
     * How the platform credits the sale to its balance: with the sale itself, or by an entry of its own (a payment), which can be in another
     * currency.
     */
    credited: text('credited', { enum: ['with_sale', 'separately'] })
      .notNull()
      .default('with_sale'),
    /** The parts above in the currency of the platform's balance, at the platform's own rate. Null while they are the same or not known. */
    settledCurrency: text('settled_currency'),
    settledGross: minorUnits('settled_gross'),
    settledDiscount: minorUnits('settled_discount'),
    settledShipping: minorUnits('settled_shipping'),
    settledTax: minorUnits('settled_tax'),
    /** In the settled currency, or in the currency of the sale if there is none. */
    fees: minorUnits('fees').notNull(),
    /** Everything that was given back to the buyer, including tax. */
    refunded: minorUnits('refunded').notNull().default(0),
    refundedTax: minorUnits('refunded_tax').notNull().default(0),
    /** A currency in which the platform reported amounts of the order that cannot be compared with the sale yet. */
    unsettledIn: text('unsettled_in'),
    /** false until the platform reports its fees; the net is then an estimate without fees. */
    feesKnown: boolean('fees_known').notNull().default(false),
    /** When the platform was last asked whether the order was cancelled, while its payment has not arrived. */
    paymentAskedAt: instant('payment_asked_at'),
    soldAt: instant('sold_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('sales_tenant').on(t.workspaceId, t.id),
    unique('sales_remote').on(t.connectionId, t.remoteId),
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }),
    foreignKey({
      columns: [t.workspaceId, t.listingId],
      foreignColumns: [listings.workspaceId, listings.id],
    }),
    index('sales_recent').on(t.workspaceId, t.soldAt),
    index('sales_order').on(t.workspaceId, t.remoteOrderId),
    index('sales_listing').on(t.listingId).where(sql`listing_id is not null`),
  ],
);

/** How far a connection has been synced. */
export const syncCursors = tributary.table(
  'sync_cursors',
  {
    workspaceId: workspaceRef(),
    connectionId: text('connection_id').notNull(),
    kind: text('kind', { enum: ['sales', 'fees', 'views'] }).notNull(),
    cursor: text('cursor').notNull(),
    syncedAt: instant('synced_at').notNull(),
    /** Time and reason of the first failure since the last successful sync. */
    failingSince: instant('failing_since'),
    problem: factColumn('problem'),
    /** Since when users have been told that the feed is stuck. */
    stuckSince: instant('stuck_since'),
    /** Ensures one sync at a time per connection (db/leases.ts). */
    leaseToken: text('lease_token'),
    leaseUntil: instant('lease_until'),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.kind] }),
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }).onDelete('cascade'),
  ],
);

/**
 * A line of a platform's account that could not be read or belongs to no known order, as the platform reported it. Its amount is booked as
 * unattributed, so that the platform's balance is right, until it is attributed.
 */
export const unattributedEntries = tributary.table(
  'unattributed_entries',
  {
    id: id(),
    workspaceId: workspaceRef(),
    connectionId: text('connection_id').notNull(),
    /** The platform's id of the line, or a digest of a line without one. */
    remoteId: text('remote_id').notNull(),
    reason: text('reason', { enum: UNATTRIBUTED_REASONS }).notNull(),
    /** The platform's own name for this kind of line. */
    platformKind: text('platform_kind').notNull(),
    /** What the line is, if only its order is missing. */
    meaning: text('meaning', { enum: ENTRY_MEANINGS }),
    /** Positive amounts raise the platform's balance. Null if it cannot be read; nothing is booked then. */
    amount: minorUnits('amount'),
    currency: text('currency'),
    occurredAt: instant('occurred_at').notNull(),
    /** What the line refers to, as `type:id`, for example `payment_adjustment:100307830422`. */
    reference: text('reference'),
    raw: jsonb('raw').$type<Record<string, unknown>>().notNull(),
    /** `understood`: a user has seen it and leaves it unattributed. */
    state: text('state', { enum: ['open', 'attributed', 'understood'] })
      .notNull()
      .default('open'),
    attributedAs: text('attributed_as', { enum: ENTRY_MEANINGS }),
    remoteOrderId: text('remote_order_id'),
    /** Who attributed it or marked it as understood. */
    settledBy: text('settled_by'),
    settledAt: instant('settled_at'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('unattributed_entries_tenant').on(t.workspaceId, t.id),
    unique('unattributed_entries_remote').on(t.connectionId, t.remoteId),
    index('unattributed_entries_recent').on(t.workspaceId, t.occurredAt, t.id),
    // Those that are in no figure, which reports and lists name: few beside those that are attributed.
    index('unattributed_entries_left')
      .on(t.workspaceId, t.occurredAt, t.id)
      .where(sql`state <> 'attributed'`),
    index('unattributed_entries_open').on(t.workspaceId, t.createdAt).where(sql`state = 'open'`),
    // Those of which a platform is asked the order, in their turn. Counting and skipping them reads only the index.
    index('unattributed_entries_waiting')
      .on(t.workspaceId, t.connectionId, t.createdAt, t.id)
      .where(sql`state = 'open' and meaning is not null`),
    // Open lines by what they refer to, of which a platform may name the order later.
    index('unattributed_entries_reference').on(t.connectionId, t.reference).where(sql`state = 'open'`),
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }),
  ],
);

/** Rule that lowers the price of a listing with views but no sales. */
export const priceRules = tributary.table(
  'price_rules',
  {
    id: id(),
    workspaceId: workspaceRef(),
    listingId: text('listing_id').notNull(),
    active: boolean('active').notNull().default(true),
    minViews: integer('min_views').notNull(),
    windowHours: integer('window_hours').notNull(),
    stepBasisPoints: integer('step_basis_points').notNull(),
    cooldownHours: integer('cooldown_hours').notNull(),
    lastChangedAt: instant('last_changed_at'),
    lastCheckedAt: instant('last_checked_at'),
    lastOutcome: factColumn('last_outcome'),
    version: integer('version').notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    unique('price_rules_tenant').on(t.workspaceId, t.id),
    unique('price_rules_listing').on(t.listingId),
    foreignKey({
      columns: [t.workspaceId, t.listingId],
      foreignColumns: [listings.workspaceId, listings.id],
    }),
  ],
);

export const priceChanges = tributary.table(
  'price_changes',
  {
    id: id(),
    workspaceId: workspaceRef(),
    listingId: text('listing_id').notNull(),
    ruleId: text('rule_id'),
    fromPrice: minorUnits('from_price').notNull(),
    toPrice: minorUnits('to_price').notNull(),
    currency: text('currency').notNull(),
    reason: factColumn('reason').notNull(),
    /** The figures on which the decision is based. */
    evidence: jsonb('evidence').$type<Record<string, number | string>>().notNull().default({}),
    state: text('state', { enum: PRICE_CHANGE_STATES }).notNull(),
    problem: factColumn('problem'),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    appliedAt: instant('applied_at'),
  },
  (t) => [
    unique('price_changes_tenant').on(t.workspaceId, t.id),
    index('price_changes_listing').on(t.listingId, t.createdAt),
    foreignKey({
      columns: [t.workspaceId, t.listingId],
      foreignColumns: [listings.workspaceId, listings.id],
    }),
  ],
);
