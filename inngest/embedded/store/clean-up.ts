import { sql } from 'drizzle-orm';
import { instant, type Store, write } from './base';

const HOUR = 3_600_000;

/** Forgets what is over: runs an hour after they ended, events after the 24 hours in which their id counts, old cron firings. */
export async function cleanUp(store: Store, now: Date): Promise<void> {
  const before = (hours: number) => instant(new Date(now.getTime() - hours * HOUR));
  await write(
    store,
    store.db.raw,
    'clean up: runs',
    sql`delete from runner.runs where id in (select id from runner.runs where ended_at < ${before(1)} limit 5000)`,
  );
  await write(
    store,
    store.db.raw,
    'clean up: events',
    sql`delete from runner.events where id in (select id from runner.events
      where received_at < ${before(24)} and fanned_out_at is not null limit 5000)`,
  );
  await write(
    store,
    store.db.raw,
    'clean up: crons',
    // The last firing of all tells from when on to make up for what was missed.
    sql`delete from runner.cron_slots where slot < ${before(24)} and slot < (select max(slot) from runner.cron_slots)`,
  );
}
