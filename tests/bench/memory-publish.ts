import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { RunningApp } from './app';
import { percentile, report } from './figure';
import { onPostgres } from './on-postgres';
import { countOut, fill } from './publish-rows';

const N = Number(process.env.BENCH_N ?? 100_000);
const CONNECTIONS = 200;
/** Rate that one process sustains on two cores shared with the database and the sandbox. */
const PER_MINUTE = Number(process.env.BENCH_RATE ?? 4_000);
const LEAD_MS = 45_000;
const EVERY_MS = 1_000;

interface Sample {
  out: number;
  resident: number;
}

/**
 * Measures the resident memory of one app process that publishes all posts on a PostgreSQL, with the sandbox in a separate process. Samples
 * it every second. The first tenth of the posts is warm-up; then the median of the next tenth is compared with that of the last tenth,
 * because a heap fluctuates and a single reading says little.
 */
export async function memoryPublish(): Promise<void> {
  await onPostgres(async ({ db, start }) => {
    await fill(db, {
      posts: N,
      connections: CONNECTIONS,
      dueAt: (i) => new Date(Date.UTC(2100, 0, 1) + Math.floor((i * 60_000) / PER_MINUTE)),
    });
    await startAt(db, Date.now() + LEAD_MS);
    const app = await start();
    const samples = await sample(db, app, Date.now() + LEAD_MS + (N / PER_MINUTE) * 90_000 + 120_000);
    const between = (from: number, to: number) => {
      const some = samples.filter((s) => s.out >= from * N && s.out <= to * N).map((s) => s.resident);
      if (some.length < 3)
        throw new Error(
          `${some.length} readings from ${from} to ${to} of the posts; ${samples.at(-1)?.out ?? 0} of ${N} were published`,
        );
      return { median: percentile(some, 0.5), readings: some.length };
    };
    const first = between(0.1, 0.2);
    const last = between(0.9, 1);
    const base = { bench: 'memory-publish', n: N, database: 'pg' as const, rate: PER_MINUTE };
    report({ ...base, metric: 'published', value: samples.at(-1)?.out ?? 0, unit: 'posts' });
    for (const [metric, of] of [
      ['resident_after_warm_up', first],
      ['resident_at_end', last],
    ] as const)
      report({ ...base, metric, value: of.median, unit: 'MiB', readings: of.readings });
    report({ ...base, metric: 'growth', value: (last.median / first.median - 1) * 100, unit: '%' });
    const most = Math.max(...samples.map((s) => s.resident));
    report({ ...base, metric: 'resident_max', value: most, unit: 'MiB' });
  });
}

/** Shifts all measured posts so that the first is due at `time`, because filling the database takes a variable time. */
async function startAt(db: Db, time: number): Promise<void> {
  await db.asSystem((tx) =>
    tx.execute(sql`
      update publications p set due_at = p.due_at - (m.first - to_timestamp(${time / 1000}))
      from (select min(due_at) as first from publications where created_by = 'system:bench') m
      where p.created_by = 'system:bench'`),
  );
  await db.raw.execute(sql`vacuum (analyze) tributary.publications`);
}

/** Samples memory and progress until all posts are published, or until `until`. */
async function sample(db: Db, app: RunningApp, until: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (Date.now() < until) {
    const out = await countOut(db);
    samples.push({ out, resident: app.residentMiB() });
    if (out >= N) break;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return samples;
}
