import { boolean, index, text } from 'drizzle-orm/pg-core';
import { createdAt, instant, workspaceId } from './_columns';
import { tributary } from './_schema';
import { workspaces } from './workspaces';

/** What a workspace pays for. `workspaces.plan` is what it may use; the webhook sets both in one transaction. */
export const subscriptions = tributary.table('subscriptions', {
  workspaceId: workspaceId()
    .primaryKey()
    .references(() => workspaces.id, { onDelete: 'cascade' }),
  provider: text('provider', { enum: ['stripe'] }).notNull(),
  environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
  customerId: text('customer_id').notNull().unique(),
  subscriptionId: text('subscription_id').unique(),
  plan: text('plan', { enum: ['free', 'pro', 'agency'] })
    .notNull()
    .default('free'),
  /** The price by which `plan` was recognised. It goes on standing for that plan when the settings name another one. */
  priceId: text('price_id'),
  status: text('status').notNull().default('none'),
  currentPeriodEnd: instant('current_period_end'),
  cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull().default(false),
  /** The platform's time of the newest state that was applied: an older event changes nothing. */
  stateAt: instant('state_at'),
  createdAt: createdAt(),
});

/** Each webhook delivery once. System-only. */
export const webhookEvents = tributary.table(
  'webhook_events',
  {
    id: text('id').primaryKey(),
    provider: text('provider').notNull(),
    type: text('type').notNull(),
    receivedAt: instant('received_at').notNull(),
    processedAt: instant('processed_at'),
    outcome: text('outcome'),
    /** The delivery as it came, only where nobody could read it; in base64 (`base64:…`) where it holds what a text cannot. */
    body: text('body'),
  },
  (t) => [index('webhook_events_received').on(t.receivedAt)],
);
