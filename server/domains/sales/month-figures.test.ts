import { describe, expect, it } from 'vitest';
import { wordsIn } from '@/i18n/words';
import { verbatim } from '@/server/foundation/facts';
import { overview } from '../home/queries';
import type { FIGURE_LISTS } from '../ledger/accounts';
import { monthReport } from '../ledger/month-report';
import { postTransactions } from '../ledger/post-transaction';
import { subscriptionPostings } from '../ledger/postings';
import { listTransactions } from '../ledger/queries';
import { listEntries } from './list-unattributed';
import { attributeEntry, leaveEntry } from './settle-line';
import { eachTestConnectsEtsy, eur, REPORTED } from './test-etsy';

const { say } = wordsIn('en');

const shop = eachTestConnectsEtsy();
const { line, receipt, sync } = shop;

describe('the figures of a month', () => {
  it('name the money that is in none of them', async () => {
    shop.etsy.ledger = [
      REPORTED,
      line(8, -55, 'MISC_DEBIT'),
      line(9, 159, 'MISC_CREDIT'),
      line(7, 'x', 'MISC'),
    ];
    await sync();
    const { notAttributed } = await monthReport(shop.world.ctx, {});
    // What came in does not hide what went out, although they are the same amount.
    expect(notAttributed).toMatchObject({
      count: 4,
      unreadable: 1,
      amounts: [{ currency: 'EUR', added: 159, taken: 159 }],
    });
    expect(say(notAttributed.summary ?? '')).toBe(
      '4 account entries are not attributed, and not included as income or fees: €1.59 in, €1.59 out and 1 without a readable amount.',
    );
    expect((await overview(shop.world.ctx)).money.notAttributed).toEqual(notAttributed);
    const { items } = await listEntries(shop.world.ctx, { show: 'open', limit: 10 });
    for (const { id, remoteId } of items)
      if (remoteId === '8') await attributeEntry(shop.world.ctx, { id, as: 'fee' });
      else await leaveEntry(shop.world.ctx, { id });
    const report = await monthReport(shop.world.ctx, {});
    expect(report.notAttributed).toMatchObject({ count: 3, amounts: [{ added: 159, taken: 104 }] });
    const { month } = report;
    const listed = await listEntries(shop.world.ctx, { show: 'unattributed', month, limit: 10 });
    expect(listed.items).toHaveLength(3);
    const none = { show: 'unattributed' as const, month: '2020-01', limit: 10 };
    expect((await listEntries(shop.world.ctx, none)).items).toEqual([]);
    expect((await monthReport(shop.world.ctx, { month: '2020-01' })).notAttributed).toEqual({
      count: 0,
      unreadable: 0,
      amounts: [],
      summary: null,
    });
  });

  it('are each the sum of the list that they link to', async () => {
    const parts = { discount_amt: eur(100), total_shipping_cost: eur(250), total_tax_cost: eur(60) };
    shop.etsy.receipts = [{ ...receipt(77, 1000), ...parts, grandtotal: eur(1210) }];
    shop.etsy.ledger = [REPORTED, line(8, -55, 'transaction'), line(9, -20, 'sales_tax')];
    await sync();
    const [kept] = (await listEntries(shop.world.ctx, { limit: 10 })).items;
    await attributeEntry(shop.world.ctx, { id: kept?.id ?? '', as: 'refund', order: '77' });
    // A refund of the workspace's own plan is none of a sale.
    await shop.bench.db.asWorkspace(shop.world.workspaceId, (tx) =>
      postTransactions(tx, shop.world.ctx, [
        {
          key: 'given_back:test',
          kind: 'refund',
          occurredAt: shop.world.clock.now(),
          description: verbatim('Refund of the plan'),
          source: { type: 'invoice', id: 'in_1' },
          postings: subscriptionPostings({ amount: -4900, currency: 'EUR' }),
        },
      ]),
    );
    const { month, totals } = await monthReport(shop.world.ctx, {});
    const total = totals.find(({ currency }) => currency === 'EUR');
    if (!total) throw new Error('No total');
    const listed = async (figure: (typeof FIGURE_LISTS)[number]) => {
      const { items } = await listTransactions(shop.world.ctx, { month, figure, currency: 'EUR', limit: 50 });
      return items.flatMap(({ amounts }) => amounts).reduce((sum, { gain }) => sum + gain, 0);
    };
    expect(total).toMatchObject({ refunds: expect.any(Number), costs: -4900 });
    for (const figure of ['gross', 'shipping', 'net', 'tax'] as const)
      expect([figure, await listed(figure)]).toEqual([figure, total[figure]]);
    for (const figure of ['discounts', 'refunds', 'fees', 'costs'] as const)
      expect([figure, await listed(figure)]).toEqual([figure, 0 - total[figure]]);
    expect(await listed('income')).toBe(total.gross - total.discounts + total.shipping);
    const home = (await overview(shop.world.ctx)).money.totals.find(({ currency }) => currency === 'EUR');
    expect(home?.gross).toBe(await listed('income'));
    const dollars = await listTransactions(shop.world.ctx, {
      month,
      figure: 'net',
      currency: 'USD',
      limit: 50,
    });
    expect(dollars.items).toEqual([]);
  });
});
