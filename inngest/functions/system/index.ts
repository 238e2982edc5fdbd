import { getDb } from '@/db/client';
import { cleanUpFiles } from '@/server/domains/files/clean-up';
import { deleteExpired } from '@/server/domains/retention/delete-expired';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { inngest } from '../../client';

/** Deletes old records of background work, old e-mails and old activity, as configured in the settings. */
const deleteExpiredRecords = inngest.createFunction(
  { id: 'system-delete-expired', triggers: [{ cron: '17 * * * *' }], concurrency: 1 },
  async () => {
    const { KEEP_RUNS_DAYS, KEEP_EMAILS_DAYS, KEEP_ACTIVITY_DAYS } = env();
    return deleteExpired({
      db: await getDb(),
      clock: systemClock,
      keep: {
        runsDays: KEEP_RUNS_DAYS,
        emailsDays: KEEP_EMAILS_DAYS,
        activityDays: KEEP_ACTIVITY_DAYS,
      },
    });
  },
);

/** Frees the space of files and contents that are no longer needed. */
const cleanUp = inngest.createFunction(
  {
    id: 'system-clean-up-files',
    triggers: [{ cron: '41 4 * * *' }],
    concurrency: 1,
    retries: 1,
  },
  async () => cleanUpFiles({ db: await getDb(), clock: systemClock }),
);

export default [deleteExpiredRecords, cleanUp];
