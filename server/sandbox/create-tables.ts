import { createHash } from 'node:crypto';
import { is, SQL, sql } from 'drizzle-orm';
import {
  getTableConfig,
  type IndexedColumn,
  type PgColumn,
  PgDialect,
  type PgTable,
} from 'drizzle-orm/pg-core';
import type { Db } from '@/db/client';
import { sandboxTables } from './generated/tables';

type Q = Pick<Db['raw'], 'execute'>;

const dialect = new PgDialect();
const name = (text: string) => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** An expression as an index or a default states it: columns without their table, values in place. */
const expression = (value: SQL) => dialect.sqlToQuery(value.inlineParams(), 'indexes').sql;

function defaultOf({ default: value, hasDefault }: PgColumn): string {
  if (!hasDefault || value === undefined) return '';
  if (is(value, SQL)) return ` default ${expression(value)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return ` default ${value}`;
  return ` default ${literal(typeof value === 'object' ? JSON.stringify(value) : String(value))}`;
}

function columnOf(column: PgColumn): string {
  const { generatedIdentity: identity } = column;
  const start = identity?.sequenceOptions?.startWith;
  return [
    `${name(column.name)} ${column.getSQLType()}`,
    column.primary ? ' primary key' : '',
    defaultOf(column),
    column.notNull && !column.primary ? ' not null' : '',
    identity
      ? ` generated ${identity.type === 'always' ? 'always' : 'by default'} as identity${start === undefined ? '' : ` (start with ${start})`}`
      : '',
  ].join('');
}

/**
 * Returns the statements that create what is missing of these tables, their columns and indexes. They can be repeated, and change nothing
 * that is there. A column that a later version adds needs a default, or may be null.
 */
export function creatingStatements(tables: readonly PgTable[]): string[] {
  return tables.flatMap((table) => {
    const { schema, name: own, columns, indexes, primaryKeys } = getTableConfig(table);
    const full = `${name(schema ?? 'public')}.${name(own)}`;
    const keys = primaryKeys.map((key) => `primary key (${key.columns.map((c) => name(c.name)).join(', ')})`);
    return [
      `create table if not exists ${full} (${[...columns.map(columnOf), ...keys].join(', ')})`,
      ...columns.map((column) => `alter table ${full} add column if not exists ${columnOf(column)}`),
      ...indexes.map(({ config }) => {
        const on = config.columns.map((c) =>
          is(c, SQL) ? `(${expression(c)})` : name((c as IndexedColumn).name ?? ''),
        );
        return `create ${config.unique ? 'unique ' : ''}index if not exists ${name(config.name ?? '')} on ${full} (${on.join(', ')})${config.where ? ` where ${expression(config.where)}` : ''}`;
      }),
    ];
  });
}

const SCHEMA = 'tributary_sandbox';
/** Key of the lock that processes which start at the same time take in turn. */
const LOCK = 727_275;

/** Creates what is missing of the sandbox's tables, in the caller's transaction. Other processes that do so wait for its end. */
export async function createSandboxTables(q: Q): Promise<void> {
  const statements = creatingStatements(sandboxTables);
  const digest = createHash('sha256').update(statements.join('\n')).digest('hex');
  if (await hasShape(q, digest)) return;
  await q.execute(sql.raw(`select pg_advisory_xact_lock(${LOCK})`));
  if (await hasShape(q, digest)) return;
  // An existing schema would also be refused to a login that may not create any.
  if (!(await schemaExists(q))) await q.execute(sql.raw(`create schema ${SCHEMA}`));
  for (const statement of statements) await q.execute(sql.raw(statement));
  await q.execute(sql.raw(`comment on schema ${SCHEMA} is ${literal(digest)}`));
}

async function ask(q: Q, question: string): Promise<unknown> {
  const { rows } = (await q.execute(sql.raw(`select ${question} as answer`))) as unknown as {
    rows: { answer: unknown }[];
  };
  return rows[0]?.answer;
}

const schemaExists = (q: Q) => ask(q, `to_regnamespace('${SCHEMA}') is not null`);
/** Whether the tables were created by statements with this digest, which the schema's comment records. */
const hasShape = async (q: Q, digest: string) =>
  (await ask(q, `obj_description(to_regnamespace('${SCHEMA}')::oid, 'pg_namespace')`)) === digest;

const prepared = new WeakMap<object, Promise<void>>();
/** Creates what is missing of the sandbox's tables, once per opened database. */
export function ensureSandboxTables(db: Db['raw']): Promise<void> {
  let done = prepared.get(db);
  if (!done) {
    done = db.transaction((tx) => createSandboxTables(tx));
    prepared.set(db, done);
    done.catch(() => prepared.delete(db));
  }
  return done;
}
