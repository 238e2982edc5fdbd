-- Makes the database `tributary` and the login that the app uses: no superuser, and it can make neither roles nor databases. For
-- psql, as an administrator of the server (any who may make roles and databases; on Neon the role that the project came with):
--   TRIBUTARY_DB_PASSWORD=… psql 'postgres://administrator@host/postgres' -f db/setup/tributary.sql
-- It may be run again: it then sets the password. PostgreSQL 15 or newer.
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
  -- It may take the two roles, and has none of their rights until it does. Before 16, noinherit says so.
  if current_setting('server_version_num')::int >= 160000 then options := ' with inherit false, set true'; end if;
  execute concat('grant tributary_app, tributary_system to tributary', options);
end $$;

select 'create database tributary encoding ''UTF8'' template template0' where not exists (select from pg_database where datname = 'tributary') \gexec
-- It makes schemas of its own there and owns nothing else.
revoke all on database tributary from public;
grant connect, create, temporary on database tributary to tributary;
