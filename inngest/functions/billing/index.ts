import { inngest } from '@/inngest/client';
import { reconcileSubscriptions } from '@/server/domains/billing/reconcile-subscriptions';
import { services } from '../../services';

const reconcile = inngest.createFunction(
  {
    id: 'billing-reconcile',
    triggers: [{ cron: '17 */6 * * *' }],
    retries: 1,
  },
  async () => reconcileSubscriptions(await services()),
);

export default [reconcile];
