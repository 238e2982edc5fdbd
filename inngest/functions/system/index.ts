import { getDb } from '@/db/client';
import { forgetOld } from '@/server/domains/runs/forget-old';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { inngest } from '../../client';

/** Forgets old records of background work and old e-mails, as the settings say. */
const forgetOldRuns = inngest.createFunction(
  { id: 'system-forget-old-runs', triggers: [{ cron: '17 * * * *' }], concurrency: 1 },
  async () => {
    const { KEEP_RUNS_DAYS, KEEP_EMAILS_DAYS } = env();
    return forgetOld({
      db: await getDb(),
      clock: systemClock,
      keep: { runsDays: KEEP_RUNS_DAYS, emailsDays: KEEP_EMAILS_DAYS },
    });
  },
);

export default [forgetOldRuns];
