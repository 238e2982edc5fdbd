import { subscriptions } from '@/db/schema';
import { asWorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { type Services, systemActor } from '@/server/verbs/context';
import { refreshSubscription } from './refresh-subscription';
import { type StripeGateway, stripeGateway } from './stripe-gateway';

/**
 * Asks Stripe about every customer's subscriptions again, so that a webhook that never came is made up for, the first one too. One that
 * fails does not stop the others. Answers how many were asked and how many could not be.
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
      await refreshSubscription(
        { ...deps, workspaceId: asWorkspaceId(row.workspaceId), actor: systemActor('billing') },
        null,
        gateway,
      );
    } catch (error) {
      failed++;
      log().warn({ err: error, workspaceId: row.workspaceId }, 'a subscription could not be reconciled');
    }
  }
  return { asked: rows.length, failed };
}
