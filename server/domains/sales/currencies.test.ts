import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { wordsIn } from '@/i18n/words';
import type { SyncSalesOutput } from '@/server/connectors/kit/types';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { calling } from '@/tests/support/platforms';
import { balances } from '../ledger/queries';
import { syncSales } from './sync-sales';
import { makeShop } from './testing';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

it('books what a platform reports in any currency, and reads on', async () => {
  const shop = await makeShop(db);
  const at = new Date('2026-07-10T12:00:00Z');
  // In use, withdrawn, without or with many decimals, and a code that the table lacks.
  const codes = ['RSD', 'XPF', 'KWD', 'CLF', 'UYW', 'MRU', 'MGA', 'HRK', 'ZWL', 'SLL', 'XCG', 'XYZ', 'XXX'];
  const page: Omit<SyncSalesOutput, 'nextCursor'> = {
    sales: codes.map((currency, i) => ({
      remoteId: `s${i}`,
      remoteOrderId: `o${i}`,
      listingRemoteId: null,
      title: 'Planner',
      quantity: 1,
      gross: { amount: 120_000, currency },
      soldAt: at,
    })),
    fees: codes.map((currency, i) => ({
      remoteId: `f${i}`,
      remoteOrderId: `o${i}`,
      remoteSaleId: null,
      kind: plain('Fee'),
      amount: { amount: 1000, currency },
      chargedAt: at,
    })),
    refunds: [],
  };
  const cursors: (string | null)[] = [];
  const platforms = calling(
    async ({ capability, input }: { capability: string; input: { cursor?: string } }) => {
      if (capability === 'views') return [];
      cursors.push(input.cursor ?? null);
      return { ...page, nextCursor: 'after' };
    },
  );
  const sync = () =>
    syncSales({ ctx: { ...shop.ctx, platforms }, input: { connectionId: shop.connectionId } });
  expect(await sync()).toMatchObject({ outcome: 'done', newSales: codes.length });
  expect(await sync()).toMatchObject({ outcome: 'done', newSales: 0, newTransactions: 0 });
  expect(cursors).toEqual([null, 'after']);

  const { rows } = await balances(shop.ctx, {});
  const held = rows.filter((row) => row.account === 'platform_balance');
  expect(held.map((row) => row.currency).sort()).toEqual([...codes].sort());
  expect(held.every((row) => row.amount === 119_000)).toBe(true);
  // Everything can be shown.
  const { say } = wordsIn('en');
  const shown = (amount: number, currency: string): string =>
    say({ fact: 'ledger.transactions.reversal', params: { what: 'x', reason: { amount, currency } } });
  expect(shown(119_000, 'XYZ')).toMatch(/XYZ\s1,190\.00$/);
  expect(shown(119_000, 'CLF')).toMatch(/CLF\s11\.9000$/);
});
