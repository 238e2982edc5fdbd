import { type SQL, sql } from 'drizzle-orm';
import { latestStored } from '@/server/foundation/clock';
import { instant, type Store, write } from './base';

const HOUR = 3_600_000;
const BATCH = 2_000;
/** A million rows of each kind per clean-up. The next one deletes the rest. */
const MAX_BATCHES = 500;

/**
 * Deletes ended runs after an hour, events after the 24 hours in which their id counts, and old cron firings. Works in batches until
 * nothing is left, so that it keeps up with any load. Several processes may run it at the same time.
 */
export async function cleanUp(store: Store, now: Date, batch: number = BATCH): Promise<void> {
  const before = (hours: number) => instant(new Date(now.getTime() - hours * HOUR));
  const latest = instant(latestStored(now));
  await inBatches(
    store,
    batch,
    'clean up: runs',
    sql`delete from tributary_runner.runs where id in (
      select id from tributary_runner.runs where ended_at < ${before(1)} limit ${batch} for update skip locked) returning id`,
  );
  await inBatches(
    store,
    batch,
    'clean up: events',
    sql`delete from tributary_runner.events where id in (select id from tributary_runner.events
      where received_at < ${before(24)} and fanned_out_at is not null limit ${batch} for update skip locked) returning id`,
  );
  await write(
    store,
    store.db.raw,
    'clean up: crons',
    // The latest firing stays, because it marks the time from which missed firings are made up for. One in the future, of a clock that was
    // ahead, would prevent the firing of that minute.
    sql`delete from tributary_runner.cron_slots where slot > ${latest} or slot < ${before(24)}
      and slot < (select max(slot) from tributary_runner.cron_slots where slot <= ${latest})`,
  );
}

async function inBatches(store: Store, batch: number, point: string, deletion: SQL): Promise<void> {
  for (let i = 0; i < MAX_BATCHES; i++) {
    const gone = await write(store, store.db.raw, point, deletion);
    if (gone.length < batch) return;
  }
}
