import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { faultPoint } from '@/server/foundation/fault-points';
import { newId } from '@/server/foundation/ids';
import type { ConnectionRow } from '../connections/connection-row';
import { createBatcher } from './batcher';
import { PUBLISH_LEASE_MS } from './policy';
import { allPostRates } from './rates';
import { at, json, ms, rowsOf, stateAfter, statesBefore } from './sql-rows';

/** Asks for the first publication in a connection's line. */
export interface StartRequest {
  workspaceId: string;
  connectionId: string;
  now: Date;
}
/** What is needed to send a publication, read in the statement that started it. */
export interface Started {
  publicationId: string;
  version: number;
  claimToken: string;
  attemptId: string;
  attempt: number;
  text: string;
  link: string | null;
  title: string;
  postId: string;
  connectionId: string;
  connectionName: string;
  platform: string;
  connection: ConnectionRow;
  /** Earlier tries of this version that ended with temporary trouble, and whose end nobody saw. */
  priorTransient: number;
  priorUnseen: number;
  leaseUntil: Date;
}
/** `full`: the platform's limits leave no room before `until`. `idle`: nothing is due, or somebody else is sending. */
export type Start = { kind: 'started'; started: Started } | { kind: 'full'; until: Date } | { kind: 'idle' };

interface Row {
  line: string;
  until: number | null;
  id: string | null;
  version: number;
  token: string;
  attempt_id: string;
  attempts: number;
  text: string;
  link: string | null;
  title: string;
  post_id: string;
  connection_name: string;
  platform: string;
  environment: ConnectionRow['environment'];
  status: ConnectionRow['status'];
  remote_id: string;
  remote: Record<string, string>;
  credentials: string | null;
  access_expires: number | null;
  refresh_expires: number | null;
  last_used: number | null;
  buckets: { bucket: string; remaining: number; resets_at: number }[];
  prior_transient: number;
  prior_unseen: number;
}

const batchers = new WeakMap<Db, (request: StartRequest) => Promise<Start>>();

/**
 * Takes the first publication in a connection's line: moves it to `publishing`, writes its attempt row and takes its place
 * in the platform's limits, in one statement, before anything leaves. A line is sent in order of the due times, one at a
 * time: nothing starts while an earlier one is being sent, waits for another try, or is not claimed yet. Calls at the same
 * time share a statement. Connections that are asked for twice in one moment start once.
 */
export function startPublishing(db: Db, request: StartRequest): Promise<Start> {
  let batch = batchers.get(db);
  if (!batch) {
    batch = createBatcher((requests) => startAll(db, requests));
    batchers.set(db, batch);
  }
  return batch(request);
}

async function startAll(db: Db, requests: StartRequest[]): Promise<Start[]> {
  const now = new Date(Math.max(...requests.map((r) => r.now.getTime())));
  const lease = new Date(now.getTime() + PUBLISH_LEASE_MS);
  const firstOf = new Map<string, StartRequest>();
  for (const r of requests) if (!firstOf.has(r.connectionId)) firstOf.set(r.connectionId, r);
  const wanted = [...firstOf.values()].map((r) => ({
    line: r.connectionId,
    workspace_id: r.workspaceId,
    attempt_id: newId('attempt', now.getTime()),
  }));
  faultPoint('start: before');
  const rows = await db.asSystem((tx) => rowsOf<Row>(tx, statement(wanted, now, lease)));
  faultPoint('start: after');
  const found = new Map(rows.map((r) => [r.line, r]));
  return requests.map((request) => {
    const row = firstOf.get(request.connectionId) === request ? found.get(request.connectionId) : undefined;
    if (!row) return { kind: 'idle' };
    if (row.until !== null) return { kind: 'full', until: new Date(row.until) };
    return { kind: 'started', started: startedOf(row, lease) };
  });
}

const statement = (
  wanted: { line: string; workspace_id: string; attempt_id: string }[],
  now: Date,
  lease: Date,
) => sql`
  with wanted as (
    select * from jsonb_to_recordset(${json(wanted)}) as w(line text, workspace_id text, attempt_id text)
  ), head as materialized (
    select h.*, w.attempt_id, c.platform, c.environment
    from wanted w
    join connections c on c.id = w.line and c.workspace_id = w.workspace_id
    join workspaces s on s.id = w.workspace_id and s.held_at is null
    cross join lateral (
      select p.id, p.connection_id as line, p.state, p.due_at, p.retry_at, p.claim_token from publications p
      where p.connection_id = w.line and p.workspace_id = w.workspace_id and p.state in ('scheduled','queued','publishing')
      order by p.due_at, p.id limit 1
    ) h
    where h.state in (${statesBefore('start')}) and h.claim_token is not null and greatest(h.due_at, h.retry_at) <= ${at(now)}
      and not exists (select from publications o where o.connection_id = w.line and o.state in (${statesBefore('succeed')}))
  ), need as (
    select h.id, h.line, h.due_at, q.bucket, q.count, q.seconds, q.words,
      case q.per when 'account' then h.line else 'installation:' || h.platform || ':' || h.environment end as scope
    from head h join jsonb_to_recordset(${json(allPostRates())})
      as q(platform text, per text, bucket text, count int, seconds int, words text) on q.platform = h.platform
  ), standing as (
    select n.*, b.resets_at, case when b.resets_at > ${at(now)} then b.remaining else n.count end as free,
      row_number() over (partition by n.scope, n.bucket order by n.due_at, n.id) as turn
    from need n left join quota_buckets b on b.scope = n.scope and b.bucket = n.bucket
  ), short as (
    select id, line, coalesce(max(resets_at), ${at(now)} + interval '1 second') as until,
      (array_agg(words order by resets_at desc nulls last))[1] as words
    from standing where turn > free group by id, line
  ), waits as (
    update publications p set state = ${stateAfter('wait')}, claim_token = null, claimed_until = null, retry_at = s.until,
      problem = s.words, updated_at = ${at(now)}
    from short s where p.id = s.id and p.state in (${statesBefore('wait')})
    returning s.line, s.until
  ), moved as (
    update publications p
    set state = ${stateAfter('start')}, attempts = p.attempts + 1, claimed_until = ${at(lease)}, updated_at = ${at(now)}
    from head h
    where p.id = h.id and p.state in (${statesBefore('start')}) and p.claim_token = h.claim_token
      and p.id not in (select id from short)
    returning p.*, h.attempt_id
  ), noted as (
    insert into publication_attempts (id, workspace_id, publication_id, number, kind, started_at)
    select attempt_id, workspace_id, id, attempts, 'publish', ${at(now)} from moved
  ), spent as (
    insert into quota_buckets as b (scope, bucket, remaining, resets_at)
    select s.scope, s.bucket, min(s.count) - count(*)::int, ${at(now)} + min(s.seconds) * interval '1 second'
    from moved m join standing s on s.id = m.id group by s.scope, s.bucket order by s.scope, s.bucket
    on conflict (scope, bucket) do update set
      remaining = case when b.resets_at > ${at(now)}
        then b.remaining - ((select min(n.count) from need n where n.scope = b.scope and n.bucket = b.bucket) - excluded.remaining)
        else excluded.remaining end,
      resets_at = case when b.resets_at > ${at(now)} then b.resets_at else excluded.resets_at end
  )
  select w.line, ${ms(sql`w.until`)} as until, null as id, 0 as version, '' as token, '' as attempt_id, 0 as attempts, '' as text, null as link,
    '' as title, '' as post_id, '' as connection_name, '' as platform, '' as environment, '' as status, '' as remote_id,
    '{}'::jsonb as remote, null as credentials, null::float8 as access_expires, null::float8 as refresh_expires,
    null::float8 as last_used, '[]'::jsonb as buckets, 0 as prior_transient, 0 as prior_unseen
  from waits w
  union all
  select m.connection_id, null, m.id, m.version, m.claim_token, m.attempt_id, m.attempts, m.text, m.link, t.title, m.post_id,
    c.remote_name, c.platform, c.environment, c.status, c.remote_id, c.remote, c.credentials,
    ${ms(sql`c.access_expires_at`)}, ${ms(sql`c.refresh_expires_at`)}, ${ms(sql`c.last_used_at`)},
    coalesce((select jsonb_agg(jsonb_build_object('bucket', r.bucket, 'remaining', r.remaining, 'resets_at', ${ms(sql`r.resets_at`)}))
      from rate_buckets r where r.connection_id = c.id and r.resets_at > ${at(now)}), '[]'),
    coalesce(a.transient, 0), coalesce(a.unseen, 0)
  from moved m join connections c on c.id = m.connection_id join posts t on t.id = m.post_id
  left join lateral (
    select count(*) filter (where outcome = 'transient')::int as transient,
      count(*) filter (where outcome = 'unknown_outcome')::int as unseen
    from publication_attempts where m.attempts > 1 and publication_id = m.id and kind = 'publish'
  ) a on true`;

const date = (at: number | null): Date | null => (at === null ? null : new Date(at));

function startedOf(row: Row, lease: Date): Started {
  return {
    publicationId: row.id ?? '',
    version: row.version,
    claimToken: row.token,
    attemptId: row.attempt_id,
    attempt: row.attempts,
    text: row.text,
    link: row.link,
    title: row.title,
    postId: row.post_id,
    connectionId: row.line,
    connectionName: row.connection_name,
    platform: row.platform,
    connection: {
      id: row.line,
      platform: row.platform,
      environment: row.environment,
      status: row.status,
      remoteId: row.remote_id,
      remote: row.remote,
      credentials: row.credentials,
      accessExpiresAt: date(row.access_expires),
      refreshExpiresAt: date(row.refresh_expires),
      lastUsedAt: date(row.last_used),
      buckets: row.buckets.map((b) => ({
        bucket: b.bucket,
        remaining: b.remaining,
        resetsAt: new Date(b.resets_at),
      })),
    },
    priorTransient: row.prior_transient,
    priorUnseen: row.prior_unseen,
    leaseUntil: lease,
  };
}
