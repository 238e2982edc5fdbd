import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import type { SyncSalesOutput } from '@/server/connectors/kit/types';
import { freshDb } from '@/tests/support/db';
import { balances } from '../ledger/queries';
import { listSales } from './queries';
import { storePage } from './store-page';
import { noting } from './test-statements';
import { makeShop } from './testing';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

type Page = Omit<SyncSalesOutput, 'nextCursor'>;
const at = new Date('2026-07-10T12:00:00Z');
const usd = (amount: number) => ({ amount, currency: 'USD' });

/** A shop with an order of 400.00 with shipping and tax, and this many lines of it, which the platform names at once. Returns what that took. */
async function linked(lines: number) {
  const shop = await makeShop(db);
  const store = (on: Db, page: Partial<Page>) =>
    on.asWorkspace(shop.ctx.workspaceId, (tx) =>
      storePage(tx, shop.ctx, shop.connectionId, { sales: [], fees: [], refunds: [], ...page }),
    );
  await store(db, {
    sales: [
      {
        remoteId: 's',
        remoteOrderId: '77',
        listingRemoteId: null,
        title: 'Weekly planner',
        quantity: 1,
        gross: usd(34_000),
        parts: { shipping: 2_000, tax: 4_000 },
        soldAt: at,
      },
    ],
    unattributed: Array.from({ length: lines }, (_, i) => ({
      remoteId: `l${i}`,
      reason: 'no_order' as const,
      platformKind: 'REFUND_GROSS',
      meaning: 'refund' as const,
      amount: usd(-500),
      occurredAt: at,
      reference: `adjustment:${i}`,
      raw: {},
    })),
  });
  const noted = noting(db);
  await store(noted.db, {
    links: Array.from({ length: lines }, (_, i) => ({ reference: `adjustment:${i}`, remoteOrderId: '77' })),
  });
  const [order] = (await listSales(shop.ctx, { limit: 1 })).items;
  const [keys] = await db.asWorkspace(shop.ctx.workspaceId, async (tx) => {
    const { rows } = (await tx.execute(
      sql`select count(*)::int as n from ledger_transactions where key like 'attributed:%'`,
    )) as unknown as { rows: { n: number }[] };
    return rows;
  });
  expect(keys?.n).toBe(lines);
  const { rows } = await balances(shop.ctx, {});
  expect(rows.find(({ account }) => account === 'unattributed')?.amount).toBe(0);
  return {
    order,
    read: noted.statements.reduce((sum, statement) => sum + statement.rows, 0),
    statements: noted.statements.length,
  };
}

test('lines of one order are attributed without reading the others for each of them', async () => {
  const [some, more] = [await linked(20), await linked(80)];
  expect(some.order).toMatchObject({ refunded: 10_000, refundedTax: 1_000 });
  // Everything is given back, to the last cent of each part.
  expect(more.order).toMatchObject({ refunded: 40_000, refundedTax: 4_000, net: 0 });
  expect(more.read).toBeLessThanOrEqual(some.read * 4);
  expect(more.statements - some.statements).toBeLessThanOrEqual(60);
});

test('each line counts for those after it, whether the platform names them at once or one by one', async () => {
  const gbp = (amount: number) => ({ amount, currency: 'GBP' });
  const kinds = [
    ['payment', gbp(870)],
    ['refund', gbp(-87)],
    ['fee', gbp(-30)],
    ['refund', gbp(-783)],
    ['tax', gbp(-70)],
  ] as const;
  const links = kinds.map((_, i) => ({ reference: `line:${i}`, remoteOrderId: '77' }));
  const books: unknown[] = [];
  for (const pages of [[links], links.map((link) => [link])]) {
    const shop = await makeShop(db);
    const store = (page: Partial<Page>) =>
      db.asWorkspace(shop.ctx.workspaceId, (tx) =>
        storePage(tx, shop.ctx, shop.connectionId, { sales: [], fees: [], refunds: [], ...page }),
      );
    await store({
      sales: [
        {
          remoteId: 's',
          remoteOrderId: '77',
          listingRemoteId: null,
          title: 'Weekly planner',
          quantity: 1,
          gross: usd(900),
          parts: { tax: 100 },
          credited: 'separately',
          soldAt: at,
        },
      ],
      unattributed: kinds.map(([meaning, amount], i) => ({
        remoteId: `l${i}`,
        reason: 'no_order' as const,
        platformKind: meaning,
        meaning,
        amount,
        occurredAt: new Date(at.getTime() + i * 60_000),
        reference: `line:${i}`,
        raw: {},
      })),
    });
    for (const page of pages) await store({ links: page });
    const [order] = (await listSales(shop.ctx, { limit: 1 })).items;
    expect(order).toMatchObject({
      currency: 'GBP',
      gross: 783,
      tax: 87,
      refunded: 870,
      refundedTax: 87,
      fees: 30,
      net: -30,
    });
    books.push(
      (await balances(shop.ctx, {})).rows.map(({ account, currency, amount }) => [account, currency, amount]),
    );
  }
  expect(books[0]).toEqual(books[1]);
});
