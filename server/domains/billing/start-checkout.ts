import type { z } from 'zod';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { onlyOpenSession } from './checkout-session';
import { withCustomer } from './customer';
import { subscriptionsOfCustomer } from './customer-subscriptions';
import { portalOf } from './open-portal';
import { callStripe } from './reach-stripe';
import { applySubscriptions } from './refresh-subscription';
import { checkoutInput, urlOutput } from './schemas';
import { type StripeGateway, stripeGateway } from './stripe-gateway';
import { isLive } from './subscription-state';

/** Maximum number of attempts when other requests for the same workspace interfere. */
const ROUNDS = 4;

/**
 * Starts Stripe Checkout for a plan and returns the page's URL. A workspace has one open checkout: the same request gets the same page, and
 * a different one ends the previous page. A workspace with a subscription that is or may be charged, according to Stripe's current state,
 * is sent to the customer portal instead, so that it does not pay twice.
 */
export async function openCheckout(
  ctx: Ctx,
  input: z.output<typeof checkoutInput>,
  given?: StripeGateway,
): Promise<{ url: string }> {
  const gateway = given ?? (await stripeGateway());
  return callStripe(() =>
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
  access: 'billing.manage',
  effect: 'change',
  input: checkoutInput,
  output: urlOutput,
  run: (ctx, input) => openCheckout(ctx, input),
});
