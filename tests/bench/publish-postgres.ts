import type { RunningApp } from './app';
import { report } from './figure';
import { onPostgres } from './on-postgres';
import { reportRows } from './publish';
import { countOut, fill, readAll } from './publish-rows';

const N = Number(process.env.BENCH_N ?? 30_000);
const CONNECTIONS = 200;
const PER_MINUTE = 6_100;

/**
 * Measures publishing with a PostgreSQL, two app processes and the sandbox in a separate process, all on this machine. The posts of two
 * hundred accounts are due at an even 6,100 a minute.
 */
export async function publishPostgres(): Promise<void> {
  await onPostgres(async ({ db, start }) => {
    const dueFrom = Date.now() + 60_000;
    await fill(db, {
      posts: N,
      connections: CONNECTIONS,
      dueAt: (i) => new Date(dueFrom + Math.floor((i * 60_000) / PER_MINUTE)),
    });
    const apps: RunningApp[] = [];
    for (let i = 0; i < 2; i++) apps.push(await start());
    const until = dueFrom + (N / PER_MINUTE) * 60_000 + 120_000;
    let resident = 0;
    while (Date.now() < until && (await countOut(db)) < N) {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      resident = Math.max(resident, ...apps.map((app) => app.residentMiB()));
    }
    const base = { bench: 'publish-postgres', n: N, database: 'pg' as const, scenario: '6100_a_minute' };
    const rows = await readAll(db);
    reportRows({ ...base }, rows, dueFrom);
    report({ ...base, metric: 'connections', value: CONNECTIONS, unit: 'connections' });
    report({ ...base, metric: 'resident_max', value: resident, unit: 'MiB' });
  });
}
