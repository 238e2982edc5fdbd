import type { z } from 'zod';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { type Ctx, requireRole } from '../context';
import { ensureCustomer } from './customer';
import { portalReturn } from './open-portal';
import { reachStripe } from './reach-stripe';
import type { checkoutInput } from './schemas';
import { type StripeGateway, stripeGateway } from './stripe-gateway';

const LIVE = new Set(['active', 'trialing', 'past_due']);

/**
 * Starts Stripe Checkout for a plan and answers the page's address. A workspace that already pays is sent to the customer
 * portal instead, so that nobody pays twice. Two clicks within ten minutes get one checkout session.
 */
export async function startCheckout({
  ctx,
  input,
  gateway: given,
}: {
  ctx: Ctx;
  input: z.output<typeof checkoutInput>;
  gateway?: StripeGateway;
}): Promise<{ url: string }> {
  requireRole(ctx, 'owner', 'change the plan');
  const gateway = given ?? (await stripeGateway());
  return reachStripe(async () => {
    const subscription = await ensureCustomer(ctx, gateway);
    const back = `${env().appUrl}${input.returnTo}`;
    if (subscription.subscriptionId && LIVE.has(subscription.status)) {
      const portal = await gateway.client.billingPortal.sessions.create({
        customer: subscription.customerId,
        return_url: portalReturn(input.returnTo),
      });
      return { url: portal.url };
    }
    const joiner = back.includes('?') ? '&' : '?';
    const window = Math.floor(ctx.clock.now().getTime() / 600_000);
    const session = await gateway.client.checkout.sessions.create(
      {
        mode: 'subscription',
        customer: subscription.customerId,
        client_reference_id: ctx.workspaceId,
        line_items: [{ price: gateway.prices[input.plan], quantity: 1 }],
        success_url: `${back}${joiner}checkout={CHECKOUT_SESSION_ID}`,
        cancel_url: `${back}${joiner}checkout=cancelled`,
        metadata: { workspaceId: ctx.workspaceId },
        subscription_data: { metadata: { workspaceId: ctx.workspaceId } },
      },
      {
        idempotencyKey: `checkout:${ctx.workspaceId}:${input.plan}:${subscription.subscriptionId ?? 'first'}:${input.returnTo}:${window}`,
      },
    );
    if (!session.url)
      throw new AppError('platform_failed', 'Stripe did not give us a payment page. Try again in a minute.');
    return { url: session.url };
  });
}
