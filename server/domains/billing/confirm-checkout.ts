import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import type { Plan } from '../plans/plans';
import { findSubscription } from './customer';
import { callStripe } from './reach-stripe';
import { refreshSubscription } from './refresh-subscription';
import { checkoutOutcome, confirmInput } from './schemas';
import { type StripeGateway, stripeGateway } from './stripe-gateway';

/** Outcome of a checkout: the plan, or null until Stripe has completed it. */
interface CheckoutOutcome {
  plan: Plan | null;
  /** The session ended or is still open without a payment, so waiting is pointless. */
  unpaid?: true;
}

/**
 * Applies a purchase as soon as the user returns from Checkout, without waiting for the webhook. The session must belong to this workspace;
 * any other one is treated as nonexistent. Throws `unavailable` or `platform_failed` if Stripe cannot be queried.
 */
export async function applyCheckout(
  ctx: Ctx,
  input: { sessionId: string },
  given?: StripeGateway,
): Promise<CheckoutOutcome> {
  const gateway = given ?? (await stripeGateway());
  const session = await callStripe(() => gateway.client.checkout.sessions.retrieve(input.sessionId)).catch(
    (error) => {
      // Any other failure reveals nothing about the session.
      const cause = error instanceof Error ? (error.cause as { statusCode?: number } | undefined) : undefined;
      if (cause?.statusCode !== 404) throw error;
      return null;
    },
  );
  if (!session || session.client_reference_id !== ctx.workspaceId) throw notFound('checkout');
  if (session.status === 'open' || session.status === 'expired') return { plan: null, unpaid: true };
  if (!session.subscription) return { plan: null };
  const id = typeof session.subscription === 'string' ? session.subscription : session.subscription.id;
  const plan = await refreshSubscription(ctx, id, gateway);
  // Some payments settle some time after the checkout is complete.
  return { plan: plan === 'free' ? null : plan };
}

/** Applies changes made in the customer portal as soon as the user returns, without waiting for the webhook. */
export async function applyPortal(ctx: Ctx, gateway?: StripeGateway): Promise<CheckoutOutcome> {
  if (!(await findSubscription(ctx))) return { plan: null, unpaid: true };
  const plan = await refreshSubscription(ctx, null, gateway);
  const known = await findSubscription(ctx);
  return known?.subscriptionId ? { plan } : { plan: null, unpaid: true };
}

export const confirmCheckout = defineVerb({
  verb: 'billing.confirm',
  access: 'billing.manage',
  effect: 'change',
  input: confirmInput,
  output: checkoutOutcome,
  run: (ctx, input) => applyCheckout(ctx, input),
});

export const confirmPortal = defineVerb({
  verb: 'billing.confirmPortal',
  access: 'billing.manage',
  effect: 'change',
  input: nothing,
  output: checkoutOutcome,
  run: (ctx) => applyPortal(ctx),
});
