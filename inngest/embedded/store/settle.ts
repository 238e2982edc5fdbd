import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { isOurs } from '@/db/leases';
import { newId } from '@/server/foundation/ids';
import type { NewJob, Outcome } from '../outcome';
import { instant, rows, type Store, texts, transaction, write } from './base';
import { JOB_LEASE } from './claim';

/** A run to begin, with its first job. */
export interface NewRun {
  functionId: string;
  event: string;
  slots: string;
  limits: string;
  /** When it begins, as an ISO instant. */
  dueAt: string;
}

/**
 * Stores the changes of finished calls, many in one transaction: memos, pending jobs and the next job or the end of each run. A call whose
 * lease is no longer ours changes nothing, because another process runs its job. Returns the number of calls stored.
 */
export async function settle(store: Store, outcomes: readonly Outcome[], now: Date): Promise<number> {
  return transaction(store, 'settle', async (tx) => {
    // Every change of a run's pending set locks its row, so that exactly one transaction sees the set become empty.
    await lockRuns(
      tx,
      outcomes.map((o) => o.job.runId),
    );
    const done = await write<{ id: string }>(
      store,
      tx,
      'settle: jobs',
      sql`delete from tributary_runner.jobs j using unnest(${texts(outcomes.map((o) => o.job.id))}::bigint[], ${texts(outcomes.map((o) => o.job.token))}) as x(id, token)
        where j.id = x.id and ${isOurs(JOB_LEASE, sql`x.token`, 'j')} returning j.id::text as id`,
    );
    const ours = new Set(done.map((d) => d.id));
    const valid = outcomes.filter((o) => ours.has(o.job.id));
    await keepMemos(
      store,
      tx,
      valid.flatMap((o) => o.memos.map((m) => ({ ...m, runId: o.job.runId }))),
    );
    await addJobs(
      store,
      tx,
      valid.flatMap((o) => o.jobs.map((job) => ({ ...job, runId: o.job.runId }))),
    );
    const planned = valid.filter((o) => o.planned).map((o) => o.job.runId);
    if (planned.length > 0)
      await write(
        store,
        tx,
        'settle: planned',
        sql`update tributary_runner.runs set planned = true where id = any(${texts(planned)}) and not planned`,
      );
    await continueWhenClear(
      store,
      tx,
      valid.filter((o) => o.resumeWhenIdle).map((o) => o.job.runId),
      now,
    );
    await endRuns(store, tx, valid, now);
    const dueAt = now.toISOString();
    const failures = valid.flatMap((o) =>
      o.failure ? [{ ...o.failure, slots: '', limits: '', dueAt }] : [],
    );
    await beginRuns(store, tx, failures, now);
    return valid.length;
  });
}

export async function lockRuns(tx: Tx, runIds: readonly string[]): Promise<void> {
  await rows(
    tx,
    sql`select id from tributary_runner.runs where id = any(${texts(runIds)}) order by id for update`,
  );
}

export async function keepMemos(
  store: Store,
  tx: Tx,
  memos: readonly { runId: string; stepId: string; kind: string; value: string }[],
): Promise<void> {
  if (memos.length === 0) return;
  await write(
    store,
    tx,
    'settle: memos',
    sql`insert into tributary_runner.memos (run_id, step_id, kind, value)
      select x.run, x.step, x.kind, x.value from unnest(${columns(memos, ['runId', 'stepId', 'kind', 'value'])}) as x(run, step, kind, value)
      on conflict do nothing`,
  );
}

async function addJobs(store: Store, tx: Tx, jobs: readonly (NewJob & { runId: string })[]): Promise<void> {
  if (jobs.length === 0) return;
  const flat = jobs.map((j) => ({
    run: j.runId,
    kind: j.kind,
    step: j.stepId ?? '',
    due: j.dueAt.toISOString(),
    attempt: String(j.attempt),
    event: j.waitEvent ?? '',
    if: j.waitIf ?? '',
  }));
  await write(
    store,
    tx,
    'settle: next',
    sql`insert into tributary_runner.jobs (run_id, function_id, kind, step_id, due_at, attempt, wait_event, wait_if, slots, limits)
      select r.id, r.function_id, x.kind, nullif(x.step, ''), x.due::timestamptz, x.attempt::int, nullif(x.event, ''), nullif(x.cond, ''),
        case when x.kind in ('discover', 'step') then r.slots else '{}' end, case when x.kind in ('discover', 'step') then r.limits else '{}' end
      from unnest(${columns(flat, ['run', 'kind', 'step', 'due', 'attempt', 'event', 'if'])})
        as x(run, kind, step, due, attempt, event, cond) join tributary_runner.runs r on r.id = x.run`,
  );
}

/** Calls the runs again that have nothing pending. */
export async function continueWhenClear(
  store: Store,
  tx: Tx,
  runIds: readonly string[],
  now: Date,
): Promise<void> {
  if (runIds.length === 0) return;
  await write(
    store,
    tx,
    'settle: continue',
    sql`insert into tributary_runner.jobs (run_id, function_id, kind, due_at, slots, limits)
      select r.id, r.function_id, 'discover', ${instant(now)}, r.slots, r.limits from tributary_runner.runs r
      where r.id = any(${texts(runIds)}) and r.status = 'running' and not exists (select from tributary_runner.jobs j where j.run_id = r.id)`,
  );
}

async function endRuns(store: Store, tx: Tx, outcomes: readonly Outcome[], now: Date): Promise<void> {
  const ended = outcomes.flatMap((o) => (o.ended ? [{ run: o.job.runId, ...o.ended }] : []));
  if (ended.length === 0) return;
  await write(
    store,
    tx,
    'settle: end',
    sql`with ended as (
        update tributary_runner.runs r set status = x.status, output = x.output, ended_at = ${instant(now)}
        from unnest(${columns(ended, ['run', 'status', 'output'])}) as x(run, status, output) where r.id = x.run returning r.id)
      delete from tributary_runner.jobs j using ended where j.run_id = ended.id`,
  );
}

/** Begins runs, each with a first job that is due when the run begins. */
export async function beginRuns(store: Store, tx: Tx, begun: readonly NewRun[], now: Date): Promise<void> {
  if (begun.length === 0) return;
  const flat = begun.map((run) => ({ ...run, id: newId('jobRun', now.getTime()) }));
  await write(
    store,
    tx,
    'runs: begin',
    sql`with begun as (
        insert into tributary_runner.runs (id, function_id, event, slots, limits, started_at)
        select x.id, x.fn, x.event, string_to_array(x.slots, ','), string_to_array(x.limits, ',')::int[], ${instant(now)}
        from unnest(${columns(flat, ['id', 'functionId', 'event', 'slots', 'limits'])}) with ordinality as x(id, fn, event, slots, limits, n)
        order by x.n returning id, function_id, slots, limits)
      insert into tributary_runner.jobs (run_id, function_id, kind, due_at, slots, limits)
      select b.id, b.function_id, 'discover', x.due::timestamptz, b.slots, b.limits
      from begun b join unnest(${columns(flat, ['id', 'dueAt'])}) as x(id, due) on x.id = b.id`,
  );
}

/** The columns of records as parallel arrays for `unnest`. */
function columns<K extends string>(records: readonly Record<K, string>[], keys: readonly K[]): SQL {
  return sql.join(
    keys.map((key) => texts(records.map((r) => r[key]))),
    sql`, `,
  );
}
