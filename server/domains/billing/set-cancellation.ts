import { AppError } from '@/server/foundation/errors';
import { type Ctx, requireRole } from '../context';
import { findSubscription } from './customer';
import { reachStripe } from './reach-stripe';
import { refreshSubscription } from './refresh-subscription';
import { type StripeGateway, stripeGateway } from './stripe-gateway';

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
  if (!row || !id || row.status === 'canceled')
    throw new AppError('invalid', 'There is no running subscription.');
  const gateway = given ?? (await stripeGateway());
  await reachStripe(() => gateway.client.subscriptions.update(id, { cancel_at_period_end: cancel }));
  await refreshSubscription(ctx, id, gateway);
}
