import { eq, sql } from 'drizzle-orm';
import type Stripe from 'stripe';
import type { Db } from '@/db/client';
import { subscriptions, webhookEvents } from '@/db/schema';
import type { Clock } from '@/server/foundation/clock';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import type { Ctx, Signals } from '../context';
import { recordInvoice } from './record-invoice';
import { refreshSubscription } from './refresh-subscription';
import { type StripeGateway, stripeGateway } from './stripe-gateway';

export type WebhookOutcome = 'done' | 'repeated' | 'ignored' | 'forged';

/**
 * Takes one delivery: the raw body and the `Stripe-Signature` header. A wrong or old signature (over 300 s) is `forged`; a delivery
 * that was processed before is `repeated`. When anything fails it throws, so that Stripe delivers again; processing twice is harmless
 * because each event only makes us ask Stripe for the present state.
 */
export async function handleStripeWebhook(
  deps: { db: Db; clock: Clock; signals: Signals; gateway?: StripeGateway },
  body: string,
  signature: string,
): Promise<WebhookOutcome> {
  const gateway = deps.gateway ?? (await stripeGateway());
  let event: Stripe.Event;
  try {
    event = gateway.client.webhooks.constructEvent(
      body,
      signature,
      gateway.webhookSecret,
      300,
      undefined,
      deps.clock.now().getTime(),
    );
  } catch {
    return 'forged';
  }
  const now = deps.clock.now();
  const seen = await deps.db.asSystem(async (tx) => {
    const [row] = await tx
      .insert(webhookEvents)
      .values({ id: `stripe:${event.id}`, provider: 'stripe', type: event.type, receivedAt: now })
      .onConflictDoUpdate({ target: webhookEvents.id, set: { receivedAt: sql`${webhookEvents.receivedAt}` } })
      .returning();
    return row;
  });
  if (seen?.processedAt) return 'repeated';

  const outcome = await process(deps, gateway, event);
  await deps.db.asSystem((tx) =>
    tx
      .update(webhookEvents)
      .set({ processedAt: deps.clock.now(), outcome })
      .where(eq(webhookEvents.id, `stripe:${event.id}`)),
  );
  return outcome;
}

async function process(
  deps: { db: Db; clock: Clock; signals: Signals },
  gateway: StripeGateway,
  event: Stripe.Event,
): Promise<WebhookOutcome> {
  const subject = subjectOf(event);
  if (!subject) return 'ignored';
  const workspaceId = await workspaceOfCustomer(deps.db, subject.customer);
  if (!workspaceId) {
    log().warn({ event: event.id, type: event.type }, 'stripe event of a customer that is not ours');
    return 'ignored';
  }
  const ctx: Ctx = {
    db: deps.db,
    clock: deps.clock,
    signals: deps.signals,
    workspaceId,
    role: 'owner',
    actor: { kind: 'system', name: 'stripe' },
  };
  if (subject.subscription) await refreshSubscription(ctx, subject.subscription, gateway);
  if (subject.invoice) await recordInvoice(ctx, subject.invoice, event.type);
  return 'done';
}

interface Subject {
  customer: string;
  subscription: string | null;
  invoice?: Stripe.Invoice;
}

const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);

function subjectOf(event: Stripe.Event): Subject | null {
  switch (event.type) {
    case 'checkout.session.completed': {
      const customer = idOf(event.data.object.customer);
      return customer ? { customer, subscription: idOf(event.data.object.subscription) } : null;
    }
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.deleted':
    case 'customer.subscription.paused':
    case 'customer.subscription.resumed': {
      const customer = idOf(event.data.object.customer);
      return customer ? { customer, subscription: event.data.object.id } : null;
    }
    case 'invoice.paid':
    case 'invoice.payment_failed': {
      const invoice = event.data.object;
      const customer = idOf(invoice.customer);
      return customer
        ? { customer, subscription: idOf(invoice.parent?.subscription_details?.subscription), invoice }
        : null;
    }
    default:
      return null;
  }
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
