import { describe, expect, it } from 'vitest';
import { listSales } from './queries';
import { eachTestConnectsEtsy, eur } from './test-etsy';

const shop = eachTestConnectsEtsy();
const DAY = 86_400_000;

/** What is refunded of an order of 10.00 of which Etsy answers this a day later. `receipt` is null if Etsy has no such receipt. */
async function refunded(payment: object, receipt: object | null): Promise<number | undefined> {
  const { etsy } = shop;
  etsy.receipts = [shop.receipt(77, 1000)];
  await shop.sync();
  etsy.receipts = [];
  etsy.payments = [{ payment_id: 900, receipt_id: 77, amount_gross: eur(1000), ...payment }];
  const { wrap } = shop.bench;
  if (!wrap) throw new Error('Etsy does not answer');
  shop.bench.wrap = (inner) => (wire) =>
    new URL(wire.url).pathname.endsWith('/receipts/77')
      ? Promise.resolve({
          status: receipt ? 200 : 404,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(receipt ?? { error: 'Could not find a Shop Receipt with receipt_id = 77' }),
        })
      : wrap(inner)(wire);
  shop.world.clock.advance(DAY);
  await shop.sync();
  const { items } = await listSales(shop.world.ctx, { limit: 5 });
  return items[0]?.refunded;
}

it('is not the whole order if its receipt says that only a part was given back', async () => {
  shop.etsy.receipts = [{ ...shop.receipt(77, 1000), ...back(400) }];
  shop.etsy.payments = [{ payment_id: 900, receipt_id: 77, amount_gross: eur(1000), posted_gross: eur(0) }];
  await shop.sync();
  expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([{ refunded: 0 }]);
  shop.etsy.receipts = [{ ...shop.receipt(77, 1000), ...back(400, 600) }];
  await shop.sync();
  expect((await listSales(shop.world.ctx, { limit: 5 })).items).toMatchObject([{ refunded: 1000 }]);
});

const paid = { status: 'paid', grandtotal: eur(1000), refunds: [] };
const back = (...amounts: number[]) => ({
  ...paid,
  refunds: amounts.map((amount) => ({ amount: eur(amount), status: 'success' })),
});
const adjusted = (amount: number, more: object = {}) => ({
  payment_adjustments: [{ payment_adjustment_id: 1, total_adjustment_amount: amount, ...more }],
});

describe('a payment that Etsy has not credited', () => {
  it.each<[string, object, object | null, number]>([
    ['has adjustments of all of it', { posted_gross: null, ...adjusted(1000) }, paid, 1000],
    ['is adjusted to nothing', { posted_gross: null, adjusted_gross: eur(0), ...adjusted(1000) }, paid, 1000],
    ['belongs to a cancelled receipt', { posted_gross: null }, { ...paid, status: 'canceled' }, 1000],
    ['belongs to a receipt whose refunds are all of it', { posted_gross: null }, back(400, 600), 1000],
    ['is 0, of a receipt that Etsy no longer has', { posted_gross: eur(0) }, null, 1000],
    ['waits for shipping', { posted_gross: null, adjusted_gross: null }, paid, 0],
    ['is shown as 0 until then', { posted_gross: eur(0), adjusted_gross: eur(0) }, paid, 0],
    ['has a refund of a part', { posted_gross: eur(0), ...adjusted(400) }, back(400), 0],
    ['has a refund that failed', { posted_gross: null, ...adjusted(1000, { is_success: false }) }, paid, 0],
    ['is unknown, as its receipt is', { posted_gross: null }, null, 0],
  ])('%s', async (_what, payment, receipt, amount) => {
    expect(await refunded(payment, receipt)).toBe(amount);
  });
});
