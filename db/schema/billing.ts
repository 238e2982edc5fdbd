import { boolean, jsonb, text } from 'drizzle-orm/pg-core';
import { createdAt, instant, workspaceId } from './_columns';
import { tributary } from './_schema';
import { workspaces } from './workspaces';

/** Why money that was given back is not final: the refund has not arrived, or the bank has not decided. */
export type OpenRefundOrDispute = 'pending' | 'undecided';

/** The plan that a workspace pays for. `workspaces.plan` is the one it may use; the webhook sets both in one transaction. */
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
  /** The price that identified `plan`. It still identifies that plan if the settings later name another price. */
  priceId: text('price_id'),
  status: text('status').notNull().default('none'),
  currentPeriodEnd: instant('current_period_end'),
  cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull().default(false),
  /** When the applied state was requested from the platform; a state that was requested earlier changes nothing. */
  stateAt: instant('state_at'),
  /** When the applied payments were requested from the platform; payments that were requested earlier are requested again. */
  paymentsAt: instant('payments_at'),
  /** Refunds and disputes that were not final then, by the provider's id: what is booked for them may still be taken back. */
  openRefundsAndDisputes: jsonb('open_refunds_and_disputes')
    .$type<Record<string, OpenRefundOrDispute>>()
    .notNull()
    .default({}),
  createdAt: createdAt(),
});
