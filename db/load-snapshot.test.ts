import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandboxTables } from '@/server/sandbox/create-tables';
import { freshDb } from '@/tests/support/db';
import { type Db, MIGRATIONS } from './client';
import { DatabaseNotEmpty, SnapshotLoader, SnapshotMismatch } from './load-snapshot';
import { BOOKKEEPING } from './login';
import { readSnapshot } from './snapshot';
import {
  OUR_SCHEMAS,
  RowTally,
  type SnapshotHead,
  snapshotHeadSchema,
  type Tally,
  tableName,
} from './snapshot-format';

let db: Db;
beforeEach(async () => {
  db = await freshDb();
});
afterEach(() => db.close());

const execute = async (text: string) =>
  ((await db.raw.execute(sql.raw(text))) as unknown as { rows: Record<string, unknown>[] }).rows;

/** Reads everything into memory. */
async function read() {
  let head: SnapshotHead | undefined;
  const rows: [string, string[]][] = [];
  const tallies = new Map<string, RowTally>();
  await readSnapshot(db, {
    head: async (found) => {
      head = found;
      for (const table of found.tables) tallies.set(tableName(table), new RowTally());
    },
    rows: async (table, found) => {
      rows.push([tableName(table), [...found]]);
      tallies.get(tableName(table))?.add(found);
    },
  });
  if (!head) throw new Error('no head');
  const expected = new Map<string, Tally>([...tallies].map(([name, tally]) => [name, tally.result()]));
  return { head, rows, expected };
}
type Read = Awaited<ReturnType<typeof read>>;

const load = ({ head, rows, expected }: Read) =>
  db.raw.transaction(async (tx) => {
    const loader = await SnapshotLoader.begin(tx, head, MIGRATIONS, createSandboxTables);
    for (const [table, lines] of rows) await loader.load(table, lines);
    await loader.finish(expected);
  });
async function empty() {
  for (const schema of [...OUR_SCHEMAS, BOOKKEEPING])
    await execute(`drop schema if exists ${schema} cascade`);
}

const awkward = "E'two\\nlines, a\\ttab, \\\\ \"quoted\" ''single'', {braces}, \\u2028 and 👩‍👩‍👧 é'";
async function fill() {
  await execute(`insert into tributary_sandbox.settings (key, value) values
    ('json null', 'null'), ('empty', '""'), ('text', to_jsonb(${awkward}::text)),
    ('number', '123456789012345678901234567890.10'), ('nested', '{"a": [1, null, {"b": "c"}]}')`);
  await execute(`insert into tributary_runner.runs (id, function_id, event, output, slots, limits, started_at) values
    ('1', 'f', ${awkward}, null, array['a,b', 'c"d', '', null, 'null', '{}'], '{1,2}', '2026-03-02 10:00:00.123456+00'),
    ('2', 'f', '', '', '{}', '{}', 'infinity'), ('3', 'f', 'null', 'NULL', '{}', '{}', '0044-03-15 BC')`);
  await execute(`insert into tributary_sandbox.faults (id, platform, operation, kind, probability, created_at) values
    ('1', 'x', 'o', 'k', 'NaN', now()), ('2', 'x', 'o', 'k', '-Infinity', now()), ('3', 'x', 'o', 'k', 0.1, now()), ('4', 'x', 'o', 'k', 1e-300, now())`);
  await execute(
    `insert into tributary_runner.events (id, seq, name, payload, received_at) values ('1', 9007199254740993, 'n', 'p', now())`,
  );
  await execute(`select setval('tributary_runner.events_seq_seq', 77)`);
}

test('every value, counter and reference comes back exactly', async () => {
  await fill();
  const before = await read();
  await empty();
  await load(before);
  await db.migrate();
  const after = await read();
  expect(after.expected).toEqual(before.expected);
  expect(after.head.sequences).toEqual(before.head.sequences);
  expect(after.head.migrations).toEqual(before.head.migrations);
  expect(await execute(`select last_value::text as last from tributary_runner.events_seq_seq`)).toEqual([
    { last: '77' },
  ]);
  expect(
    await execute(
      `select value is null as none, value::text as text from tributary_sandbox.settings where key = 'json null'`,
    ),
  ).toEqual([{ none: false, text: 'null' }]);
  await expect(
    execute(
      `insert into tributary_runner.memos (run_id, step_id, kind, value) values ('none', 's', 'data', '1')`,
    ),
  ).rejects.toMatchObject({ cause: { code: '23503' } });
});

test('a row that is missing or refers to nothing undoes everything', async () => {
  await fill();
  const before = await read();
  await empty();
  const without = before.rows.map(([table, lines]) => [
    table,
    table.endsWith('.runs') ? lines.slice(1) : lines,
  ]);
  await expect(load({ ...before, rows: without as Read['rows'] })).rejects.toBeInstanceOf(SnapshotMismatch);
  const orphan: Read = {
    ...before,
    rows: [...before.rows, ['tributary_runner.memos', ['["nobody","s","1","data","1"]']]],
    expected: new Map(before.expected),
  };
  const memos = new RowTally();
  memos.add(['["nobody","s","1","data","1"]']);
  (orphan.expected as Map<string, Tally>).set('tributary_runner.memos', memos.result());
  await expect(load(orphan)).rejects.toMatchObject({ cause: { code: '23503' } });
  const [left] = await execute(
    `select count(*)::int as n from pg_namespace where nspname in ('${[...OUR_SCHEMAS, BOOKKEEPING].join("', '")}')`,
  );
  expect(left).toEqual({ n: 0 });
});

test('tables, columns and sequences that no migration defines are left out and named', async () => {
  await execute('create table tributary.posts_before_fix as select * from tributary.posts');
  await execute('create table tributary."Zz Copy" (name text)');
  await execute('create table tributary.empty_of_columns ()');
  await execute('alter table tributary.posts add column note text');
  await execute('create sequence tributary.zz_seq');
  await execute(`insert into tributary_sandbox.settings (key, value) values ('kept', '1')`);
  const before = await read();
  expect([...before.head.leftOut].sort()).toEqual([
    'tributary.Zz Copy',
    'tributary.empty_of_columns',
    'tributary.posts.note',
    'tributary.posts_before_fix',
    'tributary.zz_seq',
  ]);
  expect(snapshotHeadSchema.parse(before.head)).toEqual(before.head);
  await empty();

  const bad = ['tributary.subscriptions', ['["only one value"]']] as [string, string[]];
  await expect(load({ ...before, rows: [bad] })).rejects.toThrow(
    /^The rows of tributary\.subscriptions cannot be restored \(23502\)/,
  );
  // Earlier versions took such tables and sequences into the backup.
  const foreign = { schema: 'tributary' as const, name: 'rivers', columns: [{ name: 'name', type: 'text' }] };
  const earlier = {
    ...before.head,
    tables: [...before.head.tables, foreign],
    sequences: [
      ...before.head.sequences,
      { schema: 'tributary' as const, name: 'zz_seq', last: '7', called: true },
    ],
  };
  await load({ ...before, head: earlier, rows: [...before.rows, ['tributary.rivers', ['["Inn"]']]] });
  expect(await execute(`select key from tributary_sandbox.settings`)).toEqual([{ key: 'kept' }]);
});

test('the sandbox’s tables come back although it has got columns since, and those that it has no more are left out', async () => {
  await execute(`insert into tributary_sandbox.settings (key, value) values ('kept', '1')`);
  await execute('create table tributary_sandbox.other_shops (id text primary key)');
  await execute(`insert into tributary_sandbox.other_shops values ('a')`);
  await execute('alter table tributary_sandbox.accounts drop column about');
  const before = await read();
  expect(before.head.leftOut).toEqual([]);
  await empty();
  await load(before);
  await db.migrate();
  expect(await execute(`select key from tributary_sandbox.settings`)).toEqual([{ key: 'kept' }]);
  expect(await execute(`select about from tributary_sandbox.accounts`)).toEqual([]);
  expect(await execute(`select to_regclass('tributary_sandbox.other_shops') as there`)).toEqual([
    { there: null },
  ]);
});

test('a backup without the sandbox creates no tables for it', async () => {
  await execute('drop schema tributary_sandbox cascade');
  const before = await read();
  await empty();
  await load(before);
  await db.migrate();
  expect(await execute(`select tablename from pg_tables where schemaname = 'tributary_sandbox'`)).toEqual([]);
});

test('a database in which a table of ours is missing is refused by name', async () => {
  await execute('drop table tributary_runner.memos cascade');
  await expect(read()).rejects.toThrow(/not complete: tributary_runner\.memos/);
});

test('nothing is loaded into a database that holds something', async () => {
  const before = await read();
  await expect(load(before)).rejects.toBeInstanceOf(DatabaseNotEmpty);
});
