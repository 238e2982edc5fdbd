import { createHash } from 'node:crypto';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '@/db/client';
import { ledgerTransactions, subscriptions, webhookEvents } from '@/db/schema';
import { problemsByField } from '@/server/foundation/errors';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { storableBody } from '@/server/foundation/stored-body';
import { type Ctx, type Services, webhookActor } from '@/server/verbs/context';
import { subjectOf } from './event-subject';
import { findPayment } from './find-payment';
import { refreshPayments } from './refresh-payments';
import { refreshSubscription } from './refresh-subscription';
import { NotWholeAmount } from './stripe-amount';
import { isMissing } from './stripe-errors';
import { type StripeGateway, stripeGateway } from './stripe-gateway';
import { eventEnvelope } from './stripe-wire';
import { UNREAD_ID } from './unread-events';

/** Maximum age of a signature, in seconds: Stripe's own default. */
const TOLERANCE_S = 300;

type WebhookOutcome = 'done' | 'repeated' | 'ignored' | 'unreadable' | 'forged';

/**
 * Processes one delivery: the raw body and the `Stripe-Signature` header. A wrong or old signature (over 300 s) is `forged`; a delivery
 * that was already processed is `repeated`. A genuine delivery of an unknown shape is `unreadable`: it is stored as received, logged and
 * shown to operators on /runs (unread-events.ts). It does not count as processed, so a manual re-send is processed if this version can read
 * it by then. Throws on any other failure, so that Stripe delivers again; processing an event twice is harmless because each event only
 * makes us query Stripe for the current state.
 */
export async function handleStripeWebhook(
  deps: Services & { gateway?: StripeGateway },
  body: string,
  signature: string,
): Promise<WebhookOutcome> {
  const gateway = deps.gateway ?? (await stripeGateway());
  const { webhooks } = gateway.client;
  const at = deps.clock.now().getTime();
  const { signature: signatures } = webhooks;
  if (!signatures) throw new Error('Stripe’s library cannot check signatures');
  try {
    signatures.verifyHeader(body, signature, gateway.webhookSecret, TOLERANCE_S, undefined, at);
  } catch {
    return 'forged';
  }
  let received: unknown;
  try {
    received = webhooks.constructEvent(body, signature, gateway.webhookSecret, TOLERANCE_S, undefined, at);
  } catch {
    // Genuinely from Stripe, but its own library cannot read it: not JSON, or another kind of event.
  }
  const now = deps.clock.now();
  const read = eventEnvelope.safeParse(received);
  if (!read.success) return keepUnread(deps.db, now, body, read.error);
  const event = read.data;
  const seen = await deps.db.asSystem(async (tx) => {
    const [row] = await tx
      .insert(webhookEvents)
      .values({ id: `stripe:${event.id}`, provider: 'stripe', type: event.type, receivedAt: now })
      .onConflictDoUpdate({ target: webhookEvents.id, set: { receivedAt: sql`${webhookEvents.receivedAt}` } })
      .returning();
    return row;
  });
  if (seen?.processedAt) return 'repeated';

  const outcome = await process(deps, gateway, event).catch((error: unknown) => {
    // Stripe's answer has an amount that we cannot book as it is, so another delivery would not help.
    if (error instanceof NotWholeAmount) return unreadable(event, ['amount']);
    throw error;
  });
  await deps.db.asSystem(async (tx) => {
    const read = outcome !== 'unreadable';
    await tx
      .update(webhookEvents)
      .set({ processedAt: read ? deps.clock.now() : null, outcome, body: read ? null : storableBody(body) })
      // If another delivery was processed meanwhile, its outcome stays.
      .where(and(eq(webhookEvents.id, `stripe:${event.id}`), isNull(webhookEvents.processedAt)));
    // An earlier version may have stored the same body as unreadable.
    if (read) await tx.delete(webhookEvents).where(eq(webhookEvents.id, unreadId(body)));
  });
  return outcome;
}

async function process(
  deps: Services,
  gateway: StripeGateway,
  event: z.output<typeof eventEnvelope>,
): Promise<WebhookOutcome> {
  const read = subjectOf(event);
  if (read.kind === 'unreadable') return unreadable(event, read.fields);
  if (read.kind === 'ignored') return 'ignored';
  const { subject } = read;
  const payment = subject.payment ? await findPayment(gateway, subject) : null;
  const customer = subject.customer ?? payment?.customer;
  // Nothing that was paid by a customer, such as a payment without one.
  if (!customer) return 'ignored';
  const workspaceId =
    (await workspaceOfCustomer(deps.db, customer)) ??
    (payment && (await workspaceOfInvoices(deps.db, await payment.invoices())));
  if (!workspaceId) {
    log().warn({ event: event.id, type: event.type }, 'stripe event for an unknown customer');
    return 'ignored';
  }
  const ctx: Ctx = {
    db: deps.db,
    clock: deps.clock,
    events: deps.events,
    platforms: deps.platforms,
    workspaceId,
    actor: webhookActor('stripe'),
  };
  if (subject.subscription)
    try {
      await refreshSubscription(ctx, subject.subscription, gateway);
    } catch (error) {
      // Stripe itself reports that there is no such subscription, so a retry would not help.
      if (!isMissing(error)) throw error;
      log().warn(
        { event: event.id, type: event.type },
        'stripe event for a subscription that does not exist at stripe',
      );
    }
  if (payment) await refreshPayments(ctx, gateway, customer, payment.named);
  return 'done';
}

/** Stores a signed delivery that is not even an event, once per body. */
async function keepUnread(db: Db, now: Date, body: string, error: z.ZodError): Promise<'unreadable'> {
  const id = unreadId(body);
  await db.asSystem((tx) =>
    tx
      .insert(webhookEvents)
      .values({
        id,
        provider: 'stripe',
        type: 'unknown',
        receivedAt: now,
        outcome: 'unreadable',
        body: storableBody(body),
      })
      .onConflictDoNothing(),
  );
  return unreadable({ id }, Object.keys(problemsByField(error)));
}

const unreadId = (body: string): string => `${UNREAD_ID}${createHash('sha256').update(body).digest('hex')}`;

/** Logs an unreadable event with the names of its fields only, because the rest may be personal data. */
function unreadable(event: { id?: string; type?: string }, fields: string[]): 'unreadable' {
  log().error(
    { event: event.id, type: event.type, fields },
    'a signed stripe event has an unknown shape; its body is stored unchanged in webhook_events',
  );
  return 'unreadable';
}

function workspaceOfCustomer(db: Db, customerId: string): Promise<WorkspaceId | null> {
  return db.asSystem(async (tx) => {
    const [row] = await tx
      .select({ id: subscriptions.workspaceId })
      .from(subscriptions)
      .where(eq(subscriptions.customerId, customerId));
    return row ? asWorkspaceId(row.id) : null;
  });
}

/** Returns the workspace that booked one of the invoices. Finds the payments of a customer that was replaced since. */
function workspaceOfInvoices(db: Db, invoices: readonly string[]): Promise<WorkspaceId | null> {
  if (invoices.length === 0) return Promise.resolve(null);
  return db.asSystem(async (tx) => {
    const [row] = await tx
      .select({ id: ledgerTransactions.workspaceId })
      .from(ledgerTransactions)
      .where(
        and(
          eq(ledgerTransactions.sourceType, 'invoice'),
          inArray(ledgerTransactions.sourceId, [...invoices]),
        ),
      )
      .limit(1);
    return row ? asWorkspaceId(row.id) : null;
  });
}
