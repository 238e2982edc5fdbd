import { getDb } from '@/db/client';
import { announceEndings } from '@/server/domains/connections/announce-endings';
import { dropStaleChoices } from '@/server/domains/connections/drop-choice';
import { findExpiring, refreshGrant } from '@/server/domains/connections/refresh-connections';
import { findStaleLimits, refreshLimits } from '@/server/domains/connections/refresh-limits';
import { systemClock } from '@/server/foundation/clock';
import { log } from '@/server/foundation/log';
import { inngest } from '../../client';
import { systemCtx } from '../../ctx';
import { refreshRequested } from '../../events';
import { type Done, eachPage } from '../pages';

/** Time after which a page of accounts ends early, in milliseconds. */
const LIMITS_PAGE_MS = 30_000;

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

/** Reads the limits of accounts that differ from one to the other, about once a day for each. */
const limitsSweep = inngest.createFunction(
  { id: 'connections-limits', triggers: [{ cron: '17 * * * *' }], concurrency: 1, retries: 1 },
  async ({ step }) =>
    eachPage(step, {
      name: 'Reading the limits of accounts',
      read: async (after) => findStaleLimits({ db: await getDb(), clock: systemClock }, after),
      id: ({ connectionId }) => connectionId,
      async work(rows) {
        const until = performance.now() + LIMITS_PAGE_MS;
        const result: Done & { last?: (typeof rows)[number] } = { done: 0, failed: 0 };
        for (const row of rows) {
          result.last = row;
          const ctx = await systemCtx(row.workspaceId, 'connections');
          const read = await refreshLimits(ctx, row.connectionId).catch((error: unknown) => {
            log().error(
              { err: error, connection: row.connectionId },
              'the limits of an account could not be read',
            );
            return false;
          });
          if (read) result.done++;
          else result.failed++;
          if (performance.now() >= until) break;
        }
        return result;
      },
    }),
);

/** Tells members before a sign-in ends that only they can renew. */
const announceEnds = inngest.createFunction(
  { id: 'connections-endings', triggers: [{ cron: '23 * * * *' }], concurrency: 1, retries: 1 },
  async () => ({
    told: await announceEndings({
      db: await getDb(),
      clock: systemClock,
      ctxOf: (workspaceId) => systemCtx(workspaceId, 'connections'),
    }),
  }),
);

export default [refreshSweep, limitsSweep, announceEnds];
