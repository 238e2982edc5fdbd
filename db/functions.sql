-- The publisher's hot statements. They are database functions because their plans are then cached between calls (planning costs several
-- times as much as execution), and because each call takes a single round trip: they run as tributary_system without a transaction around
-- them. Applied after every migration, like guards.sql. The states in braces are filled in from db/schema/states.ts (state-sql.ts).
-- start-publishing.ts and settle.ts describe what the statements do. docs/database.md defines what the version in a name promises;
-- `functions.test.ts` enforces it.

-- Their predecessors would send a post without its options, read columns that grants have taken over, or not keep limits per sign-in.
drop function if exists tributary.advance_publishing_v3(jsonb, jsonb, jsonb, timestamptz, timestamptz);
drop function if exists tributary.start_publishing_v4(jsonb, jsonb, timestamptz, timestamptz);
drop function if exists tributary.advance_publishing_v4(jsonb, jsonb, jsonb, timestamptz, timestamptz);
drop function if exists tributary.start_publishing_v5(jsonb, jsonb, timestamptz, timestamptz);

create or replace function tributary.start_publishing_v6(p_wanted jsonb, p_rates jsonb, p_now timestamptz, p_lease timestamptz)
returns table (
  lane text, until timestamptz, id text, version int, token text, attempt_id text, attempts int, text text, link text,
  title text, post_id text, connection_name text, platform text, environment text, server text, status text, remote_id text,
  remote jsonb, credentials text, grant_id text, grant_credentials text, sealed_for text, access_expires timestamptz,
  refresh_expires timestamptz, grant_ended timestamptz, last_used timestamptz, buckets jsonb,
  prior_transient int, prior_unseen int, kind text, follows_remote_id text, media jsonb, options jsonb,
  limits jsonb, files jsonb, parts jsonb
)
language plpgsql set search_path = tributary, pg_temp set role = 'tributary_system'
as $$
#variable_conflict use_column
declare
  own_attempts text[];
begin
  -- Waits for a hold in progress; a hold that starts now waits for this lock. The workspace is locked before any publication, so that the
  -- two cannot deadlock.
  perform from workspaces s
  where s.id = any(array(select w.workspace_id from jsonb_to_recordset(p_wanted) as w(workspace_id text)))
  order by s.id for key share;
  -- The request is repeated because its response was lost: an attempt that it started still belongs to the caller unless another worker has
  -- taken it over.
  if p_wanted @> '[{"again": true}]' then
    perform from publications p join publication_attempts a on a.publication_id = p.id
    where a.id in (
      select w.attempt_id from jsonb_to_recordset(p_wanted) as w(attempt_id text, again boolean) where w.again)
    order by p.id for update of p;
    with own as (
      update publications p set claimed_until = p_lease, updated_at = p_now
      from jsonb_to_recordset(p_wanted) as w(lane text, workspace_id text, attempt_id text, again boolean)
      join publication_attempts a on a.id = w.attempt_id and a.workspace_id = w.workspace_id
      where w.again and a.outcome is null and p.id = a.publication_id and p.workspace_id = a.workspace_id
        and p.connection_id = w.lane and p.state = {after:start} and p.attempts = a.number
      returning a.id
    )
    select array_agg(own.id) into own_attempts from own;
  end if;
  return query
  with wanted as (
    select * from jsonb_to_recordset(p_wanted) as w(lane text, workspace_id text, attempt_id text)
  ), head as materialized (
    select h.*, w.attempt_id, c.platform, c.environment, c.grant_id
    from wanted w
    join connections c on c.id = w.lane and c.workspace_id = w.workspace_id
    join workspaces s on s.id = w.workspace_id and s.held_at is null
    cross join lateral (
      select p.id, p.connection_id as lane, p.state, p.due_at, p.retry_at, p.claim_token, p.media_until from publications p
      where p.connection_id = w.lane and p.workspace_id = w.workspace_id and p.state in ({publications:lane})
      order by p.due_at, p.id limit 1
    ) h
    where h.state in ({before:start}) and h.claim_token is not null and greatest(h.due_at, h.retry_at) <= p_now
      -- Its media stay available on the platform for longer than a call takes, or it has none.
      and (h.media_until is null or h.media_until > greatest(p_lease, p_now + interval '150 seconds'))
      and not exists (select from publications o where o.connection_id = w.lane and o.state = {after:start})
  ), need as (
    select h.id, h.lane, h.due_at, q.bucket, q.count, q.seconds, q.words,
      case q.per when 'account' then h.lane when 'grant' then 'grant:' || coalesce(h.grant_id, h.lane)
        else 'installation:' || h.platform || ':' || h.environment end as scope
    from head h
    join jsonb_to_recordset(p_rates) as q(platform text, per text, bucket text, count int, seconds int, words jsonb)
      on q.platform = h.platform
  ), quota as (
    select n.*, b.resets_at, case when b.resets_at > p_now then b.remaining else n.count end as free,
      row_number() over (partition by n.scope, n.bucket order by n.due_at, n.id) as turn
    -- A window that ends later than one of its length could was stored while the clock was ahead, and counts as none.
    from need n left join quota_buckets b on b.scope = n.scope and b.bucket = n.bucket
      and b.resets_at <= p_now + (n.seconds + 60) * interval '1 second'
  ), short as (
    select id, lane, coalesce(max(resets_at), p_now + interval '1 second') as until,
      (array_agg(words order by resets_at desc nulls last))[1] as words
    from quota where turn > free group by id, lane
  ), waits as (
    update publications p set state = {after:wait}, claim_token = null, claimed_until = null, retry_at = s.until,
      problem = s.words, updated_at = p_now
    from short s where p.id = s.id and p.state in ({before:wait})
    returning s.lane, s.until
  ), moved as (
    update publications p
    set state = {after:start}, attempts = p.attempts + 1, claimed_until = p_lease, updated_at = p_now
    from head h
    where p.id = h.id and p.state in ({before:start}) and p.claim_token = h.claim_token and p.id not in (select id from short)
    returning p.*, h.attempt_id
  ), noted as (
    insert into publication_attempts (id, workspace_id, publication_id, number, kind, started_at)
    select attempt_id, workspace_id, id, attempts, 'publish', p_now from moved
  ), begun as (
    select * from moved
    union all
    select p.*, a.id from publication_attempts a join publications p on p.id = a.publication_id
    where own_attempts is not null and a.id = any(own_attempts)
  ), taken as (
    select s.scope, s.bucket, min(s.count) as count, min(s.seconds) as seconds, count(*)::int as n
    from moved m join quota s on s.id = m.id group by s.scope, s.bucket
  ), spent as (
    insert into quota_buckets as b (scope, bucket, remaining, resets_at)
    select scope, bucket, count - n, p_now + seconds * interval '1 second' from taken order by scope, bucket
    on conflict (scope, bucket) do update set
      remaining = case when b.resets_at > p_now and b.resets_at <= excluded.resets_at + interval '60 seconds'
        then b.remaining - (select t.n from taken t where t.scope = b.scope and t.bucket = b.bucket) else excluded.remaining end,
      resets_at = case when b.resets_at > p_now and b.resets_at <= excluded.resets_at + interval '60 seconds'
        then b.resets_at else excluded.resets_at end
  )
  select w.lane, w.until, null, 0, null, null, 0, null, null, null, null, null, null, null, null, null, null, null::jsonb, null,
    null, null, null, null::timestamptz, null::timestamptz, null::timestamptz, null::timestamptz, null::jsonb, 0, 0, null, null,
    null::jsonb, null::jsonb, null::jsonb, null::jsonb, null::jsonb
  from waits w
  union all
  select m.connection_id, null, m.id, m.version, m.claim_token, m.attempt_id, m.attempts, m.text, m.link, t.title, m.post_id,
    c.remote_name, c.platform, c.environment, c.server, c.status, c.remote_id, c.remote, c.credentials,
    g.id, g.credentials, g.sealed_for, g.access_expires_at, g.refresh_expires_at, g.ended_at, c.last_used_at,
    coalesce((select jsonb_agg(jsonb_build_object('bucket', r.bucket, 'remaining', r.remaining, 'resetsAt', r.resets_at))
      from rate_buckets r where r.connection_id = c.id and r.resets_at > p_now
        and r.resets_at <= p_now + interval '1 day 60 seconds'), '[]'),
    coalesce(a.transient, 0), coalesce(a.unseen, 0), m.kind, f.remote_id,
    case when m.media_until is not null then (
      select jsonb_agg(jsonb_build_object('remoteId', x.remote_id, 'kind', m.media -> x.position ->> 'kind') order by x.position)
      from publication_media x where x.publication_id = m.id) end,
    m.options, c.limits, m.media, m.parts
  from begun m join connections c on c.id = m.connection_id join posts t on t.id = m.post_id
  left join grants g on g.id = c.grant_id and g.workspace_id = c.workspace_id
  left join publications f on f.id = m.follows_id and f.workspace_id = m.workspace_id
  left join lateral (
    select count(*) filter (where outcome = 'transient')::int as transient,
      count(*) filter (where outcome = 'unknown_outcome')::int as unseen
    from publication_attempts where m.attempts > 1 and publication_id = m.id and kind = 'publish'
  ) a on true;
end
$$;

create or replace function tributary.settle_publishing_v2(p_done jsonb)
returns table (attempt_id text, more boolean)
language plpgsql set search_path = tributary, pg_temp set role = 'tributary_system'
as $$
#variable_conflict use_column
begin
  -- A stop that clears the queue marks publications in flight (`set_aside_by`) and locks its workspace's row until it commits. It has
  -- either finished before this check or waits until this is written. The publications are locked next, so that the statements below see
  -- their outcomes and open questions.
  perform from workspaces w
  where w.id = any(array(select d.workspace_id from jsonb_to_recordset(p_done) as d(workspace_id text)))
  order by w.id for key share;
  perform from publications p
  where p.id = any(array(select d.id from jsonb_to_recordset(p_done) as d(id text))) order by p.id for update;
  return query
  with given as (
    select * from jsonb_to_recordset(p_done) as d(id text, workspace_id text, version int, token text, attempt_id text,
      at timestamptz, outcome text, message jsonb, to_state text, out boolean, keep boolean, retry_at timestamptz,
      lease timestamptz, remote_id text, permalink text, problem jsonb, activity_id text, verb text, summary jsonb,
      alert_id text, alert jsonb, action_id text, action jsonb, stopped jsonb)
  ), done as (
    -- A publication that was in flight when the queue was cleared and would be sent again belongs to that queue, so it is cancelled with
    -- it. One that may already be published is not reported as cancelled; the user is asked instead.
    select d.*, case
      when d.to_state not in ({publication:scheduled},{after:handOver}) or o.set_aside_by is null then null
      when d.outcome <> 'absent' and exists (
        select from publication_attempts a
        where a.publication_id = d.id and a.id <> d.attempt_id and a.kind = 'publish'
          and coalesce(a.outcome, 'unknown_outcome') = 'unknown_outcome'
          and not exists (
            select from publication_attempts l
            where l.publication_id = d.id and l.kind = 'lookup' and l.outcome = 'absent' and l.number > a.number))
        then 'asked' else {after:stopLate} end as instead, jsonb_array_length(o.parts) as following, o.state as state_before
    from given d left join publications o on o.id = d.id and o.workspace_id = d.workspace_id
  ), tried as (
    update publication_attempts a set finished_at = d.at, outcome = d.outcome, message = d.message
    from done d where a.id = d.attempt_id and a.workspace_id = d.workspace_id
  ), moved as (
    update publications p set
      state = case d.instead when {after:stopLate} then {after:stopLate} when 'asked' then {after:askPerson} else d.to_state end,
      version = case d.instead when {after:stopLate} then p.version + 1 else p.version end, updated_at = d.at,
      retry_at = case when d.instead is null then d.retry_at end,
      problem = case d.instead when {after:stopLate} then null when 'asked' then d.stopped->'problem' else d.problem end,
      set_aside_by = case when d.to_state <> {publication:failed} then p.set_aside_by end,
      set_aside_from = case when d.instead = {after:stopLate} then {after:undoStop} when d.to_state <> {publication:failed} then p.set_aside_from end,
      claim_token = case when d.keep then p.claim_token end, claimed_until = case when d.keep then d.lease end,
      remote_id = coalesce(d.remote_id, p.remote_id), permalink = coalesce(d.permalink, p.permalink),
      published_at = case when d.out then d.at else p.published_at end
    from done d
    where p.id = d.id and p.workspace_id = d.workspace_id and (
      (p.state in ({before:succeed}) and p.version = d.version and p.claim_token = d.token)
      or (d.out and p.state in ({before:succeedLate}))
    )
    returning d.*, p.connection_id, p.state as state_after, p.state = {after:succeed} and jsonb_array_length(p.parts) > 0 as follows
  ), told as (
    insert into activity (id, workspace_id, at, actor, verb, subject_type, subject_id, summary, before, after)
    select activity_id, workspace_id, at, 'system:publisher', coalesce(stopped->instead->>'verb', verb), 'publication', id,
      coalesce(stopped->instead->'summary', summary), jsonb_build_object('state', state_before),
      jsonb_strip_nulls(jsonb_build_object('state', state_after, 'permalink', permalink))
    from moved where coalesce(stopped->instead->'summary', summary) is not null
  ), alerted as (
    insert into alerts (id, workspace_id, key, severity, title, body, href, created_at)
    select alert_id, workspace_id, alert->>'key', alert->>'severity', alert->'title', alert->'body', alert->>'href', at
    from moved where alert_id is not null
    on conflict (workspace_id, key) where not resolved do nothing
  ), asked as (
    insert into actions (id, workspace_id, kind, subject_type, subject_id, title, prompt, choices, deadline_at, created_at)
    select action_id, workspace_id, action->>'kind', 'publication', id, action->'title', action->'prompt',
      action->'choices', (action->>'deadlineAt')::timestamptz, at
    from (
      select m.action_id, m.workspace_id, m.id, m.at, case when m.instead is null then m.action
        when m.following > 0 then m.stopped->'questionWithParts' else m.stopped->'question' end as action
      from moved m where m.action_id is not null and (m.instead is null or m.instead = 'asked')
    ) m where action is not null
    on conflict (workspace_id, kind, subject_id) where state = {action:open} do nothing
  ), late as (
    -- A success that was reported after the row had changed state. This statement still sees the earlier state.
    select m.*, o.state as was from moved m join publications o on o.id = m.id
    where m.out and o.state in ({publications:surprised})
  ), settled as (
    update actions a set state = case a.kind when 'publication_unknown' then {action:done} else {action:dismissed} end,
      answer = case a.kind when 'publication_unknown' then 'there' end, done_by = 'system:publisher', done_at = l.at
    from late l where a.workspace_id = l.workspace_id and a.subject_id = l.id and a.state = {action:open}
      and a.kind in ('publication_unknown','publication_missed')
  ), resolved as (
    update alerts a set resolved = true, resolved_at = l.at
    from late l where a.workspace_id = l.workspace_id and a.key = 'publication:' || l.id || ':failed' and not a.resolved
  ), surprised as (
    insert into alerts (id, workspace_id, key, severity, title, body, href, created_at)
    select 'alr' || substr(activity_id, 4), workspace_id, 'out-after-all:' || id, 'warning',
      jsonb_build_object('fact', case was when {publication:cancelled} then 'publisher.alerts.lateAnswer.cancelled'
        when {publication:draft} then 'publisher.alerts.lateAnswer.setAside' else 'publisher.alerts.lateAnswer.failed' end),
      jsonb_build_object('fact', 'publisher.alerts.lateAnswer.body', 'params', jsonb_build_object('activity', summary)),
      '/calendar', at
    from late where activity_id is not null and was <> {publication:unknown}
    on conflict (workspace_id, key) where not resolved do nothing
  )
  -- Publications that come due before this is written count as well: their own run found the lane occupied, and no other run will pick them
  -- up. The next part of a thread (parts.sql) is not visible here yet.
  select m.attempt_id, m.follows or exists (
    select from publications q where q.connection_id = m.connection_id and q.id <> m.id and q.state in ({before:start})
      and greatest(q.due_at, q.retry_at) <= m.at + interval '5 seconds')
  from moved m;
  -- The outcome is written again because the response was lost: returns the attempts that were already settled, and whether more is due by
  -- now.
  if p_done @> '[{"again": true}]' then
    return query
    select d.attempt_id, exists (
      select from publications q where q.connection_id = p.connection_id and q.id <> p.id and q.state in ({before:start})
        and greatest(q.due_at, q.retry_at) <= d.at + interval '5 seconds')
    from jsonb_to_recordset(p_done) as d(id text, workspace_id text, attempt_id text, at timestamptz, to_state text, again boolean)
    join publications p on p.id = d.id and p.workspace_id = d.workspace_id
    where d.again and d.to_state in ({after:succeed},{after:fail},{after:handOver}) and p.state = d.to_state;
  end if;
end
$$;

-- Records the outcome of the last publication and starts the next one in the same lanes, in one round trip and one commit.
create or replace function tributary.advance_publishing_v5(p_done jsonb, p_wanted jsonb, p_rates jsonb, p_now timestamptz,
  p_lease timestamptz)
returns table (
  settled_attempt text, more boolean,
  lane text, until timestamptz, id text, version int, token text, attempt_id text, attempts int, text text, link text,
  title text, post_id text, connection_name text, platform text, environment text, server text, status text, remote_id text,
  remote jsonb, credentials text, grant_id text, grant_credentials text, sealed_for text, access_expires timestamptz,
  refresh_expires timestamptz, grant_ended timestamptz, last_used timestamptz, buckets jsonb,
  prior_transient int, prior_unseen int, kind text, follows_remote_id text, media jsonb, options jsonb,
  limits jsonb, files jsonb, parts jsonb
)
language plpgsql set search_path = tributary, pg_temp set role = 'tributary_system'
as $$
#variable_conflict use_column
begin
  return query select s.attempt_id, s.more, null, null::timestamptz, null, 0, null, null, 0, null, null, null, null, null, null,
    null, null, null, null, null::jsonb, null, null, null, null, null::timestamptz, null::timestamptz, null::timestamptz,
    null::timestamptz, null::jsonb, 0, 0, null, null, null::jsonb, null::jsonb, null::jsonb, null::jsonb,
    null::jsonb from settle_publishing_v2(p_done) s;
  return query select null, null::boolean, t.* from start_publishing_v6(p_wanted, p_rates, p_now, p_lease) t;
end
$$;

-- The sweep: claims publications that come due before the next sweep (claim-due.ts and late.ts explain the conditions). It reads only due
-- rows, however many are scheduled, so one plan fits all arguments: an index scan for each part, never a scan of the whole table.
create or replace function tributary.claim_due(p_now timestamptz, p_late timestamptz, p_horizon timestamptz, p_lease interval,
  p_limit int, p_token text)
returns table (id text, workspace_id text, connection_id text, platform text, version int, due float8, unready boolean)
language plpgsql set search_path = tributary, pg_temp set role = 'tributary_system' set plan_cache_mode = 'force_generic_plan'
  set enable_seqscan = 'off' set enable_bitmapscan = 'off'
as $$
#variable_conflict use_column
begin
  return query
  with again as (
    select id from publications
    -- Written as in the index publications_again. No lease of a row that was due before the horizon ends later than this.
    where state in ({before:claim}) and (retry_at is not null or claimed_until is not null)
      and greatest(due_at, retry_at, claimed_until) between p_late and p_horizon + p_lease
      and due_at < p_late and (retry_at is null or retry_at <= p_horizon)
      and workspace_id not in (select id from workspaces where held_at is not null)
    order by due_at, id limit p_limit for update skip locked
  ), fresh as (
    select id from publications
    where state in ({before:claim}) and due_at between p_late and p_horizon and (retry_at is null or retry_at <= p_horizon)
      and workspace_id not in (select id from workspaces where held_at is not null)
    order by due_at, id limit p_limit - (select count(*) from again) for update skip locked
  )
  update publications p set state = {after:claim}, claim_token = p_token, updated_at = p_now,
    claimed_until = greatest(p.due_at, p.retry_at, p_now) + p_lease
  from connections c
  where p.id = any(array(select id from again union all select id from fresh)) and c.id = p.connection_id
  returning p.id, p.workspace_id, p.connection_id, c.platform, p.version,
    (extract(epoch from greatest(p.due_at, p.retry_at)) * 1000)::float8,
    p.media_until is not null and p.media_until <= p_horizon;
end
$$;

-- Returns the workspaces with posts that became overdue while they could not be sent, the most overdue first (decide-late.ts).
create or replace function tributary.late_workspaces(p_late timestamptz, p_rows int, p_limit int)
returns table (workspace_id text)
language plpgsql set search_path = tributary, pg_temp set role = 'tributary_system' set plan_cache_mode = 'force_generic_plan'
  set enable_seqscan = 'off' set enable_bitmapscan = 'off'
as $$
#variable_conflict use_column
begin
  return query
  select workspace_id from (
    select workspace_id, due_at from publications
    where state in ({before:miss}) and due_at < p_late and greatest(due_at, retry_at, claimed_until) < p_late
      and workspace_id not in (select id from workspaces where held_at is not null)
    order by due_at limit p_rows) late
  group by workspace_id order by min(due_at) limit p_limit;
end
$$;

do $$
declare f text;
begin
  foreach f in array array[
    'tributary.start_publishing_v6(jsonb, jsonb, timestamptz, timestamptz)', 'tributary.settle_publishing_v2(jsonb)',
    'tributary.advance_publishing_v5(jsonb, jsonb, jsonb, timestamptz, timestamptz)',
    'tributary.claim_due(timestamptz, timestamptz, timestamptz, interval, int, text)',
    'tributary.late_workspaces(timestamptz, int, int)'
  ] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to %I, tributary_system', f, current_user);
  end loop;
end
$$;
