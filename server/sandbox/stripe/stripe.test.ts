import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxStripe } from '@/server/foundation/sandbox-config';
import { BASE, type TestSandbox, testSandbox } from '../test-sandbox';

const { secretKey, webhookSecret, prices } = sandboxStripe();
let s: TestSandbox;
let stripe: Stripe;
let received: { body: string; header: string; at: number }[] = [];
let answer = 200;

beforeAll(async () => {
  s = await testSandbox({
    fetch: async (_url, init) => {
      received.push({
        body: String(init?.body),
        header: new Headers(init?.headers).get('stripe-signature') ?? '',
        at: s.clock.now().getTime(),
      });
      return new Response(null, { status: answer });
    },
  });
  stripe = new Stripe(secretKey, {
    maxNetworkRetries: 0,
    httpClient: Stripe.createFetchHttpClient((url: string | URL | Request, init?: RequestInit) => {
      const { pathname, search } = new URL(String(url));
      return s.handler(new Request(`${BASE}/stripe${pathname}${search}`, init));
    }),
  });
});
afterAll(() => s.db.close());
beforeEach(async () => {
  await s.control('/reset');
  received = [];
  answer = 200;
});

const events = () =>
  received.map((r) => stripe.webhooks.constructEvent(r.body, r.header, webhookSecret, 300, undefined, r.at));
const begin = (customer?: string) =>
  stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: prices.pro, quantity: 1 }],
    success_url: 'http://app.test/settings/billing?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://app.test/settings/billing',
    client_reference_id: 'ws_1',
    subscription_data: { metadata: { workspace: 'ws_1' } },
    ...(customer ? { customer } : {}),
  });
const pay = (session: string, card = '4242 4242 4242 4242') =>
  s.call('POST', `/stripe/checkout/${session}`, {
    form: { email: 'mira@example.com', card, expiry: '12/30', cvc: '123', name: 'Mira Okafor' },
  });
async function subscribed() {
  const customer = await stripe.customers.create({
    email: 'mira@example.com',
    metadata: { workspace: 'ws_1' },
  });
  const session = await begin(customer.id);
  expect((await pay(session.id)).status).toBe(303);
  await s.handler.settle();
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
  return { customer, session: done, subscription: done.subscription as Stripe.Subscription };
}

describe('Stripe', () => {
  it('sells a subscription on the hosted page and sends signed events to the app', async () => {
    const { session, subscription } = await subscribed();
    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      client_reference_id: 'ws_1',
    });
    expect(subscription.metadata).toEqual({ workspace: 'ws_1' });
    const item = subscription.items.data[0];
    expect(new Date((item?.current_period_end ?? 0) * 1000).toISOString()).toBe('2026-04-02T12:00:00.000Z');
    expect(events().map((e) => e.type)).toEqual([
      'customer.subscription.created',
      'invoice.paid',
      'checkout.session.completed',
    ]);
    const invoices = await stripe.invoices.list({ customer: String(session.customer) });
    expect(invoices.data).toMatchObject([
      {
        status: 'paid',
        amount_paid: 2900,
        parent: { subscription_details: { subscription: subscription.id } },
      },
    ]);
    expect((await pay(session.id)).status).toBe(303);
    expect((await stripe.subscriptions.list({ customer: String(session.customer) })).data).toHaveLength(1);
  });

  it('refuses a declined card and changes nothing', async () => {
    const session = await begin();
    const page = await pay(session.id, '4000 0000 0000 0002');
    expect(page.status).toBe(402);
    expect(await page.text()).toContain('Your card was declined.');
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    expect((await stripe.events.list()).data).toHaveLength(0);
  });

  it('returns the same response for the same idempotency key, and refuses the key with another body', async () => {
    const one = await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'k-1' });
    const two = await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'k-1' });
    expect(two.id).toBe(one.id);
    await expect(
      stripe.customers.create({ email: 'b@example.com' }, { idempotencyKey: 'k-1' }),
    ).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  it('performs an effect once if a request is repeated after a lost response', async () => {
    await s.control('/faults', {
      platform: 'stripe',
      operation: 'PostCustomers',
      kind: 'reset_after',
      count: 1,
    });
    await expect(
      stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'k-2' }),
    ).rejects.toMatchObject({ type: 'StripeConnectionError' });
    await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'k-2' });
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  it('cancels at the end of the period, resumes, switches the plan and cancels immediately', async () => {
    const { subscription } = await subscribed();
    const ending = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    expect(ending.cancel_at_period_end).toBe(true);
    expect(
      (await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false })).cancel_at,
    ).toBeNull();
    s.clock.advance(15 * 86_400_000);
    const dearer = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: prices.agency }],
      proration_behavior: 'always_invoice',
    });
    expect(dearer.items.data[0]?.price.id).toBe(prices.agency);
    const [latest] = (await stripe.invoices.list({ subscription: subscription.id })).data;
    expect(latest).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' });
    expect(latest?.total).toBe(Math.round(9900 * (16 / 31)) - Math.round(2900 * (16 / 31)));
    expect((await stripe.subscriptions.cancel(subscription.id)).status).toBe('canceled');
    await s.handler.settle();
    expect(events().at(-1)?.type).toBe('customer.subscription.deleted');
  });

  it('renews, fails to renew, and recovers with another card in the portal', async () => {
    const { customer, subscription } = await subscribed();
    expect(
      (await s.control('/stripe/advance', { subscription: subscription.id, outcome: 'fails' })).body.status,
    ).toBe('past_due');
    await s.handler.settle();
    expect(events().map((e) => e.type)).toContain('invoice.payment_failed');
    const portal = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      return_url: 'http://app.test/settings/billing',
    });
    const path = new URL(portal.url).pathname.replace('/sandbox', '');
    expect(await (await s.call('GET', path)).text()).toContain('Payment failed');
    await s.call('POST', path, {
      form: { action: 'card', card: '4242424242424242', expiry: '11/31', cvc: '123', name: 'Mira' },
    });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
    await s.call('POST', path, { form: { action: 'cancel', subscription: subscription.id } });
    expect((await s.control('/stripe/advance', { subscription: subscription.id })).body.status).toBe(
      'canceled',
    );
  });

  it('retries a webhook until the app accepts it', async () => {
    answer = 500;
    await subscribed();
    const first = received.length;
    expect(first).toBe(3);
    await s.handler.sweep();
    expect(received).toHaveLength(first);
    s.clock.advance(5_000);
    answer = 200;
    await s.handler.sweep();
    expect(received).toHaveLength(6);
    expect(
      events()
        .slice(3)
        .map((e) => e.type),
    ).toEqual(
      events()
        .slice(0, 3)
        .map((e) => e.type),
    );
    s.clock.advance(3_600_000);
    await s.handler.sweep();
    expect(received).toHaveLength(6);
  });

  it('resends events repeatedly, in another order or with a forged signature on request', async () => {
    await subscribed();
    const ids = events().map((e) => e.id);
    received = [];
    await s.control('/stripe/resend', { events: ids.reverse() });
    expect(events().map((e) => e.id)).toEqual(ids);
    received = [];
    await s.control('/stripe/resend', { events: [ids[0]], times: 2, forged: true });
    expect(received).toHaveLength(2);
    expect(() => events()).toThrow(/signature/i);
  });

  it('formats errors as Stripe does', async () => {
    await expect(stripe.subscriptions.retrieve('sub_none')).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      code: 'resource_missing',
      statusCode: 404,
    });
    await expect(begin('cus_none')).rejects.toMatchObject({ param: 'customer', statusCode: 400 });
    const other = new Stripe('sk_test_wrong', {
      maxNetworkRetries: 0,
      httpClient: Stripe.createFetchHttpClient((u: string | URL | Request, i?: RequestInit) =>
        s.handler(new Request(`${BASE}/stripe${new URL(String(u)).pathname}`, i)),
      ),
    });
    await expect(other.customers.list()).rejects.toMatchObject({ type: 'StripeAuthenticationError' });
  });
});
