import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { ledgerPostings, unattributedEntries } from '@/db/schema';
import type { RemoteUnattributed, SyncSalesOutput } from '@/server/connectors/kit/types';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { balances } from '../ledger/queries';
import { listSales } from './queries';
import { storePage } from './store-page';
import { makeShop } from './testing';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

const at = new Date('2026-07-10T12:00:00Z');
type Page = Omit<SyncSalesOutput, 'nextCursor'>;
const EMPTY: Page = { sales: [], fees: [], refunds: [] };

/** What a buyer ordered and what happened to it afterwards, in minor units of the shop's currency. */
const orderArbitrary = fc.record({
  items: fc.array(
    fc.record({
      gross: fc.integer({ min: 1, max: 50_000 }),
      discount: fc.integer({ min: 0, max: 9_000 }),
      shipping: fc.integer({ min: 0, max: 2_500 }),
      tax: fc.integer({ min: 0, max: 9_999 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  /** Null: paid in the shop's currency. Otherwise the rate of the platform's own currency, in ten-thousandths. */
  rate: fc.option(fc.integer({ min: 2_000, max: 30_000 }), { nil: null }),
  fees: fc.array(
    fc.integer({ min: -300, max: 900 }).filter((n) => n !== 0),
    { maxLength: 3 },
  ),
  /** Cut points of the refunds, in thousandths of the payment; the order is fully refunded if `all`. */
  refunds: fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 3 }),
  all: fc.boolean(),
  /** A refund that failed and came back, before all others. */
  failed: fc.boolean(),
  taxLine: fc.boolean(),
  /** Which of the refunds first arrive as lines of an unknown order. */
  lost: fc.array(fc.boolean(), { maxLength: 4 }),
});

it('closes orders, and holds what the platform says, in any order of pages and with any repetitions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(orderArbitrary, { minLength: 1, maxLength: 3 }),
      fc.array(
        fc.record({
          amount: fc.integer({ min: -5_000, max: 5_000 }).filter((n) => n !== 0),
          currency: fc.constantFrom('USD', 'GBP'),
        }),
        { maxLength: 3 },
      ),
      fc.array(
        fc.integer({ min: -3_000, max: 9_000 }).filter((n) => n !== 0),
        { maxLength: 2 },
      ),
      fc.infiniteStream(fc.nat()),
      async (orders, odd, transfers, random) => {
        const pick = (below: number) => (random.next().value ?? 0) % below;
        const shop = await makeShop(db);
        const { ctx, connectionId } = shop;
        /** The platform's own account, by currency. */
        const held: Record<string, number> = {};
        const move = (currency: string, amount: number) => {
          held[currency] = (held[currency] ?? 0) + amount;
        };
        const pages: Page[] = [];
        /** Pages that resolve lines of unknown orders. */
        const later: Page[] = [];
        const wanted = new Map<string, { fees: number; refunded: number; tax: number; closed: boolean }>();
        orders.forEach((order, n) => {
          const id = `o${n}`;
          const total = order.items.reduce((sum, item) => sum + item.gross + item.shipping + item.tax, 0);
          const currency = order.rate === null ? 'USD' : 'GBP';
          const paid = order.rate === null ? total : Math.max(1, Math.round((total * order.rate) / 10_000));
          const sales = order.items.map(({ gross, ...parts }, i) => ({
            remoteId: `${id}s${i}`,
            remoteOrderId: id,
            listingRemoteId: '9001',
            title: 'Weekly planner',
            quantity: 1,
            gross: { amount: gross, currency: 'USD' },
            parts,
            credited: 'separately' as const,
            soldAt: at,
          }));
          // The sales of an order can arrive together or one by one.
          if (pick(2) === 0) pages.push({ ...EMPTY, sales });
          else for (const sale of sales) pages.push({ ...EMPTY, sales: [sale] });
          move(currency, paid);
          pages.push({
            ...EMPTY,
            payments: [
              { remoteId: `${id}p`, remoteOrderId: id, amount: { amount: paid, currency }, paidAt: at },
            ],
          });
          order.fees.forEach((fee, i) => {
            move(currency, -fee);
            pages.push({
              ...EMPTY,
              fees: [
                {
                  remoteId: `${id}f${i}`,
                  remoteOrderId: i === 1 ? null : id,
                  remoteSaleId: i === 1 ? `${id}s0` : null,
                  kind: plain('Transaction fee'),
                  amount: { amount: fee, currency },
                  chargedAt: at,
                },
              ],
            });
          });
          if (order.taxLine) {
            const tax = Math.min(paid, 1 + pick(500));
            move(currency, -tax);
            move(currency, tax);
            for (const [remoteId, amount] of [
              [`${id}t`, tax],
              [`${id}u`, -tax],
            ] as const)
              pages.push({
                ...EMPTY,
                taxes: [{ remoteId, remoteOrderId: id, amount: { amount, currency }, takenAt: at }],
              });
          }
          let left = paid;
          const amounts = order.refunds.flatMap((share) => {
            const amount = Math.min(left, Math.ceil((paid * share) / 1000));
            left -= amount;
            return amount > 0 ? [amount] : [];
          });
          if (order.all && left > 0) {
            amounts.push(left);
            left = 0;
          }
          const back = order.failed ? [Math.ceil(paid / 3), -Math.ceil(paid / 3), ...amounts] : amounts;
          back.forEach((amount, i) => {
            move(currency, -amount);
            const remoteId = `${id}r${i}`;
            const value = { amount, currency };
            const page: Page = {
              ...EMPTY,
              refunds: [
                { remoteId, remoteOrderId: id, amount: value, refundedAt: new Date(at.getTime() + i) },
              ],
            };
            if (!order.lost[i]) {
              pages.push(page);
              return;
            }
            const lost: RemoteUnattributed = {
              remoteId,
              reason: 'no_order',
              platformKind: 'REFUND_GROSS',
              meaning: 'refund',
              amount: { amount: -amount, currency },
              occurredAt: at,
              reference: `payment_adjustment:${remoteId}`,
              raw: { entry_id: remoteId },
            };
            pages.push({ ...EMPTY, unattributed: [lost] });
            // It is resolved by the same line in full, or by a link that follows.
            later.push(
              i % 2 === 0
                ? page
                : { ...EMPTY, links: [{ reference: `payment_adjustment:${remoteId}`, remoteOrderId: id }] },
            );
          });
          wanted.set(id, {
            fees: order.fees.reduce((sum, fee) => sum + fee, 0),
            refunded: amounts.reduce((sum, amount) => sum + amount, 0),
            tax: order.items.reduce((sum, item) => sum + item.tax, 0),
            closed: left === 0,
          });
        });
        odd.forEach(({ amount, currency }, i) => {
          move(currency, amount);
          pages.push({
            ...EMPTY,
            unattributed: [
              {
                remoteId: `x${i}`,
                reason: 'unknown_kind',
                platformKind: 'SOMETHING_NEW',
                meaning: null,
                amount: { amount, currency },
                occurredAt: at,
                reference: null,
                raw: { entry_id: `x${i}` },
              },
            ],
          });
        });
        transfers.forEach((amount, i) => {
          move('USD', -amount);
          pages.push({
            ...EMPTY,
            transfers: [
              {
                remoteId: `w${i}`,
                to: i === 0 ? 'bank' : 'reserve',
                amount: { amount, currency: 'USD' },
                movedAt: at,
              },
            ],
          });
        });

        // Random order, some pages twice; the lost lines are resolved afterwards, and everything is read once more.
        const shuffled = [...pages, ...pages.filter(() => pick(3) === 0)]
          .map((page) => ({ page, rank: pick(1_000_000) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ page }) => page);
        for (const page of [...shuffled, ...later, ...shuffled.slice(0, 5)])
          await ctx.db.asWorkspace(ctx.workspaceId, (tx) => storePage(tx, ctx, connectionId, page));

        const books: Record<string, number> = {};
        for (const row of (await balances(ctx, {})).rows)
          books[`${row.account} ${row.currency}`] =
            (books[`${row.account} ${row.currency}`] ?? 0) + row.amount;
        for (const currency of new Set([...Object.keys(held), 'USD', 'GBP'])) {
          expect(books[`platform_balance ${currency}`] ?? 0).toBe(held[currency] ?? 0);
          expect(books[`unsettled_orders ${currency}`] ?? 0).toBe(0);
        }
        const sums = odd.reduce<Record<string, number>>((all, { amount, currency }) => {
          all[currency] = (all[currency] ?? 0) - amount;
          return all;
        }, {});
        for (const currency of ['USD', 'GBP'])
          expect(books[`unattributed ${currency}`] ?? 0).toBe(sums[currency] ?? 0);

        const { items } = await listSales(ctx, { limit: 100 });
        expect(items).toHaveLength(orders.reduce((count, order) => count + order.items.length, 0));
        for (const [id, { fees, refunded, closed }] of wanted) {
          const members = items.filter((item) => item.remoteOrderId === id);
          const sumOf = (figure: (item: (typeof items)[number]) => number | null) =>
            members.reduce((sum, item) => sum + (figure(item) ?? Number.NaN), 0);
          expect(sumOf((item) => item.fees)).toBe(fees);
          expect(sumOf((item) => item.refunded)).toBe(refunded);
          for (const item of members)
            expect(item.net).toBe(
              item.gross + item.shipping - (item.refunded - item.refundedTax) - item.fees,
            );
          if (!closed) continue;
          expect(sumOf((item) => item.net)).toBe(0 - fees);
          expect(sumOf((item) => item.refundedTax)).toBe(sumOf((item) => item.tax));
        }
        const openRows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
          tx
            .select()
            .from(unattributedEntries)
            .where(
              and(eq(unattributedEntries.connectionId, connectionId), eq(unattributedEntries.state, 'open')),
            ),
        );
        expect(openRows).toHaveLength(odd.length);
        const unbalanced = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
          tx
            .select({ id: ledgerPostings.transactionId })
            .from(ledgerPostings)
            .where(eq(ledgerPostings.workspaceId, ctx.workspaceId))
            .groupBy(ledgerPostings.transactionId, ledgerPostings.currency)
            .having(sql`sum(${ledgerPostings.amount}) <> 0`),
        );
        expect(unbalanced).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
}, 180_000);

it('divides a partial refund that came before its order', async () => {
  const { ctx, connectionId } = await makeShop(db);
  const usd = (amount: number) => ({ amount, currency: 'USD' });
  const store = (page: Partial<Page>) =>
    ctx.db.asWorkspace(ctx.workspaceId, (tx) => storePage(tx, ctx, connectionId, { ...EMPTY, ...page }));
  await store({ refunds: [{ remoteId: 'r', remoteOrderId: 'o', amount: usd(55), refundedAt: at }] });
  await store({
    sales: [
      {
        remoteId: 's',
        remoteOrderId: 'o',
        listingRemoteId: null,
        title: 'Weekly planner',
        quantity: 1,
        gross: usd(100),
        parts: { tax: 10 },
        credited: 'separately',
        soldAt: at,
      },
    ],
  });
  expect((await listSales(ctx, { limit: 1 })).items).toMatchObject([
    { gross: 100, tax: 10, refunded: 55, refundedTax: 5, net: 50 },
  ]);
});
