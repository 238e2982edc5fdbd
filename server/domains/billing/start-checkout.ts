import type { z } from 'zod';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { onlyOpenSession } from './checkout-session';
import { withCustomer } from './customer';
import { subscriptionsOfCustomer } from './customer-subscriptions';
import { portalOf } from './open-portal';
import { reachStripe } from './reach-stripe';
import { applySubscriptions } from './refresh-subscription';
import { checkoutInput, urlOutput } from './schemas';
import { type StripeGateway, stripeGateway } from './stripe-gateway';
import { isLive } from './subscription-state';

/** How often it is tried beside other requests for the same workspace. */
const ROUNDS = 4;

/**
 * Starts Stripe Checkout for a plan and answers the page's address. A workspace has one open checkout: asking for the same again gets the same
 * page, asking for another ends the one before. A workspace with a subscription that is or may be charged, by what Stripe says
 * now, is sent to the customer portal instead, so that nobody pays twice.
 */
export async function openCheckout(
  ctx: Ctx,
  input: z.output<typeof checkoutInput>,
  given?: StripeGateway,
): Promise<{ url: string }> {
  const gateway = given ?? (await stripeGateway());
  return reachStripe(() =>
    withCustomer(ctx, gateway, async ({ customerId }) => {
      for (let round = 0; round < ROUNDS; round++) {
        const now = ctx.clock.now();
        const all = await subscriptionsOfCustomer(gateway, customerId);
        if (all.some(({ status }) => isLive(status))) {
          await applySubscriptions(ctx, gateway, { customerId, all, askedAt: now });
          return portalOf(gateway, customerId, input.returnTo);
        }
        const { workspaceId } = ctx;
        const url = await onlyOpenSession(gateway, { ...input, workspaceId, customer: customerId, now });
        if (url) return { url };
      }
      throw new AppError('conflict', fact('billing.errors.startedElsewhere'));
    }),
  );
}

export const startCheckout = defineVerb({
  verb: 'billing.checkout',
  permission: 'billing.manage',
  effect: 'change',
  input: checkoutInput,
  output: urlOutput,
  run: (ctx, input) => openCheckout(ctx, input),
});
