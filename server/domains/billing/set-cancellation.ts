import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { findSubscription } from './customer';
import { callStripe } from './reach-stripe';
import { refreshSubscription } from './refresh-subscription';
import { isMissing } from './stripe-errors';
import { type StripeGateway, stripeGateway } from './stripe-gateway';
import { isLive } from './subscription-state';

/** Schedules the subscription to end with the paid period, or undoes that. Repeating it changes nothing. */
export async function setCancellation(ctx: Ctx, cancel: boolean, given?: StripeGateway): Promise<void> {
  const row = await findSubscription(ctx);
  const id = row?.subscriptionId;
  const none = () => new AppError('invalid', fact('billing.errors.noneRunning'));
  if (!row || !id || !isLive(row.status)) throw none();
  const gateway = given ?? (await stripeGateway());
  try {
    await callStripe(() => gateway.client.subscriptions.update(id, { cancel_at_period_end: cancel }));
  } catch (error) {
    // It ended at Stripe, perhaps together with its customer, and no webhook arrived.
    if (!isMissing(error)) throw error;
    await refreshSubscription(ctx, null, gateway);
    throw none();
  }
  await refreshSubscription(ctx, id, gateway);
}

/** Schedules the subscription to end with the paid period. */
export const cancelSubscription = defineVerb({
  verb: 'billing.cancel',
  access: 'billing.manage',
  effect: 'change',
  input: nothing,
  output: nothing,
  run: (ctx) => setCancellation(ctx, true),
});

/** Undoes the cancellation. */
export const resumeSubscription = defineVerb({
  verb: 'billing.resume',
  access: 'billing.manage',
  effect: 'change',
  input: nothing,
  output: nothing,
  run: (ctx) => setCancellation(ctx, false),
});
