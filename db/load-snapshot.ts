import { sql } from 'drizzle-orm';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import type { Tx } from './client';
import { knownMigrations } from './known-version';
import { BOOKKEEPING } from './login';
import { quotedTable, readTable } from './snapshot';
import {
  OUR_SCHEMAS,
  RowTally,
  type RowText,
  SANDBOX_SCHEMA,
  type SnapshotHead,
  type SnapshotTable,
  type Tally,
  tableName,
} from './snapshot-format';

/** The database that a snapshot is to be loaded into holds something already. */
export class DatabaseNotEmpty extends Error {
  override name = 'DatabaseNotEmpty';
}
/** The loaded rows are not those of the snapshot. */
export class SnapshotMismatch extends Error {
  override name = 'SnapshotMismatch';
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const schemas = OUR_SCHEMAS.map((name) => `'${name}'`).join(', ');
const rowsOf = async <T>(tx: Pick<Tx, 'execute'>, text: string): Promise<T[]> =>
  ((await tx.execute(sql.raw(text))) as unknown as { rows: T[] }).rows;

/** Throws DatabaseNotEmpty if there is anything in our schemas. `raw` queries as the login. */
export async function assertEmptyDatabase(raw: Pick<Tx, 'execute'>): Promise<void> {
  const [there] = await rowsOf<{ things: number; migrated: boolean }>(
    raw,
    `select (select count(*)::int from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in (${schemas}) and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')) as things,
      to_regclass('${BOOKKEEPING}.__drizzle_migrations') is not null as migrated`,
  );
  let migrations = 0;
  if (there?.migrated) {
    const [count] = await rowsOf<{ n: number }>(
      raw,
      `select count(*)::int as n from ${BOOKKEEPING}.__drizzle_migrations`,
    );
    migrations = count?.n ?? 0;
  }
  if (there && there.things === 0 && migrations === 0) return;
  throw new DatabaseNotEmpty(
    'This database is not empty: it already holds tables of Tributary. Nothing was changed. ' +
      'A backup is restored into an empty database only, so that it never replaces anything. Create a new database and give its address in DATABASE_URL.',
  );
}

/**
 * Fills an empty database in the caller's transaction: the tables as of the snapshot's migrations, its rows, then the later migrations of
 * this version. Row-level security, triggers and functions are created afterwards (`applyGuards`), so nothing but the foreign keys checks
 * the rows; those are checked all at once at the end, because two tables may refer to each other.
 */
export class SnapshotLoader {
  readonly #tx: Tx;
  readonly #head: SnapshotHead;
  readonly #later: MigrationMeta[];
  readonly #tables = new Map<string, { shape: SnapshotTable; insert: string }>();
  /**
   * Tables of the backup that do not exist here: those that no migration defines, which earlier versions included, and those of the sandbox
   * that it has no more, or with other columns.
   */
  readonly #foreign = new Set<string>();
  readonly #foreignKeys: { table: string; name: string; definition: string }[] = [];

  private constructor(tx: Tx, head: SnapshotHead, later: MigrationMeta[]) {
    this.#tx = tx;
    this.#head = head;
    this.#later = later;
  }

  /**
   * Creates the tables; `createSandbox` those of the sandbox, if the snapshot has any that its migrations do not create. Throws
   * UnknownDatabase if this version does not know all migrations of the snapshot, and DatabaseNotEmpty.
   */
  static async begin(
    tx: Tx,
    head: SnapshotHead,
    migrationsFolder: string,
    createSandbox: (tx: Tx) => Promise<void>,
  ): Promise<SnapshotLoader> {
    await assertEmptyDatabase(tx);
    const known = knownMigrations(head.migrations, migrationsFolder, 'backup');
    const files = readMigrationFiles({ migrationsFolder });
    const loader = new SnapshotLoader(tx, head, files.slice(known));
    await tx.execute(sql.raw(`create schema if not exists ${BOOKKEEPING}`));
    // As Drizzle's migrator creates it.
    await tx.execute(
      sql.raw(
        `create table if not exists ${BOOKKEEPING}.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`,
      ),
    );
    await loader.#migrate(files.slice(0, known));
    const migrated = await loader.#tablesHere();
    if (head.tables.some((table) => table.schema === SANDBOX_SCHEMA && !migrated.has(tableName(table))))
      await createSandbox(tx);
    loader.#matchTables(await loader.#tablesHere(), migrated);
    await loader.#dropForeignKeys();
    return loader;
  }

  async #migrate(files: readonly MigrationMeta[]): Promise<void> {
    for (const file of files) {
      for (const statement of file.sql) await this.#tx.execute(sql.raw(statement));
      await this.#tx.execute(
        sql`insert into ${sql.raw(BOOKKEEPING)}.__drizzle_migrations (hash, created_at) values (${file.hash}, ${file.folderMillis})`,
      );
    }
  }

  /** The column types come from the tables just created, so that no text of the snapshot becomes part of a statement. */
  async #tablesHere(): Promise<Map<string, SnapshotTable['columns']>> {
    const found = await rowsOf<{ schema: SnapshotTable['schema']; name: string; columns: string }>(
      this.#tx,
      `select n.nspname as schema, c.relname as name,
        (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)::text
          from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in (${schemas}) and c.relkind in ('r', 'p')`,
    );
    return new Map(
      found.map((table) => [tableName(table), JSON.parse(table.columns) as SnapshotTable['columns']]),
    );
  }

  /** Decides how the rows of each table are inserted. `migrated` are those that the migrations created. */
  #matchTables(
    made: Map<string, SnapshotTable['columns']>,
    migrated: ReadonlyMap<string, SnapshotTable['columns']>,
  ): void {
    for (const table of this.#head.tables) {
      const wanted = made.get(tableName(table));
      if (!wanted) {
        this.#foreign.add(tableName(table));
        continue;
      }
      const own = new Map(wanted.map(({ name, type }) => [name, type]));
      const ours = migrated.has(tableName(table));
      if (!ours && table.columns.some(({ name }) => !own.has(name))) {
        this.#foreign.add(tableName(table));
        continue;
      }
      const columns = table.columns.map(({ name }) => ({ name, type: own.get(name) ?? '' }));
      const there = new Set(columns.map(({ name }) => name));
      const other = [
        ...columns.flatMap(({ name, type }) => (type === '' ? [name] : [])),
        // The sandbox's own tables may have got columns since then, which have defaults.
        ...[...own.keys()].filter((name) => ours && !there.has(name)),
      ];
      if (other.length > 0)
        throw new SnapshotMismatch(
          `The table ${tableName(table)} of the backup has other columns than its migrations create: ${other.join(', ')}. ` +
            'Nothing was changed. Restore it with the version that made it, or use another backup.',
        );
      made.delete(tableName(table));
      const names = columns.map(({ name }) => quoted(name)).join(', ');
      const values = columns.map(({ type }, i) => `(r.line ->> ${i})::${type}`).join(', ');
      this.#tables.set(tableName(table), {
        shape: { ...table, columns },
        insert: `insert into ${quotedTable(table)} (${names}) overriding system value select ${values} from json_array_elements(`,
      });
    }
    const [missing] = [...made.keys()].filter((name) => migrated.has(name));
    if (missing) throw new SnapshotMismatch(`The backup has no table ${missing}.`);
  }

  async #dropForeignKeys(): Promise<void> {
    const keys = await rowsOf<{ table: string; name: string; definition: string }>(
      this.#tx,
      `select format('%I.%I', n.nspname, c.relname) as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where k.contype = 'f' and n.nspname in (${schemas}) order by 1, 2`,
    );
    for (const key of keys)
      await this.#tx.execute(sql.raw(`alter table ${key.table} drop constraint ${quoted(key.name)}`));
    this.#foreignKeys.push(...keys);
  }

  /** Inserts rows. */
  async load(table: string, rows: readonly RowText[]): Promise<void> {
    if (this.#foreign.has(table)) return;
    const target = this.#tables.get(table);
    if (!target)
      throw new SnapshotMismatch(`The backup has rows of a table ${table} that it does not describe.`);
    if (rows.length === 0) return;
    await naming(
      `The rows of ${table} cannot be restored`,
      this.#tx.execute(sql`${sql.raw(target.insert)}${`[${rows.join(',')}]`}::json) as r(line)`),
    );
  }

  /**
   * Reads all rows back and compares them with `expected` (by table), restores the counters and the foreign keys, and applies the later
   * migrations. Throws SnapshotMismatch.
   */
  async finish(expected: ReadonlyMap<string, Tally>): Promise<void> {
    for (const [name, { shape }] of this.#tables) {
      const tally = new RowTally();
      await readTable(this.#tx, shape, (rows) => tally.add(rows));
      const { rows, digest } = tally.result();
      const wanted = expected.get(name);
      if (rows !== wanted?.rows || digest !== wanted.digest)
        throw new SnapshotMismatch(
          `The rows of ${name} are not as they were: ${rows} were loaded, and the backup has ${wanted?.rows ?? 0}.`,
        );
    }
    // One that no migration defines does not exist here.
    for (const { schema, name, last, called } of this.#head.sequences)
      await naming(
        `The counter ${schema}.${name} cannot be restored`,
        this.#tx.execute(
          sql`select setval(to_regclass(${`${quoted(schema)}.${quoted(name)}`}), ${last}::bigint, ${called})`,
        ),
      );
    for (const { table, name, definition } of this.#foreignKeys)
      await naming(
        `The rows of ${table} refer to rows that are not in the backup`,
        this.#tx.execute(sql.raw(`alter table ${table} add constraint ${quoted(name)} ${definition}`)),
      );
    await this.#migrate(this.#later);
  }
}

/** Errors of the values, the constraints and the statements themselves, unlike those of the connection or the disk. */
const OF_THE_ROWS = /^(22|23|42)/;

/** Replaces an error about the rows by a SnapshotMismatch that says what it is about. PostgreSQL's own text may contain values. */
async function naming(what: string, work: PromiseLike<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const { cause = error } = error as Error;
    const { code } = cause as { code?: unknown };
    if (typeof code !== 'string' || !OF_THE_ROWS.test(code)) throw error;
    throw new SnapshotMismatch(`${what} (${code}). Nothing was changed. Use another backup.`, { cause });
  }
}
