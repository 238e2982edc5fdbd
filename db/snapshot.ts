import { sql } from 'drizzle-orm';
import { type Db, MIGRATIONS, type Tx } from './client';
import { expectedTables, ownTables } from './expected-tables';
import { BOOKKEEPING } from './login';
import {
  OUR_SCHEMAS,
  type RowText,
  type SnapshotHead,
  type SnapshotSink,
  type SnapshotTable,
  tableName,
} from './snapshot-format';

/** Size at which a batch is large enough, in characters. Rows of the sandbox may have several megabytes each, others a few hundred bytes. */
const BATCH_CHARS = 2 * 1024 * 1024;
const MAX_ROWS = 512;

/** There is nothing of Tributary's in the database. */
export class NothingToRead extends Error {
  override name = 'NothingToRead';
}

type Execute = (statement: string) => Promise<unknown[]>;
const executing =
  (on: Pick<Tx, 'execute'>): Execute =>
  async (statement) =>
    ((await on.execute(sql.raw(statement))) as unknown as { rows: unknown[] }).rows;

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const schemas = OUR_SCHEMAS.map(literal).join(', ');
/** The table as statements name it. */
export const quotedTable = ({ schema, name }: Pick<SnapshotTable, 'schema' | 'name'>): string =>
  `${quoted(schema)}.${quoted(name)}`;

/**
 * Reads every row of our tables as of one moment, while others go on writing, and passes it to `sink` in batches. Changes nothing.
 *
 * On a server, one transaction reads everything (repeatable read, read only). The embedded database has a single connection, which others
 * need meanwhile: there, the transaction only opens a cursor for each table `with hold`, which copies its rows aside, and the batches are
 * read between the work of the others. Throws NothingToRead if the database was never migrated, and an Error if it is incomplete.
 */
export async function readSnapshot(db: Db, sink: SnapshotSink): Promise<void> {
  if (db.kind === 'pglite') return readHeld(db, sink);
  await db.raw.transaction(async (tx) => {
    const execute = executing(tx);
    const { head, readers } = await describe(db.kind, execute);
    await sink.head(head);
    for (const [i, table] of head.tables.entries()) {
      await assume(execute, readers[i] ?? '');
      await execute(`declare read_table no scroll cursor for ${rowsOf(table)}`);
      await fetchAll(execute, 'read_table', (rows) => sink.rows(table, rows));
    }
  }, AT_ONE_MOMENT);
}

const AT_ONE_MOMENT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const;
/** Number of snapshots of this process, so that two at a time have cursors of their own. */
let snapshots = 0;

async function readHeld(db: Db, sink: SnapshotSink): Promise<void> {
  const prefix = `snapshot_${++snapshots}_`;
  const execute = executing(db.raw);
  const head = await db.raw.transaction(async (tx) => {
    const inside = executing(tx);
    const { head, readers } = await describe(db.kind, inside);
    for (const [i, table] of head.tables.entries()) {
      await assume(inside, readers[i] ?? '');
      await inside(`declare ${prefix}${i} no scroll cursor with hold for ${rowsOf(table)}`);
    }
    // Rows are copied at the commit, as the identity that sees those of all workspaces. The right to read was checked above.
    await assume(inside, SYSTEM);
    return head;
  }, AT_ONE_MOMENT);
  let next = 0;
  try {
    await sink.head(head);
    for (const table of head.tables) {
      await fetchAll(execute, `${prefix}${next}`, (rows) => sink.rows(table, rows));
      next++;
    }
  } catch (error) {
    // The copies would otherwise stay until the database is closed.
    for (; next < head.tables.length; next++) await execute(`close ${prefix}${next}`).catch(() => {});
    throw error;
  }
}

/** Reads a cursor to its end in batches of about the same size, and closes it. */
async function fetchAll(
  execute: Execute,
  cursor: string,
  use: (rows: RowText[]) => void | Promise<void>,
): Promise<void> {
  let count = 1;
  for (;;) {
    const found = (await execute(`fetch ${count} from ${cursor}`)) as { line: RowText }[];
    if (found.length === 0) break;
    const rows = found.map(({ line }) => line);
    await use(rows);
    const chars = rows.reduce((sum, row) => sum + row.length, 0);
    count = chars > BATCH_CHARS ? Math.max(1, count >> 1) : Math.min(MAX_ROWS, count * 2);
  }
  await execute(`close ${cursor}`);
}

/** Reads the rows of one table in batches, in the caller's transaction and as its role. */
export async function readTable(
  tx: Pick<Tx, 'execute'>,
  table: SnapshotTable,
  use: (rows: RowText[]) => void,
): Promise<void> {
  const execute = executing(tx);
  await execute(`declare read_table no scroll cursor for ${rowsOf(table)}`);
  await fetchAll(execute, 'read_table', use);
}

const SYSTEM = 'tributary_system';
const assume = (execute: Execute, role: string) =>
  execute(`select set_config('role', ${literal(role)}, true)`);

/** Each value as PostgreSQL's text, which it reads back exactly. */
const rowsOf = (table: SnapshotTable) =>
  `select to_json(array[${table.columns.map(({ name }) => `${quoted(name)}::text`).join(', ')}]::text[])::text as line from ${quotedTable(table)}`;

/** Returns the head of the snapshot, and the role that reads each of its tables. */
async function describe(
  database: Db['kind'],
  execute: Execute,
): Promise<{ head: SnapshotHead; readers: string[] }> {
  const [now] = (await execute(`
    select current_user as owner, to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
      to_regclass('${BOOKKEEPING}.__drizzle_migrations') is not null as migrated`)) as {
    owner: string;
    at: string;
    migrated: boolean;
  }[];
  if (!now?.migrated) throw new NothingToRead('There are no tables of Tributary in this database.');
  const migrations = (await execute(
    `select hash, created_at::text as at from ${BOOKKEEPING}.__drizzle_migrations order by created_at`,
  )) as { hash: string; at: string }[];
  const found = (
    (await execute(`
    select n.nspname as schema, c.relname as name, c.relrowsecurity as guarded,
      exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'system_all') as readable,
      (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum), '[]')::text
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in (${schemas}) and c.relkind in ('r', 'p') order by 1, 2`)) as {
      schema: SnapshotTable['schema'];
      name: string;
      guarded: boolean;
      readable: boolean;
      columns: string;
    }[]
  ).map((table) => ({ ...table, columns: JSON.parse(table.columns) as SnapshotTable['columns'] }));
  if (migrations.length === 0 || found.length === 0)
    throw new NothingToRead('There are no tables of Tributary in this database.');
  const applied = migrations.map(({ hash, at }) => ({ hash, at: Number(at) }));
  const { own, foreign } = ownTables(found, expectedTables(applied, MIGRATIONS));
  const hidden = own.find((table) => table.guarded && !table.readable);
  if (hidden)
    throw new Error(
      `The rows of ${tableName(hidden)} cannot be read, because the last start of the app did not finish its migration. Start the app once, then repeat this.`,
    );
  const { counters, others } = await readSequences(execute, own);
  return {
    head: {
      takenAt: now.at,
      database,
      migrations: applied,
      tables: own.map(({ schema, name, columns }) => ({ schema, name, columns })),
      sequences: counters,
      leftOut: [...foreign, ...others],
    },
    readers: own.map(({ guarded }) => (guarded ? SYSTEM : now.owner)),
  };
}

/** Returns the counters of the tables' own columns, and the names of other sequences in our schemas. */
async function readSequences(
  execute: Execute,
  own: readonly SnapshotTable[],
): Promise<{ counters: SnapshotHead['sequences']; others: string[] }> {
  const columns = new Set(
    own.flatMap((table) => table.columns.map(({ name }) => `${tableName(table)}.${name}`)),
  );
  const sequences = (await execute(`
    select n.nspname as schema, c.relname as name, tn.nspname || '.' || t.relname || '.' || a.attname as counts
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
        and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
      left join pg_class t on t.oid = d.refobjid
      left join pg_namespace tn on tn.oid = t.relnamespace
      left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where n.nspname in (${schemas}) and c.relkind = 'S' order by 1, 2`)) as {
    schema: SnapshotTable['schema'];
    name: string;
    counts: string | null;
  }[];
  const counters: SnapshotHead['sequences'] = [];
  const others: string[] = [];
  for (const { schema, name, counts } of sequences) {
    if (counts === null || !columns.has(counts)) {
      others.push(tableName({ schema, name }));
      continue;
    }
    const [counter] = (await execute(
      `select last_value::text as last, is_called as called from ${quotedTable({ schema, name })}`,
    )) as { last: string; called: boolean }[];
    if (counter) counters.push({ schema, name, ...counter });
  }
  return { counters, others };
}
