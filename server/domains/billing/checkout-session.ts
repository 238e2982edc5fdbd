import type Stripe from 'stripe';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { keyed } from './keyed';
import type { PaidPlan, StripeGateway } from './stripe-gateway';

export interface CheckoutRequest {
  workspaceId: string;
  customer: string;
  plan: PaidPlan;
  /** Our page to come back to. */
  returnTo: string;
  now: Date;
}

/** A session that ends sooner than this is not handed out again, in milliseconds: a person needs time to pay. */
const ENOUGH_MS = 15 * 60_000;

/**
 * The page on which the wish can be paid, so that it is the only one open for this customer: the open session when it is for the same, else a
 * new one, and every other is expired at Stripe, after which it cannot be paid. Null when meanwhile one was paid, or a request
 * beside this one made a newer session: look again.
 */
export async function onlyOpenSession(gateway: StripeGateway, wish: CheckoutRequest): Promise<string | null> {
  const { sessions } = gateway.client.checkout;
  // The newest first. At most one is open for long, so those beyond this page ended long ago.
  const list = async () => (await sessions.list({ customer: wish.customer, limit: 100 })).data;
  const known = await list();
  const open = known.filter(({ status }) => status === 'open');
  const same = open.find((session) => fits(gateway, session, wish));
  for (const session of open) if (session !== same && !(await expire(gateway, session.id))) return null;
  if (same?.url) return same.url;

  const made = await make(gateway, wish, known[0]?.id);
  if (!made.url) throw new AppError('platform_failed', fact('billing.errors.noPaymentPage'));
  // Of requests at the same time, the one with the newest session goes on.
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

/** `after` is the customer's newest session so far: the key is another one once that has ended, and the same for two clicks. */
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

/** Expires a session. Answers false when it was paid before. */
async function expire(gateway: StripeGateway, id: string): Promise<boolean> {
  const { sessions } = gateway.client.checkout;
  try {
    await sessions.expire(id);
    return true;
  } catch (error) {
    // Only an open session can be expired: it may have been paid or have ended at this moment.
    const { status } = await sessions.retrieve(id);
    if (status === 'open') throw error;
    return status !== 'complete';
  }
}
