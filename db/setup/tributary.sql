-- Creates the database `tributary` and the app's login, which is no superuser and can create neither roles nor databases. Run it with psql
-- as an administrator of the server (one that may create roles and databases; on Neon the project's initial role):
--   TRIBUTARY_DB_PASSWORD=… psql 'postgres://administrator@host/postgres' -f db/setup/tributary.sql
-- It may be run again, which sets the password. Requires PostgreSQL 15 or newer.
\set ON_ERROR_STOP on
\getenv password TRIBUTARY_DB_PASSWORD
select set_config('tributary.password', :'password', false) is not null as password_is_set;

do $$
declare
  options text;
begin
  if not exists (select from pg_roles where rolname = 'tributary_app') then create role tributary_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'tributary_system') then create role tributary_system nologin; end if;
  if not exists (select from pg_roles where rolname = 'tributary') then
    create role tributary login nocreatedb nocreaterole noinherit;
  end if;
  execute format('alter role tributary password %L', current_setting('tributary.password'));
  -- The login may assume the two roles, but has none of their rights until it does. Before PostgreSQL 16, noinherit ensures this.
  if current_setting('server_version_num')::int >= 160000 then options := ' with inherit false, set true'; end if;
  execute concat('grant tributary_app, tributary_system to tributary', options);
end $$;

select 'create database tributary encoding ''UTF8'' template template0' where not exists (select from pg_database where datname = 'tributary') \gexec
-- The login creates its own schemas there and owns nothing else.
revoke all on database tributary from public;
grant connect, create, temporary on database tributary to tributary;
