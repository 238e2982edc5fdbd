import { sql } from 'drizzle-orm';
import pg from 'pg';
import { type Db, openDb } from '@/db/client';
import { claimDue } from '@/server/domains/due/claim-due';
import { SWEEP_AHEAD_MS } from '@/server/domains/publications/policy';
import { ManualClock } from '@/server/foundation/clock';
import { startPostgres } from '../../scripts/postgres.mjs';
import {
  addManyRows,
  addRows,
  fillAccounts,
  hold,
  type Load,
  rowsRead,
  tidy,
  WORKSPACES,
} from './claim-rows';
import { percentile, report } from './figure';

const FEW = 10_000;
const MANY = Number(process.env.BENCH_N ?? 5_000_000);
const CLAIMS = 200;
/** 6,000 posts a minute is sixty of these. */
const BATCH = 100;
const HELD_ROWS = 20_000;
const HELD_WORKSPACES = 4;

/** Over the next year, from a day on, in no order. */
const waiting = (rows: number, name: string): Load => ({
  name,
  rows,
  due: `now() + interval '1 day' + (hashint8extended(i, 7) & 31535999) * interval '1 second'`,
});
/** What went out over the last year: a tenth of what waits. */
const gone = (rows: number, name: string): Load => ({
  name,
  rows: Math.floor(rows / 10),
  due: `now() - interval '1 hour' - (hashint8extended(i, 7) & 31535999) * interval '1 second'`,
  state: 'published',
});
/** Minutes, one after the other, in which a hundred posts come due: each just before that minute's sweep stops looking ahead. */
const dueEachMinute = (name: string, from: number, held: number): Load => ({
  name,
  rows: CLAIMS * BATCH,
  due: `to_timestamp(${(from + SWEEP_AHEAD_MS) / 1000}) - interval '1 second' + (i / ${BATCH}) * interval '1 minute'`,
  workspaces: { from: held, count: WORKSPACES - held },
});

/**
 * What claiming costs, with ten thousand and with five million publications waiting in the future: sweeps that find a hundred
 * due posts, and sweeps that find none. Then the same beside held workspaces with many posts that are overdue. On a PostgreSQL
 * of its own; the sweep's own code, one sweep after the other.
 */
export async function claim(): Promise<void> {
  const postgres = await startPostgres();
  const admin = new pg.Client({ connectionString: postgres.adminUrl });
  await admin.connect();
  await admin.query('grant set on parameter session_replication_role to tributary');
  await admin.end();
  // One connection: what it read is counted exactly, and a sweep uses one anyway.
  const db = await openDb({ url: postgres.url, driver: 'pg', pool: 1 });
  try {
    await db.migrate();
    await fillAccounts(db);
    await addManyRows(db, [waiting(FEW, 'few'), gone(FEW, 'few_gone')]);
    await measure(db, 'few_waiting', FEW);
    await addManyRows(db, [waiting(MANY - FEW, 'many'), gone(MANY - FEW, 'many_gone')]);
    await measure(db, 'many_waiting', MANY);
    await db.asSystem((tx) =>
      addRows(tx, {
        name: 'held',
        rows: HELD_ROWS,
        due: `now() - interval '1 hour' - i * interval '2 minutes'`,
        workspaces: { from: 0, count: HELD_WORKSPACES },
      }),
    );
    await hold(db, HELD_WORKSPACES);
    await measure(db, 'many_waiting_and_held', MANY, HELD_WORKSPACES);
  } finally {
    await db.close();
    await postgres.stop();
  }
}

/** Claims a hundred rows that came due each minute, minute after minute; then finds nothing, as often. */
async function measure(db: Db, scenario: string, n: number, held = 0): Promise<void> {
  const clock = new ManualClock(new Date());
  const base = { bench: 'claim', n, database: 'pg' as const, scenario };
  await db.asSystem((tx) => addRows(tx, dueEachMinute(scenario, clock.now().getTime(), held)));
  await tidy(db);
  for (const wanted of [BATCH, 0]) {
    const times: number[] = [];
    const before = await rowsRead(db);
    for (let i = 0; i < CLAIMS; i++) {
      const began = performance.now();
      const claims = await claimDue({ db, clock });
      times.push(performance.now() - began);
      if (claims.length !== wanted) throw new Error(`${claims.length} were claimed instead of ${wanted}`);
      clock.advance(wanted > 0 ? 60_000 : 100);
    }
    const metric = wanted > 0 ? `claim_${wanted}` : 'claim_none';
    report({ ...base, metric: `${metric}_p50`, value: percentile(times, 0.5), unit: 'ms' });
    report({ ...base, metric: `${metric}_p95`, value: percentile(times, 0.95), unit: 'ms' });
    const read = ((await rowsRead(db)) - before) / CLAIMS;
    report({ ...base, metric: `${metric}_rows_read`, value: read, unit: 'rows' });
  }
  await db.asSystem((tx) => tx.execute(sql`delete from publications where id like ${`${scenario}%`}`));
}
