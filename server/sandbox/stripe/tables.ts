import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, sandbox } from '../schema';

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

export const stripeTables = [stripeDeliveries, stripeRequests, stripeObjects];
