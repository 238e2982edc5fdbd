import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { Db } from '@/db/client';
import type { Pace } from './pace';

/** First step of a drain, in milliseconds. It doubles while nothing happens, for example while a platform's daily limit is used up. */
const STEP_MS = 60_000;

/**
 * Advances time in steps until no publication is in progress and no follow-up is possible any more. Steps only while no job is running,
 * because otherwise the processes would see a call take minutes. Users do meanwhile what they are asked to do. Returns the number of
 * publications that did not complete.
 */
export async function drain(
  db: Db,
  o: {
    limitMs: number;
    pace: Pace;
    now(): number;
    jump(ms: number): Promise<void>;
    /** Does what users are asked to do, and returns how much that was. */
    care(): Promise<number>;
  },
): Promise<number> {
  const { pace } = o;
  const limit = pace.ms() + o.limitMs;
  let jumped = pace.ms();
  let step = STEP_MS;
  let seen = '';
  for (;;) {
    const now = new Date(o.now()).toISOString();
    const result = await db.raw.transaction(async (tx) => {
      const busy = await tx.execute(
        sql`select count(*)::int as busy from tributary_runner.jobs where lease_until > ${now}::timestamptz or (due_at <= ${now}::timestamptz and not function_id like '%-sweep')`,
      );
      await tx.execute(sql`select set_config('role', 'tributary_system', true)`);
      const left = await tx.execute(sql`
        select count(*)::int as n, count(*) filter (where state <> 'scheduled')::int as moving,
          (extract(epoch from min(greatest(due_at, retry_at)) filter (where greatest(due_at, retry_at) > ${now}::timestamptz)) * 1000)::float8 as next
        from tributary.publications where state in ('scheduled', 'queued', 'publishing')`);
      const ruled = await tx.execute(sql`
        select count(*)::int as n from tributary.publications p left join tributary.publication_results r on r.publication_id = p.id
        where p.state = 'published' and p.follow_up_rule is not null and p.remote_id is not null
          and (r.follow_up_state is null or r.follow_up_state = 'reached')`);
      return [busy, left, ruled];
    });
    const [a, b, c] = result as unknown as { rows: Record<string, number | null>[] }[];
    const [busy, moving, ruled] = [a?.rows[0]?.busy ?? 0, b?.rows[0]?.n ?? 0, c?.rows[0]?.n ?? 0];
    const late = pace.ms() > limit;
    if (late || (moving + ruled === 0 && (await o.care()) === 0)) return moving + ruled;
    const waited = pace.ms() - jumped;
    // A job of a killed process becomes free only when its lease expires.
    if ((busy === 0 && waited > 80) || waited > 3_000) {
      const { n, moving: active, next } = b?.rows[0] ?? {};
      // Posts in a queue wait for the first of their account, which may wait for hours.
      const state = `${n} ${active} ${next}`;
      step = busy === 0 && state === seen ? step * 2 : STEP_MS;
      seen = state;
      // Jobs that are due a moment before a publication prepare it.
      const ahead = next ? next - o.now() - 75_000 : 0;
      if (busy > 0) await o.jump(15_000);
      else if (moving === 0) await o.jump(5 * STEP_MS);
      else if (active === 0 && ahead > 0) await o.jump(ahead);
      else await o.jump(Math.max(STEP_MS, Math.min(step, ahead)));
      jumped = pace.ms();
      await o.care();
    }
    await pace.pass(40);
  }
}

/** Prints what the runner and PostgreSQL are doing when publications do not complete. */
export async function printState(admin: pg.Client, url: string, at: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const now = new Date(at).toISOString();
  const jobs = await client.query(
    `select function_id, kind, count(*)::int as n, count(*) filter (where due_at <= $1)::int as due, count(*) filter (where lease_until > $1)::int as leased,
      min(due_at)::text as first from tributary_runner.jobs group by 1, 2 order by n desc`,
    [now],
  );
  const busy = await admin.query(
    `select state, wait_event, left(query, 90) as query, count(*)::int as n, max(now() - state_change)::text as since from pg_stat_activity where datname = 'chaos' group by 1, 2, 3`,
  );
  console.error(`at ${now}: runner jobs and database connections`);
  for (const row of [...jobs.rows, ...busy.rows]) console.error(`    ${JSON.stringify(row)}`);
  await client.end();
}
