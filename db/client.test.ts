import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asWorkspaceId } from '@/server/foundation/ids';
import { fillEveryTable, openToBareHandle, ourTables } from '@/tests/support/bare-handle';
import { freshDb, testDriver } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import type { Db } from './client';
import { alerts, workspaces } from './schema';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  await db.asSystem((tx) =>
    tx.insert(workspaces).values([
      { id: 'ws_a', name: 'A' },
      { id: 'ws_b', name: 'B' },
    ]),
  );
});
afterAll(() => db.close());

test('a workspace reads and writes only its own rows', async () => {
  const a = asWorkspaceId('ws_a');
  const b = asWorkspaceId('ws_b');
  await db.asWorkspace(a, (tx) =>
    tx.insert(alerts).values({
      id: 'alr_1',
      workspaceId: a,
      key: 'k',
      severity: 'info',
      title: plain('t'),
      body: plain('b'),
    }),
  );
  expect(await db.asWorkspace(b, (tx) => tx.select().from(alerts))).toEqual([]);
  expect(await db.asWorkspace(b, (tx) => tx.select({ id: workspaces.id }).from(workspaces))).toEqual([
    { id: 'ws_b' },
  ]);
  await expect(
    db.asWorkspace(b, (tx) =>
      tx.insert(alerts).values({
        id: 'alr_2',
        workspaceId: a,
        key: 'k',
        severity: 'info',
        title: plain('t'),
        body: plain('b'),
      }),
    ),
  ).rejects.toThrow();
});

test('the bare handle can neither read nor write rows of any table', async () => {
  const other = await freshDb();
  try {
    await fillEveryTable(other);
    expect(await ourTables(other)).toEqual(expect.arrayContaining(['users', 'sessions', 'emails', 'posts']));
    expect(await openToBareHandle(other)).toEqual([]);
  } finally {
    await other.close();
  }
});

test('every table has forced row-level security, and every tenant table has its own policy', async () => {
  const rows = await db.raw.execute(sql`
    select c.relname, c.relrowsecurity and c.relforcerowsecurity as forced,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull) as tenant,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attnotnull) as nullable_tenant,
      exists (select from pg_policies p where p.tablename = c.relname and p.policyname = 'own_workspace') as own
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'tributary' and c.relkind = 'r'`);
  const tables = (rows as unknown as { rows: Record<string, unknown>[] }).rows;
  expect(tables.length).toBeGreaterThan(25);
  expect(tables.filter((t) => !t.forced || t.nullable_tenant || (t.tenant && !t.own))).toEqual([]);
});

test('a second start does not reapply the guards, which lock every table, unless they have changed', async () => {
  const policies = async () => {
    const found = await db.raw.execute(
      sql`select count(*)::int as n from pg_policies where policyname = 'app_queues'`,
    );
    return (found as unknown as { rows: { n: number }[] }).rows[0]?.n;
  };
  await db.migrate();
  await db.raw.execute(sql`drop policy app_queues on tributary.emails`);
  await db.migrate();
  expect(await policies()).toBe(0);
  await db.raw.execute(sql`update tributary_migrations.guards set fingerprint = 'an older text'`);
  await db.migrate();
  expect(await policies()).toBe(1);
});

test('a connection that is cut between two statements of a transaction fails the transaction but not the process', async () => {
  if (testDriver() === 'pglite') return;
  const work = db.raw.transaction(async (tx) => {
    const own = await tx.execute(sql`select pg_backend_pid() as pid`);
    const { pid } = (own as unknown as { rows: { pid: number }[] }).rows[0] ?? {};
    await db.raw.execute(sql`select pg_terminate_backend(${pid}::int)`);
    // The disconnect must arrive while no statement is running.
    await new Promise((done) => setTimeout(done, 100));
    await tx.execute(sql`select 1`);
  });
  await expect(work).rejects.toThrow();
  await expect(db.raw.execute(sql`select 1`)).resolves.toBeDefined();
});
