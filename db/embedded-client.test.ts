import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, openDb } from './client';

// The embedded database as an installation has it: a folder, and a thread of its own.
let folder: string;
let db: Db;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-embedded-'));
  db = await openDb({ dataDir: path.join(folder, 'pglite') });
  await db.raw.execute(
    sql`create table kept (n int primary key, at timestamptz not null default now(), data jsonb, bytes bytea)`,
  );
});
afterAll(async () => {
  await db.close().catch(() => {});
  rmSync(folder, { recursive: true, force: true });
});

const rows = async (of: string) =>
  (await db.raw.execute(sql.raw(of))) as unknown as { rows: Record<string, unknown>[] };

test('values come back as they went in', async () => {
  const bytes = new Uint8Array([0, 1, 255]);
  await db.raw.execute(
    sql`insert into kept (n, at, data, bytes) values (${1}, ${'2026-03-01T10:00:00Z'}::timestamptz, ${'{"a":[1,null,"ü"]}'}::jsonb, ${bytes})`,
  );
  const [row] = (await rows('select * from kept where n = 1')).rows;
  expect(row?.data).toEqual({ a: [1, null, 'ü'] });
  expect(new Date(String(row?.at)).toISOString()).toBe('2026-03-01T10:00:00.000Z');
  expect(row?.bytes).toEqual(bytes);
});

test('an error says what PostgreSQL says', async () => {
  const twice = db.raw.execute(sql`insert into kept (n) values (7), (7)`);
  await expect(twice).rejects.toMatchObject({ cause: { code: '23505', constraint: 'kept_pkey' } });
});

test('a transaction that fails leaves nothing, and the next one is its own', async () => {
  const failed = db.raw.transaction(async (tx) => {
    await tx.execute(sql`insert into kept (n) values (20)`);
    throw new Error('no further');
  });
  await expect(failed).rejects.toThrow('no further');
  await db.raw.transaction((tx) => tx.execute(sql`insert into kept (n) values (21)`));
  expect((await rows('select n from kept where n in (20, 21)')).rows).toEqual([{ n: 21 }]);
});

test('what is asked meanwhile waits until a transaction is over', async () => {
  let enter = () => {};
  const entered = new Promise<void>((resolve) => {
    enter = resolve;
  });
  let go = () => {};
  const may = new Promise<void>((resolve) => {
    go = resolve;
  });
  const first = db.raw.transaction(async (tx) => {
    await tx.execute(sql`insert into kept (n) values (30)`);
    enter();
    await may;
    await tx.execute(sql`delete from kept where n = 30`);
  });
  await entered;
  const seen = rows('select n from kept where n = 30');
  go();
  await first;
  expect((await seen).rows).toEqual([]);
});

test('a transaction whose commit fails is told as failed', async () => {
  await db.raw.execute(sql`create table parents (id int primary key)`);
  await db.raw.execute(
    sql`create table children (parent int references parents deferrable initially deferred)`,
  );
  const orphan = db.raw.transaction((tx) => tx.execute(sql`insert into children values (1)`));
  await expect(orphan).rejects.toThrow(/foreign key/);
  expect((await rows('select * from children')).rows).toEqual([]);
});

test('a statement that fails inside a transaction fails it, also when the work goes on', async () => {
  const swallowed = db.raw.transaction(async (tx) => {
    await tx.execute(sql`insert into kept (n) values (40)`);
    await tx.execute(sql`insert into kept (n) values (40)`).catch(() => {});
  });
  await expect(swallowed).rejects.toThrow();
  expect((await rows('select n from kept where n = 40')).rows).toEqual([]);
});

test('a closed database is there again when it is opened again', async () => {
  await db.raw.execute(sql`insert into kept (n) values (50)`);
  await db.close();
  await expect(db.raw.execute(sql`select 1`)).rejects.toThrow();
  db = await openDb({ dataDir: path.join(folder, 'pglite') });
  expect((await rows('select n from kept where n = 50')).rows).toEqual([{ n: 50 }]);
});
