import { subscriptions } from '@/db/schema';
import { asWorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { type Services, systemActor } from '@/server/verbs/context';
import { refreshPayments } from './refresh-payments';
import { refreshSubscription } from './refresh-subscription';
import { type StripeGateway, stripeGateway } from './stripe-gateway';

/**
 * Refreshes every customer's subscriptions and payments from Stripe, to make up for lost webhooks, including the first one. A failure does
 * not stop the others. Returns how many were queried and how many failed.
 */
export async function reconcileSubscriptions(
  deps: Services & { gateway?: StripeGateway },
): Promise<{ asked: number; failed: number }> {
  const rows = await deps.db.asSystem((tx) => tx.select().from(subscriptions));
  if (rows.length === 0) return { asked: 0, failed: 0 };
  const gateway = deps.gateway ?? (await stripeGateway());
  let failed = 0;
  for (const row of rows) {
    if (row.environment !== gateway.environment) continue;
    try {
      const ctx = { ...deps, workspaceId: asWorkspaceId(row.workspaceId), actor: systemActor('billing') };
      await refreshSubscription(ctx, null, gateway);
      await refreshPayments(ctx, gateway, row.customerId);
    } catch (error) {
      failed++;
      log().warn({ err: error, workspaceId: row.workspaceId }, 'a subscription could not be reconciled');
    }
  }
  return { asked: rows.length, failed };
}
