import { getDb } from '@/db/client';
import { inngest } from '@/inngest/client';
import { signals } from '@/inngest/signals';
import { reconcileSubscriptions } from '@/server/domains/billing/reconcile-subscriptions';
import { systemClock } from '@/server/foundation/clock';

const reconcile = inngest.createFunction(
  {
    id: 'billing-reconcile',
    name: 'Check subscriptions with Stripe',
    triggers: [{ cron: '17 */6 * * *' }],
    retries: 1,
  },
  async () => reconcileSubscriptions({ db: await getDb(), clock: systemClock, signals }),
);

export default [reconcile];
