import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { createWorld } from '../support/world';

export const WORKSPACES = 40;
const CONNECTIONS = 200;
const CHUNK = 500_000;

const rowsOf = <T>(result: unknown) => (result as { rows: T[] }).rows;

/** Creates forty workspaces with five X accounts each, and for each account one post that all its publications share. */
export async function fillAccounts(db: Db): Promise<void> {
  for (let i = 0; i < WORKSPACES; i++) {
    const { workspaceId } = await createWorld(db, { plan: 'agency' });
    await db.asSystem(async (tx) => {
      for (let n = 0; n < CONNECTIONS / WORKSPACES; n++) {
        const id = `con_bench_${String(i).padStart(3, '0')}_${n}`;
        await tx.execute(sql`insert into connections (id, workspace_id, platform, environment, status, remote_id, remote_name)
          values (${id}, ${workspaceId}, 'x', 'sandbox', 'active', ${id}, ${`Account ${n}`})`);
        await tx.execute(sql`insert into posts (id, workspace_id, title, created_by)
          values (${id}, ${workspaceId}, 'Measured post', 'system:bench')`);
        await tx.execute(sql`insert into variants (id, workspace_id, post_id, platform, text)
          values (${id}, ${workspaceId}, ${id}, 'x', 'Measured post')`);
      }
    });
  }
}

export interface Load {
  /** Prefix of the ids; must differ for each load. */
  name: string;
  rows: number;
  /** SQL expression for the due time of row `i`, counted from 0. */
  due: string;
  state?: 'scheduled' | 'published';
  /** Restricts the load to the accounts of these workspaces, by offset and count in the order of their ids. */
  workspaces?: { from: number; count: number };
}

/** Adds scheduled publications, distributed round-robin over the accounts. */
export async function addRows(tx: Tx, load: Load): Promise<void> {
  const raw = sql.raw;
  for (let from = 0; from < load.rows; from += CHUNK) {
    const to = Math.min(load.rows, from + CHUNK) - 1;
    await tx.execute(sql`
      with lane as (
        select c.id, c.workspace_id, row_number() over (order by c.id) - 1 as n, count(*) over () as lanes
        from connections c
        where c.workspace_id in (select id from workspaces order by id offset ${load.workspaces?.from ?? 0} limit ${load.workspaces?.count ?? WORKSPACES})
      )
      insert into publications (id, workspace_id, post_id, variant_id, connection_id, text, due_at, local_time, time_zone,
        state, marker, request_key, created_by)
      select ${load.name} || lpad(i::text, 9, '0'), l.workspace_id, l.id, l.id, l.id,
        'Measured post ' || i || ', with about as many words as a post on such a platform usually has in it, and a link or two',
        ${raw(load.due)}, '2026-01-01T00:00', 'UTC', ${load.state ?? 'scheduled'}, ${load.name} || i, ${load.name} || i, 'system:bench'
      from generate_series(${from}::int, ${to}::int) as i join lane l on l.n = i % l.lanes`);
  }
}

/**
 * Adds publications by the million: drops the table's indexes, rebuilds them afterwards, and skips foreign-key checks. The login must be
 * allowed to set `session_replication_role`.
 */
export async function addManyRows(db: Db, loads: readonly Load[]): Promise<void> {
  const indexes = rowsOf<{ name: string; definition: string }>(
    await db.raw.execute(sql`
      select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
      where i.indrelid = 'tributary.publications'::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`),
  );
  await db.raw.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('maintenance_work_mem', '512MB', true), set_config('session_replication_role', 'replica', true), set_config('search_path', 'tributary, pg_temp', true)`,
    );
    for (const { name } of indexes) await tx.execute(sql.raw(`drop index ${name}`));
    await tx.execute(sql`select set_config('role', 'tributary_system', true)`);
    for (const load of loads) await addRows(tx, load);
    await tx.execute(sql`select set_config('role', 'none', true)`);
    for (const { definition } of indexes) await tx.execute(sql.raw(definition));
  });
}

/** Number of rows of the table read so far, by index and sequential scans. */
export async function rowsRead(db: Db): Promise<number> {
  // A connection reports its statistics only at the end of a transaction.
  await db.raw.execute(sql`select pg_stat_force_next_flush()`);
  const [row] = rowsOf<{ n: string }>(
    await db.raw.execute(
      sql`select seq_tup_read + idx_tup_fetch as n from pg_stat_all_tables where relid = 'tributary.publications'::regclass`,
    ),
  );
  return Number(row?.n ?? 0);
}

/** Updates the planner's statistics, as autovacuum would after a load. */
export async function tidy(db: Db): Promise<void> {
  await db.raw.execute(sql`vacuum (analyze) tributary.publications`);
}

/** Puts the first `workspaces` workspaces on hold. */
export async function hold(db: Db, workspaces: number): Promise<void> {
  await db.asSystem((tx) =>
    tx.execute(
      sql`update workspaces set held_at = now(), held_for = 'pause' where id in (select id from workspaces order by id limit ${workspaces})`,
    ),
  );
}
