import type { Client } from 'pg';

/** Tables of another system, with names and shapes that an overly broad query would take for ours. */
const TABLES = [
  // The Inngest server's own table, with its original definition.
  'create table public.event_batches (id char(26) primary key, account_id uuid, workspace_id uuid not null, app_id uuid, started_at timestamp not null default now())',
  'create table public.workspaces (id uuid primary key, name text not null)',
  'create table public.publications (id bigint primary key, workspace_id text, state text not null)',
  'create schema runner',
  'create table runner.jobs (id bigint primary key, workspace_id text, lease_until timestamptz)',
  'create schema sandbox',
  'create table sandbox.settings (key text primary key, value jsonb)',
  'create schema drizzle',
  'create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
];
const ROWS = [
  "insert into public.event_batches (id, workspace_id) values ('01HX0000000000000000000000', '00000000-0000-4000-8000-000000000001')",
  "insert into public.workspaces values ('00000000-0000-4000-8000-000000000001', 'Theirs')",
  "insert into public.publications values (1, 'x', 'scheduled')",
  "insert into runner.jobs values (1, 'x', now())",
  "insert into sandbox.settings values ('limits', '{}')",
  "insert into drizzle.__drizzle_migrations (hash, created_at) values ('theirs', 9999999999999)",
];

/** Creates them in the database of this connection. */
export async function moveIn(client: Client): Promise<void> {
  for (const statement of [...TABLES, ...ROWS]) await client.query(statement);
}

/**
 * Returns everything in this database that is not ours: schemas with their grants; relations with owners, grants, row-level security,
 * policies, triggers and rows; functions and types. An unchanged result means that nothing was touched.
 */
export async function neighbours(client: Client): Promise<unknown> {
  const theirs = (namespace: string) =>
    `${namespace} !~ '^(pg_|tributary)' and ${namespace} <> 'information_schema'`;
  const rows = async (text: string) => (await client.query<Record<string, unknown>>(text)).rows;
  const relations = await rows(`
    select c.oid::regclass::text as name, c.relkind, c.relowner::regrole::text as owner, c.relacl::text as grants, c.relrowsecurity,
      c.relforcerowsecurity, c.reloptions::text as options,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
      (select count(*)::int from pg_trigger t where t.tgrelid = c.oid) as triggers,
      (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || coalesce(a.attacl::text, ''), ', ' order by attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${theirs('n.nspname')} order by 1`);
  const content: Record<string, unknown> = {};
  for (const { name } of relations.filter((r) => r.relkind === 'r'))
    content[String(name)] = await rows(`select t.ctid::text, t.xmin::text, t.* from ${name} t`);
  return {
    relations,
    content,
    schemas: await rows(
      `select nspname, nspowner::regrole::text as owner, nspacl::text as grants from pg_namespace where ${theirs('nspname')} order by 1`,
    ),
    functions: await rows(
      `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${theirs('n.nspname')} order by 1`,
    ),
    types: await rows(
      `select t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${theirs('n.nspname')} order by 1`,
    ),
    extensions: await rows('select extname from pg_extension order by 1'),
  };
}
