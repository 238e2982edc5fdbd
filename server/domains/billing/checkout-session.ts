import type Stripe from 'stripe';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { keyed } from './keyed';
import type { PaidPlan, StripeGateway } from './stripe-gateway';

interface CheckoutRequest {
  workspaceId: string;
  customer: string;
  plan: PaidPlan;
  /** Path of our page to return to. */
  returnTo: string;
  now: Date;
}

/** Minimum remaining lifetime of a reused session, in milliseconds: the user needs time to pay. */
const ENOUGH_MS = 15 * 60_000;

/**
 * Returns the URL of the only checkout page that this customer can still pay. Reuses the open session if it matches the wish, otherwise
 * creates one, and expires all others at Stripe so that they cannot be paid. Returns null if one was paid meanwhile or a concurrent request
 * created a newer session; the caller must check again.
 */
export async function onlyOpenSession(gateway: StripeGateway, wish: CheckoutRequest): Promise<string | null> {
  const { sessions } = gateway.client.checkout;
  // Newest first. At most one session stays open for long, so those beyond this page ended long ago.
  const list = async () => (await sessions.list({ customer: wish.customer, limit: 100 })).data;
  const known = await list();
  const open = known.filter(({ status }) => status === 'open');
  const same = open.find((session) => fits(gateway, session, wish));
  for (const session of open) if (session !== same && !(await expire(gateway, session.id))) return null;
  if (same?.url) return same.url;

  const made = await make(gateway, wish, known[0]?.id);
  if (!made.url) throw new AppError('platform_failed', fact('billing.errors.noPaymentPage'));
  // Of concurrent requests, the one with the newest session wins.
  const [newest, ...older] = (await list()).filter(({ status }) => status === 'open');
  if (newest?.id !== made.id) {
    await expire(gateway, made.id);
    return null;
  }
  for (const session of older)
    if (!(await expire(gateway, session.id))) {
      await expire(gateway, made.id);
      return null;
    }
  return made.url;
}

const metadataOf = (gateway: StripeGateway, wish: CheckoutRequest) => ({
  workspaceId: wish.workspaceId,
  plan: wish.plan,
  price: gateway.prices[wish.plan],
  returnTo: wish.returnTo,
});

function fits(gateway: StripeGateway, session: Stripe.Checkout.Session, wish: CheckoutRequest): boolean {
  return (
    session.url !== null &&
    session.expires_at * 1000 - wish.now.getTime() > ENOUGH_MS &&
    Object.entries(metadataOf(gateway, wish)).every(([key, value]) => session.metadata?.[key] === value)
  );
}

/**
 * `after` is the customer's newest session so far. It is part of the idempotency key, so that two clicks share a session and a checkout
 * after that session gets a new one.
 */
function make(
  gateway: StripeGateway,
  wish: CheckoutRequest,
  after: string | undefined,
): Promise<Stripe.Checkout.Session> {
  const back = `${env().appUrl}${wish.returnTo}${wish.returnTo.includes('?') ? '&' : '?'}`;
  return keyed(
    `checkout:${wish.customer}:${after ?? 'first'}`,
    {
      mode: 'subscription' as const,
      customer: wish.customer,
      client_reference_id: wish.workspaceId,
      line_items: [{ price: gateway.prices[wish.plan], quantity: 1 }],
      success_url: `${back}checkout={CHECKOUT_SESSION_ID}`,
      cancel_url: `${back}checkout=cancelled`,
      metadata: metadataOf(gateway, wish),
      subscription_data: { metadata: { workspaceId: wish.workspaceId } },
    },
    (params, options) => gateway.client.checkout.sessions.create(params, options),
  );
}

/** Expires a session. Returns false if it was already paid. */
async function expire(gateway: StripeGateway, id: string): Promise<boolean> {
  const { sessions } = gateway.client.checkout;
  try {
    await sessions.expire(id);
    return true;
  } catch (error) {
    // Only an open session can be expired; it may have been paid or ended in the meantime.
    const { status } = await sessions.retrieve(id);
    if (status === 'open') throw error;
    return status !== 'complete';
  }
}
