import { sql } from 'drizzle-orm';
import { keepTime } from '@/server/foundation/clock';
import type { Db } from './client';

const EVERY_MS = 5_000;
/** An answer that took longer says too little about when it was given. */
const MAX_MS = 1_000;

/**
 * Makes this process go by the database's clock: leases and due times are compared between processes, whose machines need
 * not agree. Answers how to stop. The embedded database has no clock but the machine's.
 */
export async function followDatabaseClock(db: Db): Promise<() => void> {
  if (db.kind === 'pglite') return () => {};
  const ask = async () => {
    const asked = performance.now();
    const result = await db.raw.execute(
      sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
    );
    const took = performance.now() - asked;
    const [row] = (result as unknown as { rows: { now: number | string }[] }).rows;
    if (row && took <= MAX_MS) keepTime(Number(row.now) + took / 2);
    return took <= MAX_MS;
  };
  for (let tries = 0; tries < 3; tries++) if (await ask()) break;
  // While the database is away the time goes on by the timer.
  const timer = setInterval(() => void ask().catch(() => {}), EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
