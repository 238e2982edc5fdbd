import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { bodyOf, type TestSandbox, testSandbox } from '../test-sandbox';
import { processingFee, transactionFee } from './sales';

const A = '/etsy/v3/application';
const SHOP = '38471529';
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const { clientId, clientSecret } = sandboxClient('etsy');
const KEY = { 'x-api-key': `${clientId}:${clientSecret}` };
let s: TestSandbox;
let token: string;

beforeAll(async () => {
  s = await testSandbox();
});
afterAll(() => s.db.close());
beforeEach(async () => {
  await s.control('/reset');
  const t = await s.tokens('etsy', 'miraokafor', [
    'listings_r',
    'listings_w',
    'listings_d',
    'shops_r',
    'transactions_r',
  ]);
  token = t.accessToken;
  expect(token.startsWith('482915377.')).toBe(true);
});
const api = (method: string, path: string, o: Parameters<TestSandbox['call']>[2] = {}) =>
  s.call(method, `${A}${path}`, { token, ...o, headers: { ...KEY, ...o.headers } });
const draft = (more: Record<string, string> = {}) =>
  api('POST', `/shops/${SHOP}/listings`, {
    form: {
      quantity: '5',
      title: 'Oak leaf print',
      description: 'A print.',
      price: '12.50',
      who_made: 'i_did',
      when_made: 'made_to_order',
      taxonomy_id: '2078',
      type: 'download',
      ...more,
    },
  });
async function listed(more: Record<string, string> = {}): Promise<number> {
  const { listing_id } = await bodyOf(await draft(more));
  const form = new FormData();
  form.set('image', new File([PIXEL], 'leaf.png', { type: 'image/png' }));
  expect((await api('POST', `/shops/${SHOP}/listings/${listing_id}/images`, { body: form })).status).toBe(
    201,
  );
  const active = await api('PATCH', `/shops/${SHOP}/listings/${listing_id}`, { form: { state: 'active' } });
  expect((await bodyOf(active)).state).toBe('active');
  return listing_id;
}
const ledger = async () => {
  const at = Math.floor(s.clock.now().getTime() / 1000);
  return bodyOf(
    await api(
      'GET',
      `/shops/${SHOP}/payment-account/ledger-entries?min_created=${at - 86_400 * 30}&max_created=${at + 60}&limit=100`,
    ),
  );
};

describe('listings', () => {
  it('go from draft to active once they have a picture, and cost the listing fee', async () => {
    const created = await draft();
    expect(created.status).toBe(201);
    const { listing_id, state, price } = await bodyOf(created);
    expect({ state, price }).toEqual({
      state: 'draft',
      price: { amount: 1250, divisor: 100, currency_code: 'USD' },
    });
    const early = await api('PATCH', `/shops/${SHOP}/listings/${listing_id}`, { form: { state: 'active' } });
    expect(early.status).toBe(400);
    expect((await bodyOf(early)).error).toContain('image');
    const id = await listed({ title: 'Acorn print' });
    const own = await bodyOf(await api('GET', `/shops/${SHOP}/listings?state=active`));
    expect(own.results.map((l: { listing_id: number }) => l.listing_id)).toEqual([id]);
    expect((await ledger()).results).toMatchObject([
      { amount: -20, ledger_type: 'listing', reference_id: String(id), balance: -20 },
    ]);
    const shown = await bodyOf(await api('GET', `/listings/${id}?includes=Images,Inventory`));
    expect(shown.images).toHaveLength(1);
    expect((await api('DELETE', `/listings/${id}`)).status).toBe(204);
    expect((await api('GET', `/listings/${id}`)).status).toBe(404);
  });

  it('change their price through the inventory', async () => {
    const id = await listed();
    const offering = { price: 9.99, quantity: 3, is_enabled: true, readiness_state_id: null };
    const changed = await api('PUT', `/listings/${id}/inventory`, {
      json: { products: [{ sku: 'OAK', offerings: [offering] }] },
    });
    expect(changed.status).toBe(200);
    const inventory = await bodyOf(await api('GET', `/listings/${id}/inventory`));
    expect(inventory.products[0]).toMatchObject({
      sku: 'OAK',
      offerings: [{ quantity: 3, price: { amount: 999 } }],
    });
  });

  it('are refused where Etsy refuses them', async () => {
    expect((await draft({ price: '0.10' })).status).toBe(400);
    expect((await draft({ quantity: '1000' })).status).toBe(400);
    expect((await draft({ title: 'x'.repeat(141) })).status).toBe(400);
    expect((await draft({ tags: 'this tag is longer than twenty' })).status).toBe(400);
    expect((await draft({ type: 'physical' })).status).toBe(400);
    expect((await api('GET', '/users/me', { headers: { 'x-api-key': clientId } })).status).toBe(403);
    expect((await api('GET', '/users/me', { token: '482915377.nope' })).status).toBe(401);
    expect((await api('GET', '/shops/41726058/receipts')).status).toBe(403);
  });
});

describe('sales', () => {
  it('create a receipt and fees, and a refund returns them', async () => {
    const id = await listed();
    await s.control('/settings', { buyers: false });
    expect([transactionFee(2500), processingFee(2500)]).toEqual([163, 100]);
    const { body } = await s.control('/etsy/sale', { listing: id, quantity: 2 });
    const { results } = await bodyOf(
      await api('GET', `/shops/${SHOP}/receipts?min_created=${Math.floor(s.clock.now().getTime() / 1000)}`),
    );
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      receipt_id: body.receiptId,
      grandtotal: { amount: 2500 },
      transactions: [{ listing_id: id, quantity: 2 }],
    });
    const payments = await bodyOf(await api('GET', `/shops/${SHOP}/receipts/${body.receiptId}/payments`));
    expect(payments.results[0]).toMatchObject({
      amount_gross: { amount: 2500 },
      amount_fees: { amount: 100 },
      amount_net: { amount: 2400 },
    });
    const before = await ledger();
    expect(before.results[0].balance).toBe(2500 - 163 - 100 - 20);
    const entry = before.results.find((e: { ledger_type: string }) => e.ledger_type === 'PAYMENT');
    const linked = await bodyOf(
      await api(
        'GET',
        `/shops/${SHOP}/payment-account/ledger-entries/payments?ledger_entry_ids=${entry.entry_id}`,
      ),
    );
    expect(linked.results[0].receipt_id).toBe(body.receiptId);
    s.clock.advance(1_000);
    expect((await s.control('/etsy/refund', { receipt: body.receiptId })).status).toBe(200);
    expect((await s.control('/etsy/refund', { receipt: body.receiptId })).status).toBe(404);
    expect((await ledger()).results[0].balance).toBe(-20);
    const refunded = await bodyOf(await api('GET', `/shops/${SHOP}/receipts/${body.receiptId}`));
    expect(refunded).toMatchObject({ status: 'fully refunded', refunds: [{ amount: { amount: 2500 } }] });
  });

  it('are credited when they are shipped, less what was refunded before', async () => {
    const id = await listed();
    await s.control('/settings', { buyers: false });
    const sell = async () =>
      Number((await s.control('/etsy/sale', { listing: id, unposted: true })).body.receiptId);
    const [kept, cancelled] = [await sell(), await sell()];
    const receipt = async (one: number) => bodyOf(await api('GET', `/shops/${SHOP}/receipts/${one}`));
    const payment = async (one: number) =>
      (await bodyOf(await api('GET', `/shops/${SHOP}/receipts/${one}/payments`))).results[0];
    const lines = async () =>
      (await ledger()).results.map((e: { ledger_type: string; amount: number }) => [e.ledger_type, e.amount]);
    expect(await lines()).toEqual([['listing', -20]]);
    expect(await payment(kept)).toMatchObject({ posted_gross: null, payment_adjustments: [] });
    const { updated_timestamp } = await receipt(cancelled);
    s.clock.advance(5_000);
    await s.control('/etsy/refund', { receipt: kept, cents: 250 });
    await s.control('/etsy/refund', { receipt: cancelled });
    // As Etsy does, which a test can change.
    expect(await receipt(cancelled)).toMatchObject({ status: 'canceled', updated_timestamp });
    expect(await payment(cancelled)).toMatchObject({
      amount_gross: { amount: 1250 },
      posted_gross: null,
      adjusted_gross: { amount: 0 },
      payment_adjustments: [{ total_adjustment_amount: 1250 }],
    });
    expect(await lines()).toEqual([['listing', -20]]);
    expect((await s.control('/etsy/post', { receipt: kept })).body).toMatchObject({ postedCents: 1000 });
    expect((await s.control('/etsy/post', { receipt: cancelled })).status).toBe(404);
    expect(await payment(kept)).toMatchObject({ posted_gross: { amount: 1000 } });
    expect(await lines()).toEqual(
      expect.arrayContaining([
        ['PAYMENT', 1000],
        ['PAYMENT_PROCESSING_FEE', -processingFee(1000)],
        ['transaction', -transactionFee(1000)],
      ]),
    );
    await s.control('/etsy/refund', { receipt: kept, cents: 100, touched: true });
    expect((await receipt(kept)).updated_timestamp).toBe(updated_timestamp + 5);
    expect(await lines()).toContainEqual(['REFUND_GROSS', -100]);
  });

  it('happen automatically, are reproducible with the same seed, and are fewer at a higher price', async () => {
    const run = async (price: string) => {
      await s.call('POST', '/control/reset', { json: {} });
      token = (
        await s.tokens('etsy', 'miraokafor', ['listings_r', 'listings_w', 'shops_r', 'transactions_r'])
      ).accessToken;
      // Use the same id each time, because it seeds the visitors of a listing.
      await s.db.raw.execute(
        'alter table tributary_sandbox.etsy_listings alter column id restart with 1900000001',
      );
      const id = await listed({ price, quantity: '999' });
      await s.control('/advance', { hours: 24 * 14 });
      const { count } = await bodyOf(await api('GET', `/shops/${SHOP}/receipts`));
      return { count, views: (await bodyOf(await api('GET', `/listings/${id}`))).views };
    };
    const cheap = await run('6.00');
    expect(cheap.views).toBeGreaterThan(50);
    expect(cheap.count).toBeGreaterThan(0);
    expect(await run('6.00')).toEqual(cheap);
    const dear = await run('48.00');
    expect(dear.views).toBe(cheap.views);
    expect(dear.count).toBeLessThan(cheap.count);
  });

  it('stop when the listing is sold out, and views can be added without sales', async () => {
    const id = await listed({ quantity: '1' });
    await s.control('/settings', { buyers: false });
    expect((await s.control('/etsy/views', { listing: id, views: 40 })).body.views).toBe(40);
    await s.control('/etsy/sale', { listing: id });
    expect((await s.control('/etsy/sale', { listing: id })).status).toBe(404);
    expect((await bodyOf(await api('GET', `/listings/${id}`))).state).toBe('sold_out');
    const { body } = await s.control('/etsy/payout', { shop: 'InkAndOakPrints' });
    expect(body.cents).toBe(1250 - transactionFee(1250) - processingFee(1250) - 20);
  });
});
