import { notFound } from '@/server/foundation/errors';
import { type Ctx, requireRole } from '../context';
import type { Plan } from './plans';
import { reachStripe } from './reach-stripe';
import { refreshSubscription } from './refresh-subscription';
import { type StripeGateway, stripeGateway } from './stripe-gateway';

/**
 * Called when a person comes back from Checkout: applies what was bought at once, without waiting for the webhook. The session
 * must be this workspace's; anybody else's answers as one that does not exist.
 */
export async function confirmCheckout({
  ctx,
  input,
  gateway: given,
}: {
  ctx: Ctx;
  input: { sessionId: string };
  gateway?: StripeGateway;
}): Promise<{ plan: Plan | null }> {
  requireRole(ctx, 'owner', 'change the plan');
  const gateway = given ?? (await stripeGateway());
  const session = await reachStripe(() => gateway.client.checkout.sessions.retrieve(input.sessionId)).catch(
    () => null,
  );
  if (!session || session.client_reference_id !== ctx.workspaceId) throw notFound('checkout');
  if (session.status !== 'complete' || !session.subscription) return { plan: null };
  const id = typeof session.subscription === 'string' ? session.subscription : session.subscription.id;
  return { plan: await refreshSubscription(ctx, id, gateway) };
}
