import { getDb } from '@/db/client';
import { dropStaleChoices } from '@/server/domains/connections/drop-choice';
import { findExpiring, refreshGrant } from '@/server/domains/connections/refresh-connections';
import { systemClock } from '@/server/foundation/clock';
import { inngest } from '../../client';
import { systemCtx } from '../../ctx';
import { refreshRequested } from '../../events';

/** Renews tokens before they expire. Each sign-in has its own step, so that a problem with one platform does not stop the others. */
const refreshSweep = inngest.createFunction(
  {
    id: 'connections-refresh',
    triggers: [{ cron: '*/5 * * * *' }, refreshRequested],
    concurrency: 1,
    retries: 1,
  },
  async ({ step }) => {
    const due = await step.run('find', async () => findExpiring({ db: await getDb(), clock: systemClock }));
    const outcomes = await Promise.all(
      due.map(({ workspaceId, grantId }) =>
        step
          .run(`renew-${grantId}`, async () =>
            refreshGrant({ ctx: await systemCtx(workspaceId, 'connections'), grantId }),
          )
          .catch(() => 'later' as const),
      ),
    );
    await step.run('drop-choices', async () => dropStaleChoices({ db: await getDb(), clock: systemClock }));
    const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
    return { renewed: count('renewed'), broken: count('broken'), later: count('later') };
  },
);

export default [refreshSweep];
