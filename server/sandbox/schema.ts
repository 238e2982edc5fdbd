import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

/** Tables of the stand-in platforms. Nothing else reads or writes them. */
export const sandbox = pgSchema('tributary_sandbox');

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/** A simulated person, page or shop. `parentId` is the person who owns a page or shop. */
export const accounts = sandbox.table(
  'accounts',
  {
    id: text('id').primaryKey(),
    platform: text('platform').notNull(),
    kind: text('kind', { enum: ['person', 'page', 'shop'] }).notNull(),
    parentId: text('parent_id'),
    handle: text('handle').notNull(),
    name: text('name').notNull(),
    about: text('about').notNull().default(''),
    followers: integer('followers').notNull().default(0),
    timeZone: text('time_zone').notNull().default('America/New_York'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [uniqueIndex('sandbox_accounts_handle').on(t.platform, t.kind, t.handle)],
);

/** A user's approval of an app. Every token of a family belongs to one and is revoked with it. */
export const grants = sandbox.table('grants', {
  id: text('id').primaryKey(),
  platform: text('platform').notNull(),
  accountId: text('account_id').notNull(),
  clientId: text('client_id').notNull(),
  scopes: text('scopes').notNull(),
  createdAt: at('created_at').notNull(),
  revokedAt: at('revoked_at'),
});

export const codes = sandbox.table('codes', {
  hash: text('hash').primaryKey(),
  platform: text('platform').notNull(),
  accountId: text('account_id').notNull(),
  clientId: text('client_id').notNull(),
  redirectUri: text('redirect_uri').notNull(),
  challenge: text('challenge'),
  scopes: text('scopes').notNull(),
  expiresAt: at('expires_at').notNull(),
  usedAt: at('used_at'),
  grantId: text('grant_id'),
});

export const tokens = sandbox.table(
  'tokens',
  {
    hash: text('hash').primaryKey(),
    kind: text('kind', { enum: ['access', 'refresh', 'page'] }).notNull(),
    grantId: text('grant_id').notNull(),
    accountId: text('account_id').notNull(),
    scopes: text('scopes').notNull(),
    expiresAt: at('expires_at'),
    usedAt: at('used_at'),
  },
  (t) => [index('sandbox_tokens_grant').on(t.grantId)],
);

/** Posts on X and Facebook. `dedupeKey` is set while the platform would refuse the same text. */
export const posts = sandbox.table(
  'posts',
  {
    id: text('id').primaryKey(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    text: text('text').notNull(),
    link: text('link'),
    /** The post that this one replies to (X) or comments on (Facebook). */
    replyTo: text('reply_to'),
    dedupeKey: text('dedupe_key'),
    refusedDuplicates: integer('refused_duplicates').notNull().default(0),
    createdAt: at('created_at').notNull(),
    /** Publication time in crowd time, which may run ahead of the clock. */
    crowdAt: at('crowd_at').notNull(),
    deletedAt: at('deleted_at'),
  },
  (t) => [
    uniqueIndex('sandbox_posts_dedupe').on(t.accountId, t.dedupeKey),
    index('sandbox_posts_account').on(t.accountId, t.createdAt),
    index('sandbox_posts_replies').on(t.replyTo),
  ],
);

/** Uploads for posts: first in chunks, then complete, then attached to a post. */
export const media = sandbox.table(
  'media',
  {
    id: text('id').primaryKey(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    kind: text('kind', { enum: ['image', 'gif', 'video'] }).notNull(),
    contentType: text('content_type').notNull(),
    totalBytes: integer('total_bytes').notNull(),
    altText: text('alt_text').notNull().default(''),
    createdAt: at('created_at').notNull(),
    /** When the upload was complete. `processSeconds` is how long it is processed after that. */
    finalizedAt: at('finalized_at'),
    processSeconds: integer('process_seconds').notNull().default(0),
    processFails: boolean('process_fails').notNull().default(false),
    expiresAt: at('expires_at').notNull(),
    postId: text('post_id'),
    position: integer('position').notNull().default(0),
  },
  (t) => [index('sandbox_media_post').on(t.postId)],
);

export const mediaParts = sandbox.table(
  'media_parts',
  {
    mediaId: text('media_id').notNull(),
    part: integer('part').notNull(),
    bytes: integer('bytes').notNull(),
    /** Base64; null for parts of videos that are too large to store here. */
    content: text('content'),
  },
  (t) => [primaryKey({ columns: [t.mediaId, t.part] })],
);

/** Which account reposted which post, at most once. */
export const reposts = sandbox.table(
  'reposts',
  {
    accountId: text('account_id').notNull(),
    postId: text('post_id').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.postId] }), index('sandbox_reposts_post').on(t.postId)],
);

export const faults = sandbox.table('faults', {
  id: text('id').primaryKey(),
  platform: text('platform').notNull(),
  operation: text('operation').notNull(),
  kind: text('kind').notNull(),
  probability: doublePrecision('probability').notNull().default(1),
  /** How many more times the fault occurs; null means unlimited. */
  remaining: integer('remaining'),
  ms: integer('ms').notNull().default(0),
  seed: integer('seed').notNull().default(1),
  drawn: integer('drawn').notNull().default(0),
  struck: integer('struck').notNull().default(0),
  createdAt: at('created_at').notNull(),
});

export const settings = sandbox.table('settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
});

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

/** Stripe objects in the vendor's format. `parent` is the object that this one belongs to, such as its customer. */
export const stripeObjects = sandbox.table(
  'stripe_objects',
  {
    id: text('id').primaryKey(),
    type: text('type').notNull(),
    parent: text('parent'),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    createdAt: at('created_at').notNull(),
    seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
  },
  (t) => [
    index('sandbox_stripe_type').on(t.type, t.seq),
    index('sandbox_stripe_parent').on(t.parent, t.type),
  ],
);

export const stripeRequests = sandbox.table(
  'stripe_requests',
  {
    key: text('key').notNull(),
    path: text('path').notNull(),
    bodyHash: text('body_hash').notNull(),
    status: integer('status'),
    response: text('response'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.key] })],
);

/** Events for the app's webhook. They are written with the change itself, sent after the commit, and retried by the sweep. */
export const stripeDeliveries = sandbox.table(
  'stripe_deliveries',
  {
    id: text('id').primaryKey(),
    eventId: text('event_id').notNull(),
    body: text('body').notNull(),
    forged: boolean('forged').notNull().default(false),
    attempts: integer('attempts').notNull().default(0),
    nextAt: at('next_at'),
    deliveredAt: at('delivered_at'),
    lastStatus: integer('last_status'),
    createdAt: at('created_at').notNull(),
    seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
  },
  (t) => [index('sandbox_stripe_deliveries_due').on(t.nextAt).where(sql`${t.deliveredAt} is null`)],
);
