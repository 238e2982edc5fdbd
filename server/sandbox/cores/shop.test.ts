import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { json } from '../http';
import { shopListings, shopOrders } from '../schema';
import type { StandIn } from '../stand-in';
import { bodyOf, type TestSandbox, testSandbox } from '../test-sandbox';
import {
  addListing,
  changeListing,
  findListing,
  letShoppersCome,
  listListings,
  listOrders,
  shopControl,
} from './shop';

const stall: StandIn = {
  id: 'stall',
  name: 'Stall',
  vendor: { platform: 'stall', problem: (_c, p) => json({ error: p.is }, 400) },
  accounts: [{ id: '1', kind: 'shop', handle: 'prints', name: 'Prints' }],
  keys: { noun: 'API key', path: '/keys', kind: 'shop' },
  control: shopControl('stall'),
  passTime: (world, until) => letShoppersCome(world, 'stall', until),
  apis: [
    {
      credential: { in: 'bearer' },
      rate: [],
      operations: [
        {
          operation: 'add',
          method: 'POST',
          path: '/products',
          handle: async (world, c) => {
            const quantity = c.req.query('quantity');
            const input = { id: 'p1', title: 'Print', priceCents: 500 };
            return json(
              await addListing(world, c, { ...input, quantity: quantity ? Number(quantity) : null }),
            );
          },
        },
      ],
    },
  ],
};

let s: TestSandbox;
beforeAll(async () => {
  s = await testSandbox({}, [stall]);
});
afterAll(() => s.db.close());
beforeEach(() => s.control('/reset'));

const add = async (query = '') =>
  bodyOf(await s.call('POST', `/stall/products${query}`, { token: await s.key('stall', 'prints') }));
const orders = () => listOrders(s.handler.world, eq(shopOrders.accountId, '1'), { limit: 1_000 });

it('sells from the control page until the stock is empty, and gives money back once', async () => {
  const { id } = await add('?quantity=3');
  const sale = (quantity: number) => s.control('/stall/sale', { listing: id, quantity });
  const { body } = await sale(2);
  expect((await sale(2)).status).toBe(404);
  expect(await findListing(s.handler.world, 'stall', id)).toMatchObject({ quantity: 1 });
  expect(await orders()).toMatchObject([{ cents: 1_000, currency: 'USD', title: 'Print' }]);
  const page = await (await s.call('GET', '/control')).text();
  expect(page).toContain('<h2>Stall</h2>');
  const refund = (cents?: number) =>
    s.control('/stall/refund', { order: body.order, ...(cents ? { cents } : {}) });
  expect((await refund(400)).body.refundedCents).toBe(400);
  expect((await refund(601)).status).toBe(404);
  expect((await refund()).body.refundedCents).toBe(1_000);
  expect((await refund()).status).toBe(404);
});

it('gets buyers with time, each of them once, and none while nothing is for sale', async () => {
  const { id } = await add();
  await s.control('/advance', { hours: 24 * 14 });
  const sold = (await orders()).length;
  expect(sold).toBeGreaterThan(3);
  const { world } = s.handler;
  await letShoppersCome(world, 'stall');
  // Its time does not begin again either.
  await world.db.update(shopListings).set({ crowdUntil: new Date('2026-03-02T12:00:00Z') });
  await letShoppersCome(world, 'stall');
  expect(await orders()).toHaveLength(sold);
  await changeListing(world, id, { state: 'inactive' }, s.clock.now());
  await s.control('/advance', { hours: 24 * 14 });
  expect(await orders()).toHaveLength(sold);
  await changeListing(world, id, { deletedAt: s.clock.now() }, s.clock.now());
  expect(await listListings(world, eq(shopListings.accountId, '1'), { limit: 10 })).toEqual([]);
});
