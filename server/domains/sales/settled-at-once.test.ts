import { like, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { ledgerTransactions } from '@/db/schema';
import type { SyncSalesOutput } from '@/server/connectors/kit/types';
import { freshDb, testDriver } from '@/tests/support/db';
import { eventually } from '@/tests/support/eventually';
import { plain } from '@/tests/support/plain';
import { balances } from '../ledger/queries';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { setState } from './attribution';
import { listEntries } from './list-unattributed';
import { listSales } from './queries';
import { attributeEntry, leaveEntry, takeBackEntry } from './settle-line';
import { storePage } from './store-page';
import { makeShop, type Shop } from './testing';

// A sync and a user deal with the same line at once. The embedded database has a single session, so there they only run one after the other.

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

type Page = Omit<SyncSalesOutput, 'nextCursor'>;
const at = new Date('2026-07-10T12:00:00Z');
const usd = (amount: number) => ({ amount, currency: 'USD' });
const LINE = {
  remoteId: 'l1',
  reason: 'no_order' as const,
  platformKind: 'REFUND_GROSS',
  meaning: 'refund' as const,
  amount: usd(-500),
  occurredAt: at,
  reference: 'adjustment:1',
  raw: {},
};
const ORDER = {
  remoteId: 's1',
  remoteOrderId: '77',
  listingRemoteId: null,
  title: 'Weekly planner',
  quantity: 1,
  gross: usd(10_000),
  soldAt: at,
};
const feeOf = (remoteId: string, amount: number) => ({
  remoteId,
  remoteOrderId: '77',
  remoteSaleId: null,
  kind: plain('Fee'),
  amount: usd(amount),
  chargedAt: at,
});

let shop: Shop;
let id: string;
const store = (page: Partial<Page>) =>
  db.asWorkspace(shop.ctx.workspaceId, (tx) =>
    storePage(tx, shop.ctx, shop.connectionId, { sales: [], fees: [], refunds: [], ...page }),
  );
const line = async () => (await listEntries(shop.ctx, { show: 'all', limit: 10 })).items[0];
const order = async () => (await listSales(shop.ctx, { limit: 10 })).items[0];
const book = async () =>
  Object.fromEntries(
    (await balances(shop.ctx, {})).rows
      .filter(({ amount }) => amount !== 0)
      .map(({ account, amount }) => [account, amount]),
  );
/** The keys under which the line was attributed, without the shop. */
const attributions = async () => {
  const rows = await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
    tx
      .select({ key: ledgerTransactions.key })
      .from(ledgerTransactions)
      .where(like(ledgerTransactions.key, `attributed%:${LINE.remoteId}`))
      .orderBy(ledgerTransactions.key),
  );
  return rows.map(({ key }) => key.replace(`:${shop.connectionId}`, ''));
};

beforeEach(async () => {
  shop = await makeShop(db);
  await store({ sales: [ORDER], unattributed: [LINE] });
  id = (await line())?.id ?? '';
});

/**
 * Begins works while the workspace is locked, which holds each at the first thing that it writes, and each once those before it wait or have
 * ended. Then lets all of them go on, and returns their outcomes.
 */
async function atOnce(works: readonly (() => Promise<unknown>)[]): Promise<unknown[]> {
  const begun: Promise<unknown>[] = [];
  let ended = 0;
  await db.asSystem(async (holder) => {
    await lockWorkspace(holder, shop.ctx.workspaceId);
    for (const work of works) {
      begun.push(
        work()
          .catch((error: unknown) => error)
          .finally(() => ended++),
      );
      if (testDriver() === 'pglite') continue;
      await eventually(async () => {
        const { rows } = (await db.asSystem((tx) =>
          tx.execute(
            sql`select count(distinct l.pid)::int as n from pg_locks l join pg_stat_activity a using (pid)
              where not l.granted and a.datname = current_database()`,
          ),
        )) as unknown as { rows: { n: number }[] };
        expect((rows[0]?.n ?? 0) + ended).toBe(begun.length);
      });
    }
  });
  return Promise.all(begun);
}

const attributesIt = () => attributeEntry(shop.ctx, { id, as: 'fee' });
const leavesIt = () => leaveEntry(shop.ctx, { id });
const takesItBack = () => takeBackEntry(shop.ctx, { id });
const CONFLICT = { code: 'conflict' };
const STORED = { differences: [] };

/** What a sync can report of a line that was kept, and how it is booked then. */
const REPORTS: [string, Partial<Page>, Record<string, unknown>, Record<string, number>][] = [
  [
    'names its order',
    { links: [{ reference: LINE.reference, remoteOrderId: '77' }] },
    { attributedAs: 'refund', remoteOrderId: '77' },
    { refunds: 500 },
  ],
  [
    'names the order of the line itself',
    { links: [{ reference: `entry:${LINE.remoteId}`, remoteOrderId: '77' }] },
    { attributedAs: 'refund', remoteOrderId: '77' },
    { refunds: 500 },
  ],
  [
    'reports it as a fee',
    { fees: [feeOf(LINE.remoteId, 500)] },
    { attributedAs: 'fee', remoteOrderId: '77' },
    { platform_fees: 500 },
  ],
  [
    'reports it as a refund',
    { refunds: [{ remoteId: LINE.remoteId, remoteOrderId: '77', amount: usd(500), refundedAt: at }] },
    { attributedAs: 'refund', remoteOrderId: '77' },
    { refunds: 500 },
  ],
];

describe.each(REPORTS)('a sync that %s', (_, page, answer, booked) => {
  const syncs = () => store(page);
  const SALE = { platform_balance: 9_500, sales: -10_000 };

  test('wins over a user who attributes the line later', async () => {
    const [synced, refused] = await atOnce([syncs, attributesIt]);
    expect(synced).toMatchObject(STORED);
    expect(refused).toMatchObject(CONFLICT);
    expect(await line()).toMatchObject({ state: 'attributed', canTakeBack: false, ...answer });
    expect(await attributions()).toEqual(['attributed:l1']);
    expect(await book()).toEqual({ ...SALE, ...booked });
  });

  test('leaves a line alone that a user attributed first', async () => {
    const [attributed, synced] = await atOnce([attributesIt, syncs]);
    expect(attributed).toMatchObject({ state: 'attributed', attributedAs: 'fee' });
    expect(synced).toMatchObject(STORED);
    expect(await line()).toMatchObject({
      state: 'attributed',
      attributedAs: 'fee',
      remoteOrderId: null,
      canTakeBack: true,
    });
    expect(await attributions()).toEqual(['attributed:l1']);
    expect(await book()).toEqual({ ...SALE, platform_fees: 500 });
  });

  test('wins over a user who leaves the line unattributed later', async () => {
    const [synced, refused] = await atOnce([syncs, leavesIt]);
    expect(synced).toMatchObject(STORED);
    expect(refused).toMatchObject(CONFLICT);
    expect(await line()).toMatchObject({ state: 'attributed', canTakeBack: false, ...answer });
    expect(await book()).toEqual({ ...SALE, ...booked });
  });

  test('leaves a line alone that a user left unattributed first', async () => {
    const [left, synced] = await atOnce([leavesIt, syncs]);
    expect(left).toMatchObject({ state: 'understood' });
    expect(synced).toMatchObject(STORED);
    expect(await line()).toMatchObject({ state: 'understood', canTakeBack: true });
    expect(await attributions()).toEqual([]);
    expect(await book()).toEqual({ ...SALE, unattributed: 500 });
  });

  test.each([
    ['attributed', 'first'],
    ['attributed', 'later'],
    ['left', 'first'],
    ['left', 'later'],
  ])('books a line that was %s once, if that is taken back %s', async (before, when) => {
    await (before === 'attributed' ? attributesIt() : leavesIt());
    const earlier = await attributions();
    const again = before === 'attributed' ? ['attributed-again:2:l1', ...earlier] : ['attributed:l1'];
    const outcomes = await atOnce(when === 'first' ? [takesItBack, syncs] : [syncs, takesItBack]);
    if (when === 'later') outcomes.reverse();
    expect(outcomes).toMatchObject([{ state: 'open' }, STORED]);
    const now = await line();
    // The sync saw the line either before it was open again, or after.
    if (now?.state === 'open') {
      expect(await attributions()).toEqual(earlier);
      expect(await book()).toEqual({ ...SALE, unattributed: 500 });
    } else {
      expect(now).toMatchObject({ state: 'attributed', canTakeBack: false, ...answer });
      expect(await attributions()).toEqual(again);
      expect(await book()).toEqual({ ...SALE, ...booked });
    }
    // Once more, the line is booked in either case.
    await syncs();
    expect(await line()).toMatchObject({ state: 'attributed', ...answer });
    expect(await attributions()).toEqual(again);
    expect(await book()).toEqual({ ...SALE, ...booked });
  });
});

test.each(['first', 'later'])('another line of the order, synced %s, counts as well', async (when) => {
  const attributes = () => attributeEntry(shop.ctx, { id, as: 'fee', order: '77' });
  const syncs = () => store({ fees: [feeOf('l2', 30)] });
  const outcomes = await atOnce(when === 'first' ? [syncs, attributes] : [attributes, syncs]);
  if (when === 'first') outcomes.reverse();
  expect(outcomes).toMatchObject([{ state: 'attributed' }, STORED]);
  expect(await order()).toMatchObject({ fees: 530, net: 9_470 });
});

test('a line that a sync reports twice is attributed once, as what comes first', async () => {
  const [fee, refund] = [
    feeOf(LINE.remoteId, 500),
    { remoteId: LINE.remoteId, remoteOrderId: '78', amount: usd(500), refundedAt: at },
  ];
  await store({ fees: [fee, fee], refunds: [refund] });
  expect(await line()).toMatchObject({ state: 'attributed', attributedAs: 'fee', remoteOrderId: '77' });
  expect(await attributions()).toEqual(['attributed:l1']);
  expect(await book()).toMatchObject({ platform_fees: 500 });
});

test('a state is only left for another one', async () => {
  await attributesIt();
  const set = (now: Parameters<typeof setState>[3]) =>
    db.asWorkspace(shop.ctx.workspaceId, (tx) => setState(tx, shop.ctx, { id }, now));
  await expect(set({ state: 'understood', by: 'platform' })).rejects.toMatchObject(CONFLICT);
  await set({ state: 'open' });
  await expect(set({ state: 'open' })).rejects.toMatchObject(CONFLICT);
});
