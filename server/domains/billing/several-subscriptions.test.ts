import { eq } from 'drizzle-orm';
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, subscriptions, users, workspaces } from '@/db/schema';
import { english } from '@/i18n/words';
import { stripeObjects } from '@/server/sandbox/stripe/tables';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { applyCheckout } from './confirm-checkout';
import { findSubscription } from './customer';
import { handleStripeWebhook } from './handle-stripe-webhook';
import { portalFor } from './open-portal';
import { readSummary } from './queries';
import { reconcileSubscriptions } from './reconcile-subscriptions';
import { setCancellation } from './set-cancellation';
import { openCheckout } from './start-checkout';
import type { StripeGateway } from './stripe-gateway';
import { stripeBench } from './testing';

let db: Db;
let world: World;
let bench: ReturnType<typeof stripeBench>;
let stripe: Stripe;
beforeAll(async () => {
  db = await freshDb();
});
beforeEach(async () => {
  // Reconciling covers every workspace.
  await db.asSystem((tx) => tx.delete(subscriptions));
  world = await createWorld(db);
  bench = stripeBench(db, world);
  stripe = bench.gateway.client;
});
afterAll(() => db.close());

const deps = () => ({ ...world.services, gateway: bench.gateway });
const start = (plan: 'pro' | 'agency' = 'pro', returnTo = '/settings/billing') =>
  openCheckout(world.ctx, { plan, returnTo }, bench.gateway);
const reconcile = (gateway: StripeGateway = bench.gateway) => {
  world.clock.advance(60_000);
  return reconcileSubscriptions({ ...deps(), gateway });
};
const plan = async () => (await readSummary(world.ctx)).plan;
const row = async () => {
  const known = await findSubscription(world.ctx);
  if (!known) throw new Error('There is no row');
  return known;
};
const openAlerts = async () => {
  const rows = await db.asWorkspace(world.workspaceId, (tx) =>
    tx.select().from(alerts).where(eq(alerts.resolved, false)),
  );
  return new Map(rows.map((alert) => [alert.key, alert]));
};
/** Buys a plan and returns from checkout. */
async function subscribe(wanted: 'pro' | 'agency' = 'pro'): Promise<string> {
  const sessionId = await bench.buy(wanted);
  await applyCheckout(world.ctx, { sessionId }, bench.gateway);
  return (await row()).subscriptionId ?? '';
}
const byHand = async (...prices: string[]) =>
  (
    await stripe.subscriptions.create({
      customer: (await row()).customerId,
      items: prices.map((price) => ({ price })),
    })
  ).id;
/** Puts a subscription into a status that would otherwise take days of failed payments or an account setting. */
async function inStatus(id: string, status: string): Promise<void> {
  const [found] = await db.raw.select().from(stripeObjects).where(eq(stripeObjects.id, id));
  await db.raw
    .update(stripeObjects)
    .set({ data: { ...found?.data, id, object: 'subscription', status } })
    .where(eq(stripeObjects.id, id));
}
const price = (product: string, more: Partial<Stripe.PriceCreateParams> = {}) =>
  stripe.prices.create({
    product,
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
    ...more,
  });
const addOn = async () => (await price((await stripe.products.create({ name: 'Extra' })).id)).id;

describe('one checkout at a time', () => {
  test('of the pages opened for other plans, later and from elsewhere, only the last can be paid', async () => {
    const pages = [await start('pro'), await start('agency')];
    world.clock.advance(11 * 60_000);
    pages.push(await start('pro'), await start('pro', '/onboarding/plan'));
    const answers = [];
    for (const { url } of pages) answers.push((await bench.pay(url)).status);
    expect(answers).toEqual([410, 410, 410, 303]);
    const { data } = await stripe.subscriptions.list({ customer: (await row()).customerId });
    expect(data).toHaveLength(1);
  });

  test('the same request gets the same page for as long as there is time to pay', async () => {
    const first = await start();
    world.clock.advance(11 * 60_000);
    expect(await start()).toEqual(first);
    world.clock.advance(23 * 3_600_000 + 45 * 60_000);
    const late = await start();
    expect(late).not.toEqual(first);
    expect((await bench.pay(first.url)).status).toBe(410);
    expect((await bench.pay(late.url)).status).toBe(303);
  });

  test('an expired page cannot be paid and a new one is created', async () => {
    const first = await start();
    world.clock.advance(25 * 3_600_000);
    expect((await bench.pay(first.url)).status).toBe(410);
    expect((await bench.pay((await start()).url)).status).toBe(303);
  });

  test('concurrent requests leave one page that can be paid', async () => {
    // Ensures that the customer exists.
    await start('agency', '/home');
    const asked = [start('pro'), start('agency'), start('pro', '/onboarding/plan'), start('agency', '/home')];
    const answers = await Promise.allSettled(asked);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(['conflict', 'unavailable']).toContain(answer.reason.code);
    const customer = (await row()).customerId;
    const { data } = await stripe.checkout.sessions.list({ customer, limit: 100 });
    expect(data.filter(({ status }) => status === 'open').length).toBeLessThanOrEqual(1);
    const { url } = await start('agency');
    expect((await bench.pay(url)).status).toBe(303);
  });

  test('a page that was paid in another tab is recognized immediately', async () => {
    const { url } = await start('pro');
    await bench.pay(url);
    expect((await start('agency')).url).toContain('/stripe/portal/');
    expect(await plan()).toBe('pro');
  });

  test('a page that is paid while the next one is being created leads to the portal', async () => {
    const { url } = await start('pro');
    const sessions = stripe.checkout.sessions;
    const expire = sessions.expire.bind(sessions);
    sessions.expire = async (...args: Parameters<typeof expire>) => {
      await bench.pay(url);
      return expire(...args);
    };
    expect((await start('agency')).url).toContain('/stripe/portal/');
    expect(await plan()).toBe('pro');
  });

  test.each(['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'of_tomorrow'])(
    'a %s subscription rules out a second one',
    async (status) => {
      await inStatus(await subscribe(), status);
      await reconcile();
      expect((await row()).status).toBe(status);
      expect((await start('agency')).url).toContain('/stripe/portal/');
    },
  );

  test.each(['canceled', 'incomplete_expired'])('a %s subscription allows a new one', async (status) => {
    await inStatus(await subscribe(), status);
    world.clock.advance(60_000);
    expect((await start('agency')).url).toContain('/stripe/checkout/');
  });
});

describe('several subscriptions', () => {
  test('the best paid one determines the plan, even when the known one ends', async () => {
    const first = await subscribe('pro');
    const second = await byHand(bench.gateway.prices.agency);
    await reconcile();
    expect(await plan()).toBe('agency');
    expect((await row()).subscriptionId).toBe(second);
    await stripe.subscriptions.cancel(second);
    await reconcile();
    expect(await plan()).toBe('pro');
    expect(await row()).toMatchObject({ subscriptionId: first, status: 'active' });
    await stripe.subscriptions.cancel(first);
    await reconcile();
    expect(await plan()).toBe('free');
  });

  test('an alert lists them with instructions until one is left, and none is cancelled', async () => {
    const first = await subscribe('pro');
    const second = await byHand(bench.gateway.prices.agency);
    await reconcile();
    const alert = (await openAlerts()).get('billing:several');
    expect(alert).toMatchObject({ severity: 'serious', href: '/settings/billing' });
    for (const name of [first, second, 'Pro', 'Agency', 'cancel the others']) expect(alert?.body).toSay(name);
    const third = await byHand(bench.gateway.prices.pro);
    await reconcile();
    expect((await openAlerts()).get('billing:several')?.body).toSay(third);
    const { data } = await stripe.subscriptions.list({ customer: (await row()).customerId });
    expect(data.map(({ status }) => status)).toEqual(['active', 'active', 'active']);
    await stripe.subscriptions.cancel(second);
    await stripe.subscriptions.cancel(third);
    await reconcile();
    expect((await openAlerts()).has('billing:several')).toBe(false);
  });

  test('the webhook of one that ended refreshes the others too', async () => {
    const first = await subscribe('pro');
    await byHand(bench.gateway.prices.pro);
    world.clock.advance(1_000);
    const ended = await stripe.subscriptions.cancel(first);
    const body = JSON.stringify({
      id: 'evt_ended',
      type: 'customer.subscription.deleted',
      data: { object: ended },
    });
    expect(await handleStripeWebhook(deps(), body, bench.sign(body))).toBe('done');
    expect(await plan()).toBe('pro');
  });

  test('a first payment without a webhook is found', async () => {
    await bench.buy('pro');
    expect(await plan()).toBe('free');
    await reconcile();
    expect(await plan()).toBe('pro');
  });

  test('a plan that did not come from a payment is not lowered for lack of one', async () => {
    await db.asSystem((tx) =>
      tx.update(workspaces).set({ plan: 'agency' }).where(eq(workspaces.id, world.workspaceId)),
    );
    await start('pro');
    await reconcile();
    expect(await plan()).toBe('agency');
  });
});

test('the alert for a final failed payment does not promise another attempt', async () => {
  const id = await subscribe('pro');
  const alertText = async () => {
    const body = (await openAlerts()).get('billing:payment')?.body;
    return body && english(body);
  };
  await inStatus(id, 'past_due');
  await reconcile();
  expect([await plan(), await alertText()]).toEqual(['pro', expect.stringContaining('while we retry')]);
  await inStatus(id, 'unpaid');
  await reconcile();
  expect([await plan(), await alertText()]).toEqual(['free', expect.stringContaining('get your plan back')]);
  await inStatus(id, 'active');
  await reconcile();
  expect([await plan(), await alertText()]).toEqual(['pro', undefined]);
});

describe('the plan of a price', () => {
  test('is found among all items, in any order', async () => {
    const id = await subscribe('pro');
    const [item] = (await stripe.subscriptions.retrieve(id)).items.data;
    const extra = await addOn();
    await stripe.subscriptions.update(id, { items: [{ price: extra }] });
    await stripe.subscriptions.update(id, { items: [{ id: item?.id ?? '', deleted: true }] });
    await stripe.subscriptions.update(id, { items: [{ price: bench.gateway.prices.agency }] });
    const { data } = (await stripe.subscriptions.retrieve(id)).items;
    expect(data.map((i) => i.price.id)).toEqual([extra, bench.gateway.prices.agency]);
    await reconcile();
    expect(await plan()).toBe('agency');
    expect((await openAlerts()).size).toBe(0);
  });

  test('stays when the settings name new prices, because of the product or the last known price', async () => {
    await subscribe('pro');
    const { id } = await price('prod_sandbox_pro');
    await reconcile({ ...bench.gateway, prices: { ...bench.gateway.prices, pro: id } });
    expect(await plan()).toBe('pro');
    await reconcile({ ...bench.gateway, prices: { pro: 'price_2027', agency: 'price_2027_agency' } });
    expect(await plan()).toBe('pro');
    expect((await openAlerts()).size).toBe(0);
  });

  test.each([
    ['a yearly price of the product', 'prod_sandbox_agency', { recurring: { interval: 'year' } }],
    ['a custom price with metadata', null, { metadata: { tributary_plan: 'agency' } }],
    ['a price with a lookup key', null, { lookup_key: 'tributary_agency_yearly' }],
  ] as const)('is recognized for %s', async (_name, product, more) => {
    await start();
    const own = product ?? (await stripe.products.create({ name: 'Special' })).id;
    await byHand((await price(own, more)).id);
    await reconcile();
    expect(await plan()).toBe('agency');
    expect((await openAlerts()).size).toBe(0);
  });

  test('stays unchanged for an unknown price, and an alert explains how to fix it', async () => {
    const id = await subscribe('agency');
    const [item] = (await stripe.subscriptions.retrieve(id)).items.data;
    const unknown = await addOn();
    await stripe.subscriptions.update(id, { items: [{ id: item?.id ?? '', price: unknown }] });
    await reconcile();
    expect(await plan()).toBe('agency');
    const alert = (await openAlerts()).get('billing:unclear');
    for (const name of [unknown, id, 'tributary_plan', 'STRIPE_PRICE_PRO']) expect(alert?.body).toSay(name);
    await stripe.subscriptions.update(id, {
      items: [{ id: item?.id ?? '', price: bench.gateway.prices.pro }],
    });
    await reconcile();
    expect(await plan()).toBe('pro');
    expect((await openAlerts()).size).toBe(0);
  });
});

describe('the Stripe customer', () => {
  test('is recreated once if it was deleted at Stripe', async () => {
    await start();
    const before = (await row()).customerId;
    await stripe.customers.del(before);
    expect(await stripe.customers.retrieve(before)).toMatchObject({ deleted: true });
    const portal = await portalFor(world.ctx, { returnTo: '/settings/billing' }, bench.gateway);
    expect(portal.url).toContain('/stripe/portal/');
    const after = (await row()).customerId;
    expect(after).not.toBe(before);
    expect((await bench.pay((await start()).url)).status).toBe(303);
    expect((await row()).customerId).toBe(after);
  });

  test.each(['deleted', 'unknown to Stripe'])('that is %s does not block a checkout', async (kind) => {
    await start();
    const before = (await row()).customerId;
    if (kind === 'deleted') await stripe.customers.del(before);
    else
      await db.asWorkspace(world.workspaceId, (tx) =>
        tx.update(subscriptions).set({ customerId: `cus_${world.workspaceId}` }),
      );
    const [a, b] = [await start(), await start()];
    expect(a).toEqual(b);
    expect((await bench.pay(a.url)).status).toBe(303);
  });

  test('that was deleted no longer has a plan', async () => {
    await subscribe('pro');
    await stripe.customers.del((await row()).customerId);
    expect(await reconcile()).toEqual({ asked: 1, failed: 0 });
    expect(await plan()).toBe('free');
    await expect(setCancellation(world.ctx, true, bench.gateway)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('that this account never had keeps its plan, because the keys may belong to another account', async () => {
    await subscribe('pro');
    await db.asWorkspace(world.workspaceId, (tx) =>
      tx.update(subscriptions).set({ customerId: `cus_${world.workspaceId}` }),
    );
    expect(await reconcile()).toEqual({ asked: 1, failed: 1 });
    expect(await plan()).toBe('pro');
  });

  test('is not duplicated by a crash before our row is written, even if the owner’s address has changed since', async () => {
    await start();
    await db.asSystem((tx) =>
      tx.delete(subscriptions).where(eq(subscriptions.workspaceId, world.workspaceId)),
    );
    await db.asSystem((tx) =>
      tx
        .update(users)
        .set({ email: `other-${world.email}` })
        .where(eq(users.id, world.userId)),
    );
    expect((await start()).url).toContain('/stripe/checkout/');
  });
});

describe('a signed event', () => {
  test.each([
    [
      'a thin payload',
      JSON.stringify({
        id: 'evt_test_65abc',
        object: 'v2.core.event',
        type: 'v1.billing.meter.error_report_triggered',
        related_object: { id: 'x' },
      }),
    ],
    ['a body that is not JSON', '<event/>'],
  ])('with %s is acknowledged and not rejected as forged', async (_name, body) => {
    expect(await handleStripeWebhook(deps(), body, bench.sign(body))).toBe('unreadable');
    expect(await handleStripeWebhook(deps(), `${body} `, bench.sign(body))).toBe('forged');
  });
});
