import type { z } from 'zod';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { findSubscription, withCustomer } from './customer';
import { callStripe } from './reach-stripe';
import { portalInput, urlOutput } from './schemas';
import { type StripeGateway, stripeGateway } from './stripe-gateway';

/** Return URL of the portal, which tells the page that something may have changed there. */
const portalReturn = (returnTo: string): string =>
  `${env().appUrl}${returnTo}${returnTo.includes('?') ? '&' : '?'}checkout=portal`;

/** Returns the URL of Stripe's customer portal: invoices, card, plan and cancellation. */
export async function portalFor(
  ctx: Ctx,
  input: z.output<typeof portalInput>,
  given?: StripeGateway,
): Promise<{ url: string }> {
  if (!(await findSubscription(ctx))) throw new AppError('invalid', fact('billing.errors.nothingToManage'));
  const gateway = given ?? (await stripeGateway());
  return callStripe(() =>
    withCustomer(ctx, gateway, (row) => portalOf(gateway, row.customerId, input.returnTo)),
  );
}

export async function portalOf(
  gateway: StripeGateway,
  customer: string,
  returnTo: string,
): Promise<{ url: string }> {
  const portal = await gateway.client.billingPortal.sessions.create({
    customer,
    return_url: portalReturn(returnTo),
  });
  return { url: portal.url };
}

export const openPortal = defineVerb({
  verb: 'billing.portal',
  access: 'billing.manage',
  effect: 'change',
  input: portalInput,
  output: urlOutput,
  run: (ctx, input) => portalFor(ctx, input),
});
