import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, text, unique } from 'drizzle-orm/pg-core';
import { createdAt, factColumn, id, instant, workspaceId } from './_columns';
import { tributary } from './_schema';
import { connections, workspaces } from './workspaces';

/**
 * Webhooks that were received, each once. Stripe's are processed while Stripe waits; those of platforms are stored, answered, and then
 * applied by a background function. System-only.
 */
export const webhookEvents = tributary.table(
  'webhook_events',
  {
    /** `<provider>:<event>`, or `<platform>:<receiver>:<event>`: the event's own id, or else a digest of the body. */
    id: text('id').primaryKey(),
    provider: text('provider').notNull(),
    type: text('type').notNull(),
    receivedAt: instant('received_at').notNull(),
    processedAt: instant('processed_at'),
    outcome: text('outcome'),
    /**
     * The raw body, until it is applied, or if it could not be read; base64 (`base64:…`) if it contains bytes that a text column cannot
     * hold.
     */
    body: text('body'),
    /** The address at which a platform's event arrived: the last part of its path. */
    receiver: text('receiver'),
    /** When it is applied, or the end of the lease of the run that applies it. Null if nothing is to be applied. */
    nextAt: instant('next_at'),
    leaseToken: text('lease_token'),
    tries: integer('tries').notNull().default(0),
  },
  (t) => [
    index('webhook_events_received').on(t.receivedAt),
    index('webhook_events_waiting').on(t.receiver, t.nextAt).where(sql`next_at is not null`),
  ],
);

/**
 * An address at which a platform reports what happens to one connection, or to all accounts of one of its users: `subject` is the
 * connection's id, or the platform's id of the user, whom several workspaces may have connected. System-only.
 */
export const webhookReceivers = tributary.table(
  'webhook_receivers',
  {
    id: id(),
    platform: text('platform').notNull(),
    environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
    server: text('server').notNull().default(''),
    subject: text('subject').notNull(),
    /** What the platform proves itself with. Sealed, with context `webhook:<id>`. */
    secret: text('secret').notNull(),
    createdAt: createdAt(),
  },
  (t) => [unique('webhook_receivers_subject').on(t.platform, t.environment, t.server, t.subject)],
);

/** Whether a platform reports by itself what happens to a connection. Deleted when the connection is connected anew or disconnected. */
export const connectionWebhooks = tributary.table(
  'connection_webhooks',
  {
    connectionId: text('connection_id').primaryKey(),
    workspaceId: workspaceId().references(() => workspaces.id, { onDelete: 'cascade' }),
    state: text('state', { enum: ['on', 'off'] }).notNull(),
    /** Why it is off. */
    problem: factColumn('problem'),
    tries: integer('tries').notNull().default(0),
    /** When it is set up again: soon after a failure, and once a day in case the platform has forgotten it. */
    nextAt: instant('next_at').notNull(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }).onDelete('cascade'),
    index('connection_webhooks_due').on(t.nextAt),
  ],
);
