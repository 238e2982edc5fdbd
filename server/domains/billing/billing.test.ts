import { eq } from 'drizzle-orm';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, ledgerPostings, ledgerTransactions, workspaces } from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World, withRole } from '@/tests/support/world';
import { applyCheckout, applyPortal } from './confirm-checkout';
import { findSubscription } from './customer';
import { handleStripeWebhook } from './handle-stripe-webhook';
import { openPortal, portalFor } from './open-portal';
import { readSummary } from './queries';
import { refreshSubscription } from './refresh-subscription';
import { cancelSubscription, resumeSubscription, setCancellation } from './set-cancellation';
import { openCheckout, startCheckout } from './start-checkout';
import type { StripeGateway } from './stripe-gateway';
import { type Delivery, stripeBench } from './testing';

let db: Db;
let world: World;
let gateway: StripeGateway;
let deliveries: Delivery[];
let bench: ReturnType<typeof stripeBench>;

beforeAll(async () => {
  db = await freshDb();
});
beforeEach(async () => {
  world = await createWorld(db);
  bench = stripeBench(db, world);
  ({ gateway, deliveries } = bench);
});
afterAll(() => db.close());

const deps = () => ({ ...world.services, gateway });
const plan = () =>
  db.asSystem(
    async (tx) => (await tx.select().from(workspaces).where(eq(workspaces.id, world.workspaceId)))[0]?.plan,
  );
const booked = () =>
  db.asWorkspace(world.workspaceId, (tx) =>
    tx.select().from(ledgerTransactions).where(eq(ledgerTransactions.kind, 'subscription')),
  );

async function deliver(...which: Delivery[]): Promise<string[]> {
  const outcomes = [];
  for (const d of which) outcomes.push(await handleStripeWebhook(deps(), d.body, d.signature));
  return outcomes;
}

/** Waits for the sandbox's webhooks about this test's customer, which it sends after its response. */
async function delivered(type: string): Promise<Delivery[]> {
  const customer = (await findSubscription(world.ctx))?.customerId;
  const ours = () => deliveries.filter((d) => JSON.parse(d.body).data.object.customer === customer);
  await expect.poll(() => ours().some((d) => d.type === type), { timeout: 10_000, interval: 20 }).toBe(true);
  return ours();
}

const pay: typeof bench.pay = (...args) => bench.pay(...args);
const buy = (plan?: 'pro' | 'agency') => bench.buy(plan);

test('a paid checkout changes the plan through its webhooks and books the payment once', async () => {
  await buy();
  const events = await delivered('invoice.paid');
  expect(await plan()).toBe('free');
  await deliver(...events);
  expect(await plan()).toBe('pro');
  expect(await booked()).toHaveLength(1);
  const postings = await db.asWorkspace(world.workspaceId, (tx) => tx.select().from(ledgerPostings));
  expect(postings.map((p) => p.amount).sort((a, b) => a - b)).toEqual([-2900, 2900]);
});

test('returning from checkout changes the plan immediately, before any webhook', async () => {
  const sessionId = await buy('agency');
  expect(await applyCheckout(world.ctx, { sessionId }, gateway)).toEqual({
    plan: 'agency',
  });
  expect(await plan()).toBe('agency');
});

test('a failed request to Stripe is not mistaken for a missing payment', async () => {
  const sessionId = await buy('pro');
  const away = new Stripe('sk_test_away', {
    maxNetworkRetries: 0,
    httpClient: Stripe.createFetchHttpClient(async () =>
      Response.json({ error: { type: 'api_error', message: 'down' } }, { status: 500 }),
    ),
  });
  await expect(applyCheckout(world.ctx, { sessionId }, { ...gateway, client: away })).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(await applyCheckout(world.ctx, { sessionId }, gateway)).toEqual({ plan: 'pro' });
});

test('an open checkout counts as unpaid, with nothing to wait for', async () => {
  const { url } = await openCheckout(world.ctx, { plan: 'pro', returnTo: '/settings/billing' }, gateway);
  const sessionId = new URL(url).pathname.split('/').at(-1) ?? '';
  expect(await applyCheckout(world.ctx, { sessionId }, gateway)).toEqual({
    plan: null,
    unpaid: true,
  });
  expect(await plan()).toBe('free');
});

test('a change in the portal takes effect immediately, before any webhook', async () => {
  const sessionId = await buy('pro');
  await applyCheckout(world.ctx, { sessionId }, gateway);
  const { url } = await portalFor(world.ctx, { returnTo: '/settings/billing' }, gateway);
  const shown = await (await bench.reach(new Request(url))).text();
  expect(shown).toContain('/settings/billing?checkout=portal"');
  const known = await findSubscription(world.ctx);
  const id = known?.subscriptionId ?? '';
  const [item] = (await gateway.client.subscriptions.retrieve(id)).items.data;
  await gateway.client.subscriptions.update(id, {
    items: [{ id: item?.id ?? '', price: gateway.prices.agency }],
  });
  expect(await plan()).toBe('pro');
  world.clock.advance(1_000);
  expect(await applyPortal(world.ctx, gateway)).toEqual({ plan: 'agency' });
  expect(await plan()).toBe('agency');
});

test('duplicate and reordered webhooks lead to the same state', async () => {
  await buy();
  const events = await delivered('invoice.paid');
  await deliver(...[...events].reverse(), ...events);
  expect(await plan()).toBe('pro');
  expect(await booked()).toHaveLength(1);
  expect(await deliver(...events)).toEqual(events.map(() => 'repeated'));
});

test('an old event that arrives after the end does not restore the plan', async () => {
  await buy();
  const first = await delivered('invoice.paid');
  await deliver(...first);
  const id =
    (
      await gateway.client.subscriptions.list({
        customer: (await findSubscription(world.ctx))?.customerId ?? '',
        limit: 1,
      })
    ).data[0]?.id ?? '';
  world.clock.advance(1_000);
  await gateway.client.subscriptions.cancel(id);
  const all = await delivered('customer.subscription.deleted');
  await deliver(...all.filter((d) => d.type === 'customer.subscription.deleted'));
  expect(await plan()).toBe('free');
  // The same old creation event under a new id, as if re-sent manually.
  const created = JSON.parse(first.find((d) => d.type === 'customer.subscription.created')?.body ?? '{}');
  const body = JSON.stringify({ ...created, id: 'evt_sent_by_hand' });
  const signature = bench.sign(body);
  expect(await deliver({ body, signature, type: 'x' })).toEqual(['done']);
  expect(await plan()).toBe('free');
});

test('forged, altered and stale deliveries are rejected and change nothing', async () => {
  await buy();
  const [event] = (await delivered('invoice.paid')).filter((d) => d.type === 'customer.subscription.created');
  if (!event) throw new Error('no event');
  const other = gateway.client.webhooks.generateTestHeaderString({
    payload: event.body,
    secret: 'whsec_somebody_else',
    timestamp: Math.floor(world.clock.now().getTime() / 1000),
  });
  const forged = [
    { ...event, signature: other },
    { ...event, signature: '' },
    { ...event, signature: 't=1,v1=00' },
    { ...event, body: event.body.replace('pro', 'agency') },
    { ...event, body: 'not json' },
  ];
  expect(await deliver(...forged)).toEqual(forged.map(() => 'forged'));
  world.clock.advance(301_000);
  expect(await deliver(event)).toEqual(['forged']);
  expect(await plan()).toBe('free');
});

test('a declined card buys nothing and the page says so', async () => {
  const { url } = await openCheckout(world.ctx, { plan: 'pro', returnTo: '/settings/billing' }, gateway);
  const answer = await pay(url, '4000000000000002');
  expect(answer.status).not.toBe(303);
  expect(await answer.text()).toMatch(/declined/i);
  expect(await plan()).toBe('free');
});

test('two clicks share one checkout, and a paying workspace is sent to the portal instead', async () => {
  const input = { plan: 'pro' as const, returnTo: '/settings/billing' };
  const [a, b] = [
    await openCheckout(world.ctx, input, gateway),
    await openCheckout(world.ctx, input, gateway),
  ];
  expect(a.url).toBe(b.url);
  await pay(a.url);
  await deliver(...(await delivered('invoice.paid')));
  expect((await openCheckout(world.ctx, { ...input, plan: 'agency' }, gateway)).url).toContain(
    '/stripe/portal/',
  );
  expect((await portalFor(world.ctx, { returnTo: '/settings/billing' }, gateway)).url).toContain(
    '/stripe/portal/',
  );
});

test('cancelling keeps the plan until the end of the paid period and can be undone', async () => {
  await buy();
  await deliver(...(await delivered('invoice.paid')));
  world.clock.advance(1_000);
  await setCancellation(world.ctx, true, gateway);
  expect(await readSummary(world.ctx)).toMatchObject({ plan: 'pro', cancelAtPeriodEnd: true });
  world.clock.advance(1_000);
  await setCancellation(world.ctx, false, gateway);
  expect(await readSummary(world.ctx)).toMatchObject({ plan: 'pro', cancelAtPeriodEnd: false });
});

test('an answer that is older than the applied state is not applied, and Stripe is asked again', async () => {
  await buy();
  await deliver(...(await delivered('invoice.paid')));
  const [subscription] = (
    await gateway.client.subscriptions.list({
      customer: (await findSubscription(world.ctx))?.customerId ?? '',
    })
  ).data;
  const early = new Date(world.clock.now().getTime() - 50_000);
  await gateway.client.subscriptions.cancel(subscription?.id ?? '');
  const asked = vi.spyOn(gateway.client.subscriptions, 'list');
  const times = [early, early];
  const clock = { now: () => times.shift() ?? world.clock.now() };
  expect(await refreshSubscription({ ...world.ctx, clock }, null, gateway)).toBe('free');
  expect(asked).toHaveBeenCalledTimes(2);
  // It never becomes newer, so the event that caused it must not count as processed.
  await expect(
    refreshSubscription({ ...world.ctx, clock: { now: () => early } }, null, gateway),
  ).rejects.toMatchObject({ code: 'conflict' });
  asked.mockRestore();
});

test("another workspace's checkout is not found", async () => {
  const sessionId = await buy();
  const stranger = await createWorld(db, { clock: world.clock });
  for (const id of [sessionId, 'cs_test_nothing'])
    await expect(applyCheckout(stranger.ctx, { sessionId: id }, gateway)).rejects.toMatchObject({
      code: 'not_found',
    });
  expect(await db.asWorkspace(stranger.workspaceId, (tx) => tx.select().from(alerts))).toEqual([]);
});

test('only an owner can pay', async () => {
  const manager = withRole(world.ctx, 'manager');
  const pay = [
    () => startCheckout(manager, { plan: 'pro' }),
    () => openPortal(manager, {}),
    () => cancelSubscription(manager),
    () => resumeSubscription(manager),
  ];
  for (const attempt of pay) await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
});
