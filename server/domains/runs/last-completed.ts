import { and, desc, eq } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { systemRuns } from '@/db/schema';

/**
 * Returns when the last successful run of one of the installation's own functions began, or null if the records (three days) have none.
 * Other system runs are a handful a minute, so few rows are read.
 */
export async function lastCompleted({ db, id }: { db: Db; id: string }): Promise<Date | null> {
  const [row] = await db.asSystem((tx) =>
    tx
      .select({ startedAt: systemRuns.startedAt })
      .from(systemRuns)
      .where(and(eq(systemRuns.function, id), eq(systemRuns.status, 'completed')))
      .orderBy(desc(systemRuns.startedAt))
      .limit(1),
  );
  return row?.startedAt ?? null;
}
