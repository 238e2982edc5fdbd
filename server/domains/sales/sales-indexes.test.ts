import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import type { Ctx } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { sumNotAttributed } from '../ledger/not-attributed';
import { listEntries } from './list-unattributed';
import { listSales } from './queries';
import { lockOrders, readOrders } from './read-orders';
import { noting } from './test-statements';
import { makeShop, type Shop } from './testing';
import { readWaiting } from './unattributed';

const ROWS = 12_000;
let db: Db;
let shop: Shop;
beforeAll(async () => {
  db = await freshDb();
  shop = await makeShop(db);
  const { workspaceId } = shop.ctx;
  const { connectionId } = shop;
  await db.asSystem(async (tx) => {
    // Of ten lines, eight are attributed, one is left and one is open; of ten open ones, one is not understood.
    await tx.execute(sql`insert into unattributed_entries
      (id, workspace_id, connection_id, remote_id, reason, platform_kind, meaning, occurred_at, created_at, raw, state)
      select 'une_' || g, ${workspaceId}, ${connectionId}, g, 'no_order', 'refund', case when g % 100 > 10 then 'refund' end,
        t, t, '{}', case g % 10 when 0 then 'open' when 1 then 'understood' else 'attributed' end
      from generate_series(1, ${ROWS}::int) g, lateral (select ${shop.ctx.clock.now()}::timestamptz - g * interval '1 minute' as t)`);
    await tx.execute(sql`insert into sales
      (id, workspace_id, connection_id, remote_id, remote_order_id, title, quantity, gross, fees, currency, sold_at)
      select 'sale_' || g, ${workspaceId}, ${connectionId}, g, g, 'Planner', 1, 5, 0, 'USD', now() - g * interval '1 minute'
      from generate_series(1, ${ROWS}::int) g`);
  });
  await db.raw.execute(sql`vacuum analyze tributary.unattributed_entries`);
  await db.raw.execute(sql`vacuum analyze tributary.sales`);
});
afterAll(() => db.close());

/** Returns how the database finds the rows of a table: the plan of the statement that reads them. */
async function planOf(table: string, work: (ctx: Ctx) => Promise<unknown>): Promise<string> {
  const noted = noting(db, new RegExp(`from "tributary"\\."${table}"`));
  await work({ ...shop.ctx, db: noted.db });
  return noted.statements.map(({ plan }) => plan).findLast((plan) => plan !== '') ?? '';
}

test.each([
  ['open', 'unattributed_entries_(left|recent|open)'],
  ['unattributed', 'unattributed_entries_(left|recent)'],
  ['attributed', 'unattributed_entries_recent'],
  ['all', 'unattributed_entries_recent'],
] as const)('a page of %s lines is read in order from an index', async (show, index) => {
  const plan = await planOf('unattributed_entries', (ctx) => listEntries(ctx, { show, limit: 25 }));
  expect(plan).toMatch(new RegExp(`Index Scan Backward using ${index} `));
  expect(plan).not.toMatch(/Seq Scan on unattributed_entries|Sort/);
});

test('a month is summed from the lines that are not attributed', async () => {
  const at = shop.ctx.clock.now().getTime();
  const range = { from: new Date(at - 86_400_000), to: new Date(at) };
  const plan = await planOf('unattributed_entries', (ctx) =>
    ctx.db.asWorkspace(ctx.workspaceId, (tx) => sumNotAttributed(tx, ctx, range, 'USD')),
  );
  expect(plan).toContain('unattributed_entries_left');
  expect(plan).not.toContain('Seq Scan');
});

test('lines that wait for their order are skipped in an index, without reading them', async () => {
  const { workspaceId } = shop.ctx;
  const at = new Date(40 * 3_600_000);
  const plan = await planOf('unattributed_entries', (ctx) =>
    ctx.db.asWorkspace(workspaceId, (tx) =>
      readWaiting(tx, { workspaceId, clock: { now: () => at } }, shop.connectionId, 20),
    ),
  );
  expect(plan).toMatch(/Index Only Scan using unattributed_entries_waiting /);
  expect(plan).not.toContain('Seq Scan');
});

test('the sales of an order are found by its number', async () => {
  const { connectionId } = shop;
  const inShop = (work: typeof lockOrders | typeof readOrders) => (ctx: Ctx) =>
    ctx.db.asWorkspace<unknown>(ctx.workspaceId, (tx) => work(tx, ctx, connectionId, ['77', '78']));
  const reads = [
    inShop(lockOrders),
    inShop(readOrders),
    (ctx: Ctx) => listSales(ctx, { order: '77', limit: 25 }),
  ];
  for (const read of reads) {
    const plan = await planOf('sales', read);
    expect(plan).toContain('sales_order');
    expect(plan).not.toContain('Seq Scan on sales');
  }
});
