-- The texts that follow a publication (the rest of a thread, a first comment) are stored in its `parts`. The statement that makes the
-- publication `published` turns the first part into a publication of its own, which carries the rest. Applied after every migration, like
-- guards.sql, with the states of db/schema/states.ts.
--   id          the post's id and the number of the part, so that it follows directly after the post in the order of the
--               connection's lane (due_at, id), before anything else due at the same time, and cannot exist twice
--   claimed     so that the run that settled the previous part continues with it immediately; if it does not, the lease expires
--   held        posting is on hold: the part waits in the queue, unclaimed
--   taken back  the previous part was cancelled but was published after all (the response arrived late): this one is cancelled,
--               too; by the same stop, if there was one, so that undoing the stop restores it
--   stopped     the queue was cleared while the previous part was in flight or its outcome unknown, so it bears the stop's
--               mark (`set_aside_by`): this one is cancelled by that stop. Undoing the stop restores it; and because half of a
--               thread is published now, To do asks the user whether to send the rest
create or replace function tributary.publication_goes_on() returns trigger
language plpgsql set search_path = tributary, pg_temp
as $$
declare
  number int := coalesce(substring(new.id from '-(\d\d)$')::int, 1) + 1;
  part_id text := regexp_replace(new.id, '-\d\d$', '') || '-' || lpad(number::text, 2, '0');
  is_held boolean;
  stop_id text;
  is_off boolean;
  title text;
  account text;
begin
  -- Waits for a stop or a hold in progress; one that starts now waits for this lock.
  select w.held_at is not null into is_held from workspaces w where w.id = new.workspace_id for key share;
  if new.set_aside_by is not null then
    select s.id into stop_id from posting_stops s
    where s.workspace_id = new.workspace_id and s.undone_at is null and s.id = new.set_aside_by;
  end if;
  is_off := stop_id is not null or old.state = {publication:cancelled};
  insert into publications (id, workspace_id, post_id, variant_id, connection_id, kind, follows_id, text, link, parts, options,
    due_at, local_time, time_zone, state, claim_token, claimed_until, marker, request_key, approval_id,
    set_aside_by, set_aside_from, created_by, created_at, updated_at)
  values (part_id, new.workspace_id, new.post_id, new.variant_id, new.connection_id, 'reply', new.id,
    new.parts -> 0 ->> 'text', new.parts -> 0 ->> 'link', new.parts - 0, new.options, new.due_at, new.local_time, new.time_zone,
    case when is_off then {publication:cancelled} when is_held then {publication:scheduled} else {after:claim} end,
    case when not is_off and not is_held then gen_random_uuid()::text end,
    case when not is_off and not is_held then new.updated_at + interval '3 minutes' else new.updated_at end,
    part_id, 'after:' || new.id, new.approval_id,
    stop_id, case when stop_id is not null then {after:undoStop} end, new.created_by, new.updated_at, new.updated_at)
  on conflict (workspace_id, request_key) do nothing;
  if found and stop_id is not null then
    select p.title into title from posts p where p.workspace_id = new.workspace_id and p.id = new.post_id;
    select c.remote_name into account from connections c where c.workspace_id = new.workspace_id and c.id = new.connection_id;
    insert into actions (id, workspace_id, kind, subject_type, subject_id, title, prompt, choices, created_at)
    values ('act_' || part_id, new.workspace_id, 'publication_rest', 'publication', part_id,
      jsonb_build_object('fact', 'actions.rest.title', 'params', jsonb_build_object('title', title)),
      jsonb_build_object('fact', 'actions.rest.prompt', 'params',
        jsonb_build_object('account', account, 'count', jsonb_array_length(new.parts))),
      '[{"value":"send","label":{"fact":"actions.rest.send"}},{"value":"leave","label":{"fact":"actions.rest.leave"}}]',
      new.updated_at)
    on conflict do nothing;
  end if;
  return null;
end
$$;
drop trigger if exists publication_goes_on on tributary.publications;
create trigger publication_goes_on after update of state on tributary.publications for each row
  when (new.state = {after:succeed} and old.state is distinct from {after:succeed} and jsonb_array_length(new.parts) > 0)
  execute function tributary.publication_goes_on();

-- The task of a person to post a publication by hand ends when the publication leaves that state, whatever ended it: it was cancelled, or a
-- stop cleared the queue. An answer has already closed it. So does the reminder about it.
create or replace function tributary.handed_over_ends() returns trigger
language plpgsql set search_path = tributary, pg_temp
as $$
begin
  update actions set state = {action:dismissed}, done_at = new.updated_at
  where workspace_id = new.workspace_id and kind = 'publication_by_hand' and subject_id = new.id and state = {action:open};
  update alerts set resolved = true, resolved_at = new.updated_at
  where workspace_id = new.workspace_id and key = 'publication:' || new.id || ':by-hand' and not resolved;
  return null;
end
$$;
drop trigger if exists handed_over_ends on tributary.publications;
create trigger handed_over_ends after update of state on tributary.publications for each row
  when (old.state = {after:handOver} and new.state is distinct from {after:handOver})
  execute function tributary.handed_over_ends();
