import {
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

/**
 * Tables of the stand-in platforms. Nothing else reads or writes them, and the sandbox creates them itself (create-tables.ts): a column that
 * is added needs a default, or may be null.
 */
export const sandbox = pgSchema('tributary_sandbox');

/** A column with a time in milliseconds. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/**
 * A simulated person, or what a person acts for: `parentId` is the person who owns it. `platform` is the realm: the stand-in's id, with the host
 * where people name a server.
 */
export const accounts = sandbox.table(
  'accounts',
  {
    id: text('id').primaryKey(),
    platform: text('platform').notNull(),
    kind: text('kind', { enum: ['person', 'page', 'shop', 'organization', 'channel'] }).notNull(),
    parentId: text('parent_id'),
    handle: text('handle').notNull(),
    name: text('name').notNull(),
    about: text('about').notNull().default(''),
    followers: integer('followers').notNull().default(0),
    timeZone: text('time_zone').notNull().default('America/New_York'),
    /** What only this platform knows of an account. */
    fields: jsonb('fields').$type<Record<string, unknown>>().notNull().default({}),
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

/** Posts of accounts. `dedupeKey` is set while the platform would refuse the same text. */
export const posts = sandbox.table(
  'posts',
  {
    id: text('id').primaryKey(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    text: text('text').notNull(),
    link: text('link'),
    /** The post that this one replies to or comments on. */
    replyTo: text('reply_to'),
    dedupeKey: text('dedupe_key'),
    refusedDuplicates: integer('refused_duplicates').notNull().default(0),
    createdAt: at('created_at').notNull(),
    /** Publication time in crowd time, which may run ahead of the clock. */
    crowdAt: at('crowd_at').notNull(),
    deletedAt: at('deleted_at'),
    /** Who sees the post on the public pages: everyone, those with its address, or nobody. */
    visibility: text('visibility', { enum: ['public', 'unlisted', 'hidden'] })
      .notNull()
      .default('public'),
    /** What only this platform knows of a post. */
    fields: jsonb('fields').$type<Record<string, unknown>>().notNull().default({}),
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
    kind: text('kind', { enum: ['image', 'gif', 'video', 'document'] }).notNull(),
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

/** Which account likes which post, at most once. */
export const likes = sandbox.table(
  'likes',
  {
    accountId: text('account_id').notNull(),
    postId: text('post_id').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.postId] }), index('sandbox_likes_post').on(t.postId)],
);

/** What shops sell (cores/shop.ts). */
export const shopListings = sandbox.table(
  'shop_listings',
  {
    id: text('id').primaryKey(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    state: text('state', { enum: ['draft', 'active', 'inactive'] })
      .notNull()
      .default('active'),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    /** In minor units of the currency. */
    priceCents: integer('price_cents').notNull(),
    currency: text('currency').notNull().default('USD'),
    /** null: as many as wanted. */
    quantity: integer('quantity'),
    views: integer('views').notNull().default(0),
    fields: jsonb('fields').$type<Record<string, unknown>>().notNull().default({}),
    crowdUntil: at('crowd_until').notNull(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    deletedAt: at('deleted_at'),
  },
  (t) => [index('sandbox_shop_listings_account').on(t.accountId, t.state)],
);

export const shopOrders = sandbox.table(
  'shop_orders',
  {
    id: text('id').primaryKey(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    listingId: text('listing_id').notNull(),
    title: text('title').notNull(),
    quantity: integer('quantity').notNull(),
    /** What the buyer paid, in minor units. */
    cents: integer('cents').notNull(),
    currency: text('currency').notNull(),
    refundedCents: integer('refunded_cents').notNull().default(0),
    buyerName: text('buyer_name').notNull(),
    buyerEmail: text('buyer_email').notNull(),
    fields: jsonb('fields').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** The simulated visit behind it, so that no visit buys twice. */
    visit: text('visit'),
  },
  (t) => [
    uniqueIndex('sandbox_shop_orders_visit').on(t.visit),
    index('sandbox_shop_orders_account').on(t.accountId, t.createdAt),
  ],
);

/** Apps that registered themselves at a server that people name. */
export const apps = sandbox.table('apps', {
  clientId: text('client_id').primaryKey(),
  platform: text('platform').notNull(),
  secretHash: text('secret_hash').notNull(),
  name: text('name').notNull(),
  redirectUris: jsonb('redirect_uris').$type<string[]>().notNull(),
  scopes: text('scopes').notNull().default(''),
  createdAt: at('created_at').notNull(),
});

/** Requests that platforms send to an app (cores/webhooks.ts). */
export const webhooks = sandbox.table(
  'webhooks',
  {
    id: text('id').primaryKey(),
    platform: text('platform').notNull(),
    address: text('address').notNull(),
    /** The header that proves where it is from, with its value. */
    proof: jsonb('proof').$type<{ name: string; value: string }>().notNull(),
    body: text('body').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAt: at('next_at'),
    deliveredAt: at('delivered_at'),
    /** 0: nothing responded. */
    lastStatus: integer('last_status'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [index('sandbox_webhooks_due').on(t.platform, t.nextAt)],
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

/** The tables that stand-ins share. Their own are in `<id>/tables.ts`. */
export const commonTables = [
  shopOrders,
  shopListings,

  apps,
  likes,
  tokens,
  codes,
  grants,
  reposts,
  mediaParts,
  media,
  posts,
  webhooks,
  faults,
  settings,
  accounts,
];
