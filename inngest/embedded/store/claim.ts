import { type SQL, sql } from 'drizzle-orm';
import {
  clearLease,
  extendsTo,
  isFree,
  isHeld,
  isOurs,
  type LeaseKind,
  leaseEnd,
  newLeaseToken,
  setLease,
} from '@/db/leases';
import type { Job } from '../outcome';
import { jobs } from '../schema';
import { instant, rows, type Store, texts, transaction, write } from './base';

/** The lease of the process that runs a job. It covers the call and the storing of its result. */
export const JOB_LEASE: LeaseKind = {
  name: 'job',
  id: jobs.id,
  token: jobs.leaseToken,
  until: jobs.leaseUntil,
};

export interface ClaimRequest {
  now: Date;
  limit: number;
  leaseMs: number;
  functionIds: readonly string[];
  keyed: boolean;
}
export interface Memo {
  stepId: string;
  kind: 'data' | 'error';
  value: string;
}
export type ClaimedJob = Job & { memos: Memo[] };

/**
 * Leases up to `limit` due jobs, the longest due first, within the functions' concurrency. When several processes claim at the same time,
 * each job goes to only one of them.
 */
export async function claim(store: Store, request: ClaimRequest): Promise<ClaimedJob[]> {
  const { now, functionIds } = request;
  const free = sql`j.due_at <= ${instant(now)} and ${isFree(JOB_LEASE, now, { alias: 'j' })}
    and j.function_id = any(${texts(functionIds)})`;
  const token = newLeaseToken();
  const statement = lease(
    request.keyed ? withinLimits(free, request) : longestDue(free, request),
    token,
    request,
  );
  // Counting the slots in use needs a lock. The embedded database has only one connection anyway.
  const claimed =
    request.keyed && store.db.kind !== 'pglite'
      ? await transaction(store, 'claim', async (tx) => {
          await rows(tx, sql`select pg_advisory_xact_lock(727275)`);
          return write<Row>(store, tx, 'claim', statement);
        })
      : await write<Row>(store, store.db.raw, 'claim', statement);
  const jobs = claimed.map((row) => ({ ...row, dueAt: Number(row.dueAt), token }));
  jobs.sort((a, b) => a.dueAt - b.dueAt || Number(a.id) - Number(b.id));
  const memos = await memosOf(store, jobs);
  return jobs.map((job) => ({ ...job, memos: memos.get(job.runId) ?? [] }));
}

type Row = Omit<Job, 'token' | 'dueAt'> & { dueAt: number | string };

const longestDue = (free: SQL, { limit }: ClaimRequest) =>
  sql`picked as (select j.id from tributary_runner.jobs j where ${free} order by j.due_at, j.id limit ${limit} for update skip locked)`;

const withinLimits = (free: SQL, { now, limit }: ClaimRequest) => sql`
  busy as (select s.slot, count(*)::int as n from tributary_runner.jobs b cross join lateral unnest(b.slots) as s(slot)
    where ${isHeld(JOB_LEASE, now, 'b')} group by s.slot),
  due as (select j.id, j.due_at, j.slots, j.limits,
      row_number() over (partition by j.slots[1] order by j.due_at, j.id) as first,
      row_number() over (partition by j.slots[2] order by j.due_at, j.id) as second
    from tributary_runner.jobs j where ${free}),
  admitted as (select d.id from due d left join busy a on a.slot = d.slots[1] left join busy b on b.slot = d.slots[2]
    where (d.slots[1] is null or d.first + coalesce(a.n, 0) <= d.limits[1])
      and (d.slots[2] is null or d.second + coalesce(b.n, 0) <= d.limits[2])
    order by d.due_at, d.id limit ${limit}),
  picked as (select j.id from tributary_runner.jobs j where j.id in (select id from admitted) and ${free} for update skip locked)`;

const lease = (picked: SQL, token: string, { now, leaseMs }: ClaimRequest) => sql`
  with ${picked}
  update tributary_runner.jobs j set ${setLease(JOB_LEASE, { token, until: leaseEnd(now, leaseMs) })}
  from picked, tributary_runner.runs r where j.id = picked.id and r.id = j.run_id
  returning j.id::text as id, j.run_id as "runId", j.function_id as "functionId", j.kind, j.step_id as "stepId", j.attempt,
    (extract(epoch from j.due_at) * 1000)::float8 as "dueAt", r.event, r.planned`;

async function memosOf(store: Store, jobs: readonly { runId: string }[]): Promise<Map<string, Memo[]>> {
  const byRun = new Map<string, Memo[]>();
  if (jobs.length === 0) return byRun;
  const found = await rows<Memo & { runId: string }>(
    store.db.raw,
    sql`select run_id as "runId", step_id as "stepId", kind, value from tributary_runner.memos
      where run_id = any(${texts(jobs.map((j) => j.runId))}) order by seq`,
  );
  for (const memo of found) {
    const list = byRun.get(memo.runId);
    if (list) list.push(memo);
    else byRun.set(memo.runId, [memo]);
  }
  return byRun;
}

/** Extends the leases of running calls. Returns the ids that are still ours. */
export async function renew(
  store: Store,
  jobs: readonly Job[],
  now: Date,
  leaseMs: number,
): Promise<Set<string>> {
  const kept = await write<{ id: string }>(
    store,
    store.db.raw,
    'renew',
    sql`update tributary_runner.jobs j set ${extendsTo(JOB_LEASE, leaseEnd(now, leaseMs))} from ${held(jobs)} where j.id = x.id and ${isOurs(JOB_LEASE, sql`x.token`, 'j')} returning j.id::text as id`,
  );
  return new Set(kept.map((k) => k.id));
}

/** Releases jobs that were claimed but not started. */
export async function release(store: Store, jobs: readonly Job[]): Promise<void> {
  await write(
    store,
    store.db.raw,
    'release',
    sql`update tributary_runner.jobs j set ${clearLease(JOB_LEASE)} from ${held(jobs)} where j.id = x.id and ${isOurs(JOB_LEASE, sql`x.token`, 'j')}`,
  );
}

/** Frees every lease. Only for a process that is certain to be the only one. */
export async function releaseAll(store: Store): Promise<void> {
  await write(
    store,
    store.db.raw,
    'release all',
    sql`update tributary_runner.jobs set ${clearLease(JOB_LEASE)} where lease_token is not null`,
  );
}

/** Returns when the next job is due or the next lease ends after `now`, in milliseconds since 1970, or null. */
export async function nextDue(
  store: Store,
  functionIds: readonly string[],
  now: Date,
): Promise<number | null> {
  const [row] = await rows<{ at: number | string | null }>(
    store.db.raw,
    sql`select (extract(epoch from least(
        (select min(due_at) from tributary_runner.jobs where due_at > ${instant(now)} and function_id = any(${texts(functionIds)})),
        (select min(lease_until) from tributary_runner.jobs where lease_until > ${instant(now)}))) * 1000)::float8 as at`,
  );
  return row?.at == null ? null : Number(row.at);
}

const held = (jobs: readonly Job[]) =>
  sql`unnest(${texts(jobs.map((j) => j.id))}::bigint[], ${texts(jobs.map((j) => j.token))}) as x(id, token)`;
