import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Db, MIGRATIONS } from '@/db/client';
import { BOOKKEEPING } from '@/db/login';
import { OUR_SCHEMAS } from '@/db/snapshot-format';
import { freshDb } from '@/tests/support/db';
import { createSandboxTables, creatingStatements, ensureSandboxTables } from './create-tables';
import { sandboxTables } from './generated/tables';

let db: Db;
beforeEach(async () => {
  db = await freshDb();
});
afterEach(() => db.close());

const rows = async (text: string): Promise<unknown[]> =>
  ((await db.raw.execute(sql.raw(text))) as unknown as { rows: unknown[] }).rows;
const drop = () => db.raw.execute(sql.raw('drop schema tributary_sandbox cascade'));

/** Everything about the sandbox's tables that a statement can depend on. */
const shape = async () => ({
  columns:
    await rows(`select table_name, column_name, data_type, datetime_precision, is_nullable, column_default,
    identity_generation, identity_start from information_schema.columns where table_schema = 'tributary_sandbox' order by 1, 2`),
  indexes:
    await rows(`select tablename, regexp_replace(indexdef, '^(CREATE (?:UNIQUE )?INDEX) \\S+', '\\1') as definition
    from pg_indexes where schemaname = 'tributary_sandbox' order by 1, 2`),
});

async function migrateAgain(count: number): Promise<void> {
  for (const schema of [...OUR_SCHEMAS, BOOKKEEPING])
    await db.raw.execute(sql.raw(`drop schema ${schema} cascade`));
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-sandbox-tables-'));
  try {
    cpSync(MIGRATIONS, folder, { recursive: true });
    const journal = path.join(folder, 'meta', '_journal.json');
    const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: unknown[] };
    writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, count) }));
    await db.migrate(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
/** The number of migrations that created the sandbox's tables. */
const EARLIER = 9;

test('are created once, by whoever comes first', async () => {
  const wanted = await shape();
  await drop();
  await Promise.all([1, 2, 3].map(() => db.raw.transaction((tx) => createSandboxTables(tx))));
  expect(await shape()).toEqual(wanted);
  for (const statement of creatingStatements(sandboxTables)) await db.raw.execute(sql.raw(statement));
  expect(await shape()).toEqual(wanted);
});

test('those of an earlier version are taken over with their rows', async () => {
  const wanted = await shape();
  await migrateAgain(EARLIER);
  await db.raw.execute(sql.raw(`insert into tributary_sandbox.settings (key, value) values ('kept', '1')`));
  await db.migrate();
  await ensureSandboxTables(db.raw);
  expect(await rows('select key from tributary_sandbox.settings')).toEqual([{ key: 'kept' }]);
  expect(await shape()).toEqual(wanted);
});

test('a new installation has none before the sandbox is on', async () => {
  await migrateAgain(EARLIER);
  expect((await shape()).columns).not.toEqual([]);
  await db.migrate();
  expect((await shape()).columns).toEqual([]);
});

test('what is missing of a table is added', async () => {
  const wanted = await shape();
  await db.raw.execute(sql.raw('alter table tributary_sandbox.accounts drop column about'));
  await db.raw.execute(sql.raw('drop table tributary_sandbox.posts'));
  // The schema remembers that nothing is missing.
  await db.raw.execute(sql.raw('comment on schema tributary_sandbox is null'));
  await ensureSandboxTables(db.raw);
  expect(await shape()).toEqual(wanted);
});
