import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillFolder } from '@/tests/support/db';
import { openAll, openModes } from '@/tests/support/modes';
import { type Db, openDb } from './client';
import { EmbeddedClient } from './embedded-client';
import { prepareFolder } from './embedded-folder';
import type { Limits } from './query-limits';

// The embedded database as in a real installation: in a folder, with its own thread.
let folder: string;
let db: Db;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-embedded-'));
  db = await openDb({ dataDir: path.join(folder, 'pglite') });
  await db.raw.execute(
    sql`create table public.kept (n int primary key, at timestamptz not null default now(), data jsonb, bytes bytea)`,
  );
});
afterAll(async () => {
  await db.close().catch(() => {});
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a second, independent database of the same kind. */
async function another(limits?: Limits) {
  const dataDir = path.join(folder, `other-${Math.random().toString(36).slice(2)}`, 'pglite');
  mkdirSync(path.dirname(dataDir));
  await fillFolder(dataDir);
  await prepareFolder(dataDir);
  const lost: Error[] = [];
  const { defaultStartParams } = PGlite;
  const client = await EmbeddedClient.open(
    { dataDir, startParams: [...defaultStartParams], ...(limits ? { limits } : {}) },
    (error) => lost.push(error),
  );
  return { client, lost };
}
/** Ends the thread the way running out of memory would. */
const kill = (client: EmbeddedClient) => (client as unknown as { thread: Worker }).thread.terminate();

const rows = async (of: string) =>
  (await db.raw.execute(sql.raw(of))) as unknown as { rows: Record<string, unknown>[] };

test('values are read back as they were written', async () => {
  const bytes = new Uint8Array([0, 1, 255]);
  await db.raw.execute(
    sql`insert into public.kept (n, at, data, bytes) values (${1}, ${'2026-03-01T10:00:00Z'}::timestamptz, ${'{"a":[1,null,"ü"]}'}::jsonb, ${bytes})`,
  );
  const [row] = (await rows('select * from public.kept where n = 1')).rows;
  expect(row?.data).toEqual({ a: [1, null, 'ü'] });
  expect(new Date(String(row?.at)).toISOString()).toBe('2026-03-01T10:00:00.000Z');
  expect(row?.bytes).toEqual(bytes);
});

test('an error has the code and constraint that PostgreSQL reports', async () => {
  const twice = db.raw.execute(sql`insert into public.kept (n) values (7), (7)`);
  await expect(twice).rejects.toMatchObject({ cause: { code: '23505', constraint: 'kept_pkey' } });
});

test('a failed transaction leaves nothing behind and does not affect the next one', async () => {
  const failed = db.raw.transaction(async (tx) => {
    await tx.execute(sql`insert into public.kept (n) values (20)`);
    throw new Error('no further');
  });
  await expect(failed).rejects.toThrow('no further');
  await db.raw.transaction((tx) => tx.execute(sql`insert into public.kept (n) values (21)`));
  expect((await rows('select n from public.kept where n in (20, 21)')).rows).toEqual([{ n: 21 }]);
});

test('queries from outside wait until the running transaction has ended', async () => {
  let enter = () => {};
  const entered = new Promise<void>((resolve) => {
    enter = resolve;
  });
  let go = () => {};
  const may = new Promise<void>((resolve) => {
    go = resolve;
  });
  const first = db.raw.transaction(async (tx) => {
    await tx.execute(sql`insert into public.kept (n) values (30)`);
    enter();
    await may;
    await tx.execute(sql`delete from public.kept where n = 30`);
  });
  await entered;
  const seen = rows('select n from public.kept where n = 30');
  go();
  await first;
  expect((await seen).rows).toEqual([]);
});

test('a transaction whose commit fails is rejected', async () => {
  await db.raw.execute(sql`create table public.parents (id int primary key)`);
  await db.raw.execute(
    sql`create table public.children (parent int references public.parents deferrable initially deferred)`,
  );
  const orphan = db.raw.transaction((tx) => tx.execute(sql`insert into public.children values (1)`));
  await expect(orphan).rejects.toThrow(/foreign key/);
  expect((await rows('select * from public.children')).rows).toEqual([]);
});

test('a failed statement fails its transaction even if the work catches the error', async () => {
  const swallowed = db.raw.transaction(async (tx) => {
    await tx.execute(sql`insert into public.kept (n) values (40)`);
    await tx.execute(sql`insert into public.kept (n) values (40)`).catch(() => {});
  });
  await expect(swallowed).rejects.toThrow();
  expect((await rows('select n from public.kept where n = 40')).rows).toEqual([]);
});

test('a thread that dies fails only its pending queries, and the next query reopens the folder', async () => {
  const { client, lost } = await another();
  await client.exec('create table a (n int primary key)');
  await client.query('insert into a values (1)');
  const cut = client.transaction(async (tx) => {
    await tx.query('insert into a values (2)');
    await kill(client);
    await tx.query('insert into a values (3)');
  });
  const behind = client.query('insert into a values (4)');
  await expect(cut).rejects.toThrow('ended');
  await behind;
  expect((await client.query('select n from a order by n')).rows).toEqual([{ n: 1 }, { n: 4 }]);
  expect(lost).toHaveLength(1);
  // Also while no query is pending.
  await kill(client);
  expect((await client.query('select count(*)::int as n from a')).rows).toEqual([{ n: 2 }]);
  expect(lost).toHaveLength(2);
  await client.close();
  expect(lost).toHaveLength(2);
});

test('a query that cannot be sent to the thread is rejected, and the next one succeeds', async () => {
  const { client } = await another();
  await expect(client.query('select $1', [() => 1])).rejects.toThrow(/could not be cloned/);
  const failed = client.transaction((tx) => tx.query('select $1', [() => 1]));
  await expect(failed).rejects.toThrow(/could not be cloned/);
  const { rows } = await client.query<{ at: Date; big: unknown; bytes: Uint8Array }>(
    'select $1::timestamptz as at, $2::int8 as big, $3::bytea as bytes',
    [new Date('2026-03-01T10:00:00Z'), 9_007_199_254_740_993n, Buffer.from('ü')],
  );
  expect(rows[0]?.at).toEqual(new Date('2026-03-01T10:00:00Z'));
  expect(String(rows[0]?.big)).toBe('9007199254740993');
  expect(Buffer.from(rows[0]?.bytes ?? []).toString()).toBe('ü');
  await Promise.all([client.close(), client.close()]);
  await expect(client.query('select 1')).rejects.toThrow('closed');
});

test('opening a folder that is not a database fails and leaves no thread behind', async () => {
  const empty = path.join(folder, 'no-database');
  mkdirSync(empty);
  writeFileSync(path.join(empty, 'PG_VERSION'), 'nonsense');
  await expect(EmbeddedClient.open({ dataDir: empty, startParams: [] })).rejects.toThrow();
});

test('database files, including later ones, are private to their user, and open permissions are repaired at the next opening', async () => {
  const dataDir = path.join(folder, 'pglite');
  expect(openModes(dataDir)).toEqual([]);
  await db.raw.execute(
    sql`create table public.later as select n, repeat('x', 2000) as text from generate_series(1, 500) as n`,
  );
  expect(openModes(dataDir)).toEqual([]);
  await db.close();
  openAll(dataDir);
  db = await openDb({ dataDir });
  expect(openModes(dataDir)).toEqual([]);
});

test('a statement that never finishes is ended with its thread, and the next query succeeds', async () => {
  const { client, lost } = await another({ connectMs: 1000, statementMs: 1500, idleMs: 60_000 });
  const endless = client.query('select count(*) from generate_series(1, 100000000000)');
  const behind = client.query('select 1 as n');
  await expect(endless).rejects.toThrow('has not answered for 1.5 s');
  expect((await behind).rows).toEqual([{ n: 1 }]);
  expect(lost).toHaveLength(1);
  await client.close();
});

test('a transaction whose work stays idle is rolled back, and the next one gets its turn', async () => {
  const { client } = await another({ connectMs: 1000, statementMs: 20_000, idleMs: 200 });
  await client.exec('create table a (n int)');
  const stuck = client.transaction(async (tx) => {
    await tx.query('insert into a values (1)');
    await new Promise(() => {});
  });
  const behind = client.query('select n from a');
  await expect(stuck).rejects.toThrow('idle for 0.2 s');
  expect((await behind).rows).toEqual([]);
  await client.close();
});

test('a closed database keeps its data when it is opened again', async () => {
  await db.raw.execute(sql`insert into public.kept (n) values (50)`);
  await db.close();
  await expect(db.raw.execute(sql`select 1`)).rejects.toThrow();
  db = await openDb({ dataDir: path.join(folder, 'pglite') });
  expect((await rows('select n from public.kept where n = 50')).rows).toEqual([{ n: 50 }]);
});
