import { sql } from 'drizzle-orm';
import { getDb } from '@/db/client';
import { systemClock } from '@/server/foundation/clock';
import { inngest } from '../../client';

const DAY = 86_400_000;

/** Forgets old records of background work: a workspace's after 30 days, the system's own after 3. */
const forgetOldRuns = inngest.createFunction(
  { id: 'system-forget-old-runs', triggers: [{ cron: '17 * * * *' }], concurrency: 1 },
  async () => {
    const db = await getDb();
    const before = (days: number) => new Date(systemClock.now().getTime() - days * DAY).toISOString();
    await db.asSystem(async (tx) => {
      await tx.execute(sql`delete from job_runs where started_at < ${before(30)}::timestamptz`);
      await tx.execute(sql`delete from system_runs where started_at < ${before(3)}::timestamptz`);
    });
  },
);

export default [forgetOldRuns];
