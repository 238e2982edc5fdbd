import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { EMAIL_LISTS } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { DAY_MS } from '@/server/foundation/durations';

/** Retention of system runs, in days. They belong to no workspace: sweeps, a handful a minute. */
const SYSTEM_RUNS_DAYS = 3;
/**
 * Retention of received webhooks, in days. They identify repeated deliveries; those that could not be read or applied include their body,
 * which contains personal data. Stripe re-sends an event for 30 days at most. https://docs.stripe.com/webhooks#retry-behavior
 */
const WEBHOOK_EVENTS_DAYS = 90;
/** Rows per transaction: few enough that the embedded database, which has one connection, serves others in between. */
const BATCH = 500;
/** Maximum number of batches per kind; the rest is left to the next run. */
const MAX_BATCHES = 1_000;

export interface DeletedCounts {
  runs: number;
  systemRuns: number;
  emails: number;
  webhookEvents: number;
  activity: number;
}

/**
 * Removes old records that would otherwise grow with every post: records of background work, webhooks, e-mails that are not waiting
 * to be sent, and the activity, including the previous texts of edited posts. Works in batches, each a short transaction that uses an
 * index, so that nothing has to wait for it. A post's attempts are kept as long as the post.
 */
export async function deleteExpired({
  db,
  clock,
  keep,
  batch = BATCH,
}: {
  db: Db;
  clock: Clock;
  /** Retention, in days. */
  keep: { runsDays: number; emailsDays: number; activityDays: number };
  batch?: number;
}): Promise<DeletedCounts> {
  const before = (days: number) => at(new Date(clock.now().getTime() - days * DAY_MS));
  // Iterates over the workspaces, because these tables have no other index that fits this query and need none.
  const perWorkspace = (table: 'job_runs' | 'activity', column: 'started_at' | 'at', days: number) =>
    inBatches(
      db,
      batch,
      sql`delete from ${sql.identifier(table)} where id in (
        select o.id from workspaces w cross join lateral (
          select r.id from ${sql.identifier(table)} r where r.workspace_id = w.id and r.${sql.identifier(column)} < ${before(days)}
          order by r.${sql.identifier(column)} limit ${batch}) o limit ${batch})`,
    );
  return {
    runs: await perWorkspace('job_runs', 'started_at', keep.runsDays),
    systemRuns: await inBatches(
      db,
      batch,
      sql`delete from system_runs where id in (
        select id from system_runs where started_at < ${before(Math.min(SYSTEM_RUNS_DAYS, keep.runsDays))}
        order by started_at limit ${batch})`,
    ),
    emails: await inBatches(
      db,
      batch,
      sql`delete from emails where id in (
        select id from emails where status in ${listed(EMAIL_LISTS.ended)} and created_at < ${before(keep.emailsDays)} limit ${batch})`,
    ),
    webhookEvents: await inBatches(
      db,
      batch,
      sql`delete from webhook_events where id in (
        select id from webhook_events where received_at < ${before(WEBHOOK_EVENTS_DAYS)}
        order by received_at limit ${batch})`,
    ),
    activity: await perWorkspace('activity', 'at', keep.activityDays),
  };
}

/** Repeats a deletion of at most `batch` rows until none is left. Returns the number of deleted rows. */
async function inBatches(db: Db, batch: number, deletion: SQL): Promise<number> {
  let all = 0;
  for (let i = 0; i < MAX_BATCHES; i++) {
    const [row] = await db.asSystem((tx) =>
      rowsOf<{ n: number }>(
        tx,
        sql`with deleted as (${deletion} returning 1) select count(*)::int as n from deleted`,
      ),
    );
    const deleted = row?.n ?? 0;
    all += deleted;
    if (deleted < batch) break;
  }
  return all;
}
