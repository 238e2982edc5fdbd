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
/** 6,000 posts a minute are sixty of these. */
const BATCH = 100;
const HELD_ROWS = 20_000;
const HELD_WORKSPACES = 4;

/** Publications due in random order over the year that starts tomorrow. */
const waiting = (rows: number, name: string): Load => ({
  name,
  rows,
  due: `now() + interval '1 day' + (hashint8extended(i, 7) & 31535999) * interval '1 second'`,
});
/** Publications published over the last year: a tenth of the number waiting. */
const gone = (rows: number, name: string): Load => ({
  name,
  rows: Math.floor(rows / 10),
  due: `now() - interval '1 hour' - (hashint8extended(i, 7) & 31535999) * interval '1 second'`,
  state: 'published',
});
/** A hundred posts due in each of `CLAIMS` consecutive minutes, each just before the end of that minute's sweep window. */
const dueEachMinute = (name: string, from: number, held: number): Load => ({
  name,
  rows: CLAIMS * BATCH,
  due: `to_timestamp(${(from + SWEEP_AHEAD_MS) / 1000}) - interval '1 second' + (i / ${BATCH}) * interval '1 minute'`,
  workspaces: { from: held, count: WORKSPACES - held },
});

/**
 * Measures claiming with ten thousand and with five million future publications: sweeps that find a hundred due posts, and sweeps that find
 * none. Then measures both again with held workspaces that have many overdue posts. Runs the sweep's own code sequentially on a dedicated
 * PostgreSQL.
 */
export async function claim(): Promise<void> {
  const postgres = await startPostgres();
  const admin = new pg.Client({ connectionString: postgres.adminUrl });
  await admin.connect();
  await admin.query('grant set on parameter session_replication_role to tributary');
  await admin.end();
  // A single connection makes the row counts exact, and a sweep uses only one anyway.
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

/** Claims a hundred due rows per minute, minute after minute, then runs as many sweeps that find nothing. */
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
      if (claims.length !== wanted)
        throw new Error(`Claimed ${claims.length} publications instead of ${wanted}`);
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
