import { sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import type { Db } from '@/db/client';
import * as schema from '@/db/schema';
import type { World } from '@/tests/support/world';

const tables = (Object.values(schema) as unknown[])
  .filter((value): value is PgTable => value instanceof PgTable)
  .map((table) => getTableConfig(table));
/** Names of the tables that belong to a workspace. */
export const tenantTables = tables
  .filter((table) => table.columns.some((column) => column.name === 'workspace_id'))
  .map((table) => table.name);

/** Returns one digest per table of everything that a workspace and its owner have. Any change to a row changes the digest. */
export async function snapshot(db: Db, world: World): Promise<Record<string, string>> {
  const own = (table: string, where: ReturnType<typeof sql>) =>
    sql`select ${table}::text as "table", coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from ${sql.identifier(table)} t where ${where}`;
  const parts = [
    ...tenantTables.map((table) => own(table, sql`t.workspace_id = ${world.workspaceId}`)),
    own('workspaces', sql`t.id = ${world.workspaceId}`),
    own('users', sql`t.id = ${world.userId}`),
    own('sessions', sql`t.user_id = ${world.userId}`),
    own('email_tokens', sql`t.user_id = ${world.userId}`),
  ];
  const answer = await db.asSystem((tx) => tx.execute(sql.join(parts, sql` union all `)));
  const rows = (answer as unknown as { rows: { table: string; digest: string }[] }).rows;
  return Object.fromEntries(rows.map((row) => [row.table, row.digest]));
}

/**
 * Returns a marker of the last completed write to the database, by any session. If the marker is the same twice, no row of any table has
 * changed in between. PostgreSQL numbers every transaction that writes, including those that are rolled back.
 */
export async function lastWrite(db: Db): Promise<string> {
  const answer = await db.asSystem((tx) =>
    tx.execute(sql`select pg_snapshot_xmax(pg_current_snapshot())::text as write`),
  );
  const [row] = (answer as unknown as { rows: { write: string }[] }).rows;
  if (!row) throw new Error('The database reports no last write');
  return row.write;
}
