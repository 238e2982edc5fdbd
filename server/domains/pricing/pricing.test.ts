import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { activity, alerts, listings, priceChanges, products } from '@/db/schema';
import { ConnectorFault } from '@/server/connectors/kit/types';
import type { ManualClock } from '@/server/foundation/clock';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { calling } from '@/tests/support/platforms';
import { withRole } from '@/tests/support/world';
import { syncSales } from '../sales/sync-sales';
import { makeShop, type Shop } from '../sales/testing';
import { applyPriceChange } from './apply-price-change';
import { evaluateRules } from './evaluate-rules';
import { listPriceChanges, listRules } from './queries';
import { requestPriceChange } from './request-price-change';
import { removeRule, saveRule } from './save-rule';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

const HOUR = 3_600_000;
/** A shop with one price that records its calls. */
class FakeEtsy {
  price = 1200;
  views = 0;
  sold = 0;
  asked: string[] = [];
  /** Thrown by the next `setPrice`. With `after`, the price is changed first. */
  fault: { error: ConnectorFault; after: boolean } | null = null;
  constructor(private readonly clock: () => Date) {}
  platforms = calling(async (request: { capability: string; input: { price?: { amount: number } } }) => {
    this.asked.push(request.capability);
    if (request.capability === 'views') return [{ remoteId: '9001', views: this.views }];
    if (request.capability === 'syncSales')
      return {
        sales: Array.from({ length: this.sold }, (_, i) => ({
          remoteId: String(i),
          remoteOrderId: String(i),
          listingRemoteId: '9001',
          title: 'Weekly planner',
          quantity: 1,
          gross: { amount: 1200, currency: 'USD' },
          soldAt: this.clock(),
        })),
        fees: [],
        refunds: [],
        nextCursor: 'x',
      };
    if (request.capability === 'readPrice')
      return { price: { amount: this.price, currency: 'USD' }, active: true };
    if (this.fault?.after) this.price = request.input.price?.amount ?? 0;
    const fault = this.fault;
    this.fault = null;
    if (fault) throw fault.error;
    this.price = request.input.price?.amount ?? 0;
    return { price: { amount: this.price, currency: 'USD' } };
  });
}
async function start(plan: 'free' | 'pro' = 'pro') {
  const shop = await makeShop(db, { plan });
  const clock = shop.ctx.clock as ManualClock;
  const etsy = new FakeEtsy(() => clock.now());
  const hour = async (views: number) => {
    clock.advance(HOUR);
    etsy.views = views;
    await syncSales({
      ctx: { ...shop.ctx, platforms: etsy.platforms },
      input: { connectionId: shop.connectionId },
    });
    return evaluateRules({ ctx: shop.ctx });
  };
  return { ...shop, clock, etsy, hour };
}
const rule = { minViews: 10, windowHours: 24, stepBasisPoints: 1000, cooldownHours: 12 };
const apply = (shop: Shop, etsy: FakeEtsy, priceChangeId: string) =>
  applyPriceChange({ ctx: { ...shop.ctx, platforms: etsy.platforms }, input: { priceChangeId } });
const priceOf = (shop: Shop) =>
  db.asWorkspace(shop.ctx.workspaceId, async (tx) => {
    const [row] = await tx.select().from(listings).where(eq(listings.id, shop.listingId));
    return row?.price;
  });

describe('price rules', () => {
  it('lower the price on views without sales, wait, stop at the floor and give reasons', async () => {
    const shop = await start();
    await saveRule(shop.ctx, { listingId: shop.listingId, ...rule });
    expect(await shop.hour(4)).toEqual({ checked: 1, changes: [] });
    const first = await shop.hour(11);
    expect(first.changes).toHaveLength(1);
    expect(shop.sent.at(-1)?.name).toBe('selling/price-change.requested');
    // While a change is pending, no other is requested.
    expect((await shop.hour(30)).changes).toEqual([]);
    const id = first.changes[0] ?? '';
    expect(await apply(shop, shop.etsy, id)).toBe('applied');
    expect(await apply(shop, shop.etsy, id)).toBe('nothing_to_do');
    expect(shop.etsy.price).toBe(1080);
    expect(await priceOf(shop)).toBe(1080);
    // The cooldown counts in hours; views before the change no longer count.
    for (let i = 0; i < 11; i++) expect((await shop.hour(38)).changes).toEqual([]);
    expect((await shop.hour(39)).changes).toEqual([]);
    let steps = 0;
    for (let views = 60; views < 2000 && steps < 10; views += 20) {
      for (const change of (await shop.hour(views)).changes) {
        await apply(shop, shop.etsy, change);
        steps++;
      }
    }
    expect(shop.etsy.price).toBe(800);
    expect(steps).toBe(3);
    const [state] = (await listRules(shop.ctx, { limit: 5 })).items;
    expect(state?.lastOutcome).toSay('lowest, $8.00');
    const log = await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
      tx.select().from(activity).where(eq(activity.verb, 'price.changed')),
    );
    expect(log).toHaveLength(4);
    expect(log[0]?.summary).toSay('11 views and no sales in the last 1 day: from $12.00 to $10.80.');
  });

  it('adopt a price that was set in the shop meanwhile, and wait from then on', async () => {
    const shop = await start();
    await saveRule(shop.ctx, { listingId: shop.listingId, ...rule });
    const [change = ''] = (await shop.hour(11)).changes;
    shop.etsy.price = 900;
    shop.etsy.asked = [];
    expect(await apply(shop, shop.etsy, change)).toBe('failed');
    expect(shop.etsy.asked).toEqual(['readPrice']);
    expect(await priceOf(shop)).toBe(900);
    for (let i = 1; i < 12; i++) expect((await shop.hour(11 + i * 20)).changes).toEqual([]);
    const [next = ''] = (await shop.hour(300)).changes;
    expect(await apply(shop, shop.etsy, next)).toBe('applied');
    expect(shop.etsy.price).toBe(810);
  });

  it('leave a listing with sales alone', async () => {
    const shop = await start();
    await saveRule(shop.ctx, { listingId: shop.listingId, ...rule });
    shop.etsy.sold = 1;
    expect((await shop.hour(500)).changes).toEqual([]);
  });

  it('decide nothing on outdated figures', async () => {
    const shop = await start();
    await saveRule(shop.ctx, { listingId: shop.listingId, ...rule, active: false });
    await shop.hour(500);
    await saveRule(shop.ctx, { listingId: shop.listingId, ...rule, version: 1 });
    shop.clock.advance(4 * HOUR);
    expect((await evaluateRules({ ctx: shop.ctx })).changes).toEqual([]);
    expect((await shop.hour(501)).changes).toHaveLength(1);
  });

  it('are limited to one per listing and to listings of the workspace', async () => {
    const shop = await start('free');
    const saved = await saveRule(shop.ctx, { listingId: shop.listingId, ...rule });
    await expect(saveRule(shop.ctx, { listingId: shop.listingId, ...rule })).rejects.toMatchObject({
      code: 'conflict',
    });
    await removeRule(shop.ctx, { id: saved.id });
    const two = await makeShop(db);
    await expect(saveRule(shop.ctx, { listingId: two.listingId, ...rule })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('applyPriceChange', () => {
  const ask = async (shop: Shop, price: number | string) =>
    (await requestPriceChange(shop.ctx, { listingId: shop.listingId, price })).id;
  const stateOf = async (shop: Shop) => (await listPriceChanges(shop.ctx, { limit: 1 })).items[0];

  it('refuses a price below the floor, the same price, and a second concurrent change', async () => {
    const shop = await start();
    await expect(ask(shop, 799)).rejects.toMatchObject({ code: 'invalid' });
    await expect(ask(shop, 1200)).rejects.toMatchObject({ code: 'invalid' });
    await ask(shop, 1000);
    await expect(ask(shop, 900)).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      requestPriceChange(withRole(shop.ctx, 'viewer'), { listingId: shop.listingId, price: 1000 }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('reads a typed price by the decimals of the listing’s currency', async () => {
    const shop = await start();
    await expect(ask(shop, '7.99')).rejects.toMatchObject({
      fields: { price: expect.objectContaining({ fact: 'pricing.errors.belowFloor' }) },
    });
    for (const [text, problem] of [
      ['10.000', 'ambiguous'],
      ['10.005', 'ambiguous'],
      ['0.125', 'decimals'],
      ['€10', 'otherCurrency'],
      ['ten', 'unreadable'],
      ['-10', 'tooLow'],
    ] as const)
      await expect(ask(shop, text), text).rejects.toMatchObject({
        code: 'invalid',
        fields: { price: expect.objectContaining({ fact: `validation.amount.${problem}` }) },
      });
    await ask(shop, '$10,50');
    expect(await stateOf(shop)).toMatchObject({ toPrice: 1050, currency: 'USD' });
  });

  it('reads the price after an unknown outcome and does not set it twice', async () => {
    const shop = await start();
    const id = await ask(shop, 1000);
    shop.etsy.fault = { error: new ConnectorFault('unknown_outcome', plain('No answer.')), after: true };
    await expect(apply(shop, shop.etsy, id)).rejects.toMatchObject({ kind: 'unknown_outcome' });
    expect((await stateOf(shop))?.state).toBe('unknown');
    expect(await apply(shop, shop.etsy, id)).toBe('applied');
    expect(shop.etsy.asked).toEqual(['setPrice', 'readPrice']);
    expect(await priceOf(shop)).toBe(1000);
  });

  it('sets the price again if it had not arrived', async () => {
    const shop = await start();
    const id = await ask(shop, 1000);
    shop.etsy.fault = { error: new ConnectorFault('unknown_outcome', plain('No answer.')), after: false };
    await expect(apply(shop, shop.etsy, id)).rejects.toThrow();
    expect(await apply(shop, shop.etsy, id)).toBe('applied');
    expect(shop.etsy.asked).toEqual(['setPrice', 'readPrice', 'setPrice']);
  });

  it('keeps a price that was set at the platform', async () => {
    const shop = await start();
    const id = await ask(shop, 1000);
    shop.etsy.fault = { error: new ConnectorFault('unknown_outcome', plain('No answer.')), after: false };
    await expect(apply(shop, shop.etsy, id)).rejects.toThrow();
    shop.etsy.price = 1500;
    expect(await apply(shop, shop.etsy, id)).toBe('failed');
    expect(shop.etsy.price).toBe(1500);
    expect(await priceOf(shop)).toBe(1500);
  });

  it('fails with an alert that the next success resolves, and stays pending on temporary faults', async () => {
    const shop = await start();
    const id = await ask(shop, 1000);
    shop.etsy.fault = { error: new ConnectorFault('transient', plain('Etsy did not answer.')), after: false };
    await expect(apply(shop, shop.etsy, id)).rejects.toMatchObject({ kind: 'transient' });
    expect(await stateOf(shop)).toMatchObject({ state: 'pending', problem: 'Etsy did not answer.' });
    shop.etsy.fault = { error: new ConnectorFault('rejected', plain('The price is too low.')), after: false };
    expect(await apply(shop, shop.etsy, id)).toBe('failed');
    const open = () =>
      db.asWorkspace(shop.ctx.workspaceId, (tx) =>
        tx.select().from(alerts).where(eq(alerts.resolved, false)),
      );
    expect(await open()).toHaveLength(1);
    expect(await apply(shop, shop.etsy, await ask(shop, 900))).toBe('applied');
    expect(await open()).toHaveLength(0);
  });

  it('does not go below a floor that was raised meanwhile', async () => {
    const shop = await start();
    const id = await ask(shop, 900);
    await db.asWorkspace(shop.ctx.workspaceId, (tx) =>
      tx.update(products).set({ floor: 1000 }).where(eq(products.id, shop.productId)),
    );
    expect(await apply(shop, shop.etsy, id)).toBe('failed');
    expect(shop.etsy.asked).toEqual([]);
    const [row] = await db.asWorkspace(shop.ctx.workspaceId, (tx) => tx.select().from(priceChanges));
    expect(row?.problem).toSay('lowest price');
  });
});
