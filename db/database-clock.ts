import { sql } from 'drizzle-orm';
import { setSystemTime } from '@/server/foundation/clock';
import type { Db } from './client';

const EVERY_MS = 5_000;
/** Longest round trip of a usable reading, in milliseconds. A slower response says too little about when the time was read. */
const MAX_MS = 1_000;

/**
 * Makes this process follow the database's clock, because leases and due times are compared between processes whose machines may disagree.
 * Returns a function that stops it. Does nothing for the embedded database, which uses the machine's clock.
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
    if (row && took <= MAX_MS) setSystemTime(Number(row.now) + took / 2);
    return took <= MAX_MS;
  };
  for (let tries = 0; tries < 3; tries++) if (await ask()) break;
  // While the database is away, the clock advances by the local timer.
  const timer = setInterval(() => void ask().catch(() => {}), EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
