-- Applied after every migration, by db/apply-guards.ts. Idempotent. The roles already exist (db/login.ts):
--   tributary_app     a request for one workspace: sees that workspace's rows only
--   tributary_system  gates, sweeps and webhooks that must query across workspaces
-- The login owns the tables but, with row-level security forced, sees no row until it assumes one of these roles. The policies check the
-- assumed role, so a login that inherits the rights of its roles (the usual case before PostgreSQL 16) sees no row either. Nothing outside
-- the schema `tributary` is changed.
grant usage on schema tributary to tributary_app, tributary_system;

do $$
declare
  t record;
  tenant_column text;
begin
  for t in select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'tributary' and c.relkind = 'r' loop
    -- Row-level security does not cover truncate.
    execute format('revoke truncate on tributary.%I from %I', t.relname, current_user);
    execute format('grant select, insert, update, delete on tributary.%I to tributary_system', t.relname);
    tenant_column := case when t.relname = 'workspaces' then 'id' else (
      select a.attname from pg_attribute a where a.attrelid = format('tributary.%I', t.relname)::regclass and a.attname = 'workspace_id' and not a.attisdropped) end;
    execute format('alter table tributary.%I enable row level security', t.relname);
    execute format('alter table tributary.%I force row level security', t.relname);
    execute format('drop policy if exists system_all on tributary.%I', t.relname);
    execute format('create policy system_all on tributary.%I to tributary_system using (current_user = ''tributary_system'') with check (current_user = ''tributary_system'')', t.relname);
    if tenant_column is not null then
      execute format('grant select, insert, update, delete on tributary.%I to tributary_app', t.relname);
      execute format('drop policy if exists own_workspace on tributary.%I', t.relname);
      execute format('create policy own_workspace on tributary.%I to tributary_app using (%I = current_setting(''app.workspace_id'', true)) with check (%I = current_setting(''app.workspace_id'', true))', t.relname, tenant_column, tenant_column);
    end if;
  end loop;
end $$;

-- The keys of a search are computed by whoever writes the row, also on a server that takes the right to call new functions from everybody.
do $$
declare
  f regprocedure;
begin
  for f in select oid from pg_proc where pronamespace = 'tributary'::regnamespace and proname in ('search_key', 'search_key_of_parts') loop
    execute format('grant execute on function %s to tributary_app, tributary_system', f);
  end loop;
end $$;

-- A workspace's own requests may queue an e-mail in their transaction but cannot read any.
grant insert on tributary.emails to tributary_app;
drop policy if exists app_queues on tributary.emails;
create policy app_queues on tributary.emails for insert to tributary_app with check (current_user = 'tributary_app');

-- Memberships are created at registration and invitation, never by a workspace's own requests.
revoke insert, update, delete on tributary.members from tributary_app;
-- These requests send e-mail to members, so they may read a member's name, address and language.
grant select (id, email, name, locale) on tributary.users to tributary_app;
drop policy if exists own_members on tributary.users;
create policy own_members on tributary.users for select to tributary_app using (current_user = 'tributary_app' and exists
  (select from tributary.members m where m.user_id = users.id and m.workspace_id = current_setting('app.workspace_id', true)));

-- The ledger is append-only for every role.
revoke update, delete on tributary.ledger_transactions, tributary.ledger_postings from tributary_app;
revoke update, delete on tributary.ledger_transactions, tributary.ledger_postings from tributary_system;
create or replace function tributary.ledger_is_append_only() returns trigger language plpgsql set search_path = tributary, pg_temp as $$
begin
  -- Deleting a workspace also deletes its ledger, through a cascade, which counts as one trigger level.
  if tg_op = 'DELETE' and pg_trigger_depth() > 1 then return old; end if;
  raise exception 'The ledger is append-only: correct it with a reversal' using errcode = 'integrity_constraint_violation';
end $$;
drop trigger if exists ledger_transactions_append_only on tributary.ledger_transactions;
create trigger ledger_transactions_append_only before update or delete on tributary.ledger_transactions for each row execute function tributary.ledger_is_append_only();
drop trigger if exists ledger_postings_append_only on tributary.ledger_postings;
create trigger ledger_postings_append_only before update or delete on tributary.ledger_postings for each row execute function tributary.ledger_is_append_only();

-- At commit, every affected transaction must have postings that sum to zero in each currency, and each posting must be in its account's
-- currency.
create or replace function tributary.ledger_is_balanced() returns trigger language plpgsql set search_path = tributary, pg_temp as $$
declare
  wanted text;
begin
  -- Not a single expression, because a row of one table lacks the other's column.
  if tg_table_name = 'ledger_transactions' then wanted := new.id; else wanted := new.transaction_id; end if;
  if not exists (select from tributary.ledger_postings where transaction_id = wanted) then
    raise exception 'Ledger transaction % has no postings', wanted using errcode = 'check_violation';
  end if;
  if exists (select from tributary.ledger_postings where transaction_id = wanted group by currency having sum(amount) <> 0) then
    raise exception 'Ledger transaction % is not balanced', wanted using errcode = 'check_violation';
  end if;
  if exists (select from tributary.ledger_postings p join tributary.ledger_accounts a on a.id = p.account_id where p.transaction_id = wanted and a.currency <> p.currency) then
    raise exception 'Ledger transaction % posts to an account of another currency', wanted using errcode = 'check_violation';
  end if;
  return null;
end $$;
drop trigger if exists ledger_transactions_balanced on tributary.ledger_transactions;
create constraint trigger ledger_transactions_balanced after insert on tributary.ledger_transactions deferrable initially deferred for each row execute function tributary.ledger_is_balanced();
drop trigger if exists ledger_postings_balanced on tributary.ledger_postings;
create constraint trigger ledger_postings_balanced after insert on tributary.ledger_postings deferrable initially deferred for each row execute function tributary.ledger_is_balanced();
