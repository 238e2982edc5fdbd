import { AppError } from '@/server/foundation/errors';
import { type Ctx, requireRole } from '../context';
import { findSubscription } from './customer';
import { reachStripe } from './reach-stripe';
import { refreshSubscription } from './refresh-subscription';
import { isMissing } from './stripe-errors';
import { type StripeGateway, stripeGateway } from './stripe-gateway';
import { isLive } from './subscription-standing';

/** Ends the subscription at the end of what is paid, or takes that back. Setting it twice changes nothing. */
export async function setCancellation({
  ctx,
  cancel,
  gateway: given,
}: {
  ctx: Ctx;
  cancel: boolean;
  gateway?: StripeGateway;
}): Promise<void> {
  requireRole(ctx, 'owner', cancel ? 'cancel the subscription' : 'keep the subscription');
  const row = await findSubscription(ctx);
  const id = row?.subscriptionId;
  const none = () => new AppError('invalid', 'There is no running subscription.');
  if (!row || !id || !isLive(row.status)) throw none();
  const gateway = given ?? (await stripeGateway());
  try {
    await reachStripe(() => gateway.client.subscriptions.update(id, { cancel_at_period_end: cancel }));
  } catch (error) {
    // It ended at Stripe, with its customer perhaps, and nobody told us.
    if (!isMissing(error)) throw error;
    await refreshSubscription(ctx, null, gateway);
    throw none();
  }
  await refreshSubscription(ctx, id, gateway);
}
