-- Creates the database `inngest` and a login that owns it and nothing else, for a self-hosted Inngest server on the same PostgreSQL server.
-- Run it with psql as an administrator; compose.yaml does so:
--   INNGEST_DB_PASSWORD=… psql 'postgres://administrator@host/postgres' -f db/setup/inngest.sql
-- It may be run again, which sets the password.
\set ON_ERROR_STOP on
\getenv password INNGEST_DB_PASSWORD
select set_config('inngest.password', :'password', false) is not null as password_is_set;

do $$
begin
  if not exists (select from pg_roles where rolname = 'inngest') then create role inngest login nocreatedb nocreaterole; end if;
  execute format('alter role inngest password %L', current_setting('inngest.password'));
end $$;

-- Inngest creates its tables in the schema `public`, which belongs to the owner of the database.
select 'create database inngest owner inngest' where not exists (select from pg_database where datname = 'inngest') \gexec
revoke all on database inngest from public;
