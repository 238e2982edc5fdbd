import type { InngestFunction } from 'inngest';
import { getDb } from '@/db/client';
import { connectionsToSetUp, setUpWebhooks } from '@/server/domains/connections/set-up-webhooks';
import { dropUnusedReceivers } from '@/server/domains/connections/webhook-receivers';
import { applyWebhooks, waitingReceivers } from '@/server/domains/webhooks/apply-webhooks';
import { systemClock } from '@/server/foundation/clock';
import { inngest } from '../../client';
import { systemCtx } from '../../ctx';
import { sendEvents } from '../../event-publisher';
import { applyRequested, webhooksRequested } from '../../events';
import { services } from '../../services';
import { onePlatform } from '../one-platform';

const EVENTS_AT_ONCE = 250;
/** Addresses of one platform whose events are applied at the same time. */
const APPLIERS_A_PLATFORM = 4;

/** Finds events whose run was not requested, crashed or failed. */
const sweep = inngest.createFunction(
  { id: 'webhooks-sweep', triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 0 },
  async () => {
    const waiting = await waitingReceivers({ db: await getDb(), clock: systemClock });
    for (let i = 0; i < waiting.length; i += EVENTS_AT_ONCE)
      await sendEvents<'webhooks/apply.requested'>(
        waiting
          .slice(i, i + EVENTS_AT_ONCE)
          .map((data) => ({ name: 'webhooks/apply.requested', data: { ...data } })),
      );
    return { waiting: waiting.length };
  },
);

/** Applies what arrived at one address. */
const apply = inngest.createFunction(
  {
    id: 'webhooks-apply',
    triggers: [applyRequested],
    concurrency: onePlatform(APPLIERS_A_PLATFORM),
    retries: 0,
  },
  async ({ event }) => applyWebhooks(await services(), event.data),
);

/** Lets platforms report what happens to connections: at once when they are connected, again if that failed, and once a day. */
const setUp = inngest.createFunction(
  {
    id: 'webhooks-set-up',
    triggers: [{ cron: '*/5 * * * *' }, webhooksRequested],
    concurrency: 1,
    retries: 1,
  },
  async ({ step }) => {
    const due = await step.run('find', async () =>
      connectionsToSetUp({ db: await getDb(), clock: systemClock }),
    );
    const states = await Promise.all(
      due.map(({ workspaceId, connectionId }) =>
        step
          .run(`set-up-${connectionId}`, async () => {
            const outcome = await setUpWebhooks({
              ctx: await systemCtx(workspaceId, 'connections'),
              connectionId,
            });
            return outcome?.state ?? 'off';
          })
          .catch(() => 'off' as const),
      ),
    );
    await step.run('drop-unused', async () => {
      await dropUnusedReceivers({ db: await getDb() });
    });
    const on = states.filter((state) => state === 'on').length;
    return { on, off: states.length - on };
  },
);

const functions: InngestFunction.Any[] = [sweep, apply, setUp];
export default functions;
