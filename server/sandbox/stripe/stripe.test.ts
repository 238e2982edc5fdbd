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

  it('refunds a payment in parts and returns what fails', async () => {
    const { customer } = await subscribed();
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data;
    expect(charge).toMatchObject({ amount: 2900, amount_refunded: 0, refunded: false, disputed: false });
    const [link] = (
      await stripe.invoicePayments.list({
        payment: { type: 'payment_intent', payment_intent: String(charge?.payment_intent) },
      })
    ).data;
    const invoice = String(link?.invoice);
    expect(link).toMatchObject({ amount_paid: 2900, status: 'paid' });
    received = [];
    const { body } = await s.control('/stripe/refund', { invoice, cents: 900 });
    const rest = await stripe.refunds.create({ charge: charge?.id ?? '' });
    expect(rest).toMatchObject({ amount: 2000, status: 'succeeded' });
    expect(await stripe.charges.retrieve(charge?.id ?? '')).toMatchObject({
      amount_refunded: 2900,
      refunded: true,
    });
    await expect(stripe.refunds.create({ charge: charge?.id ?? '' })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    await s.control('/stripe/refund-ends', { refund: body.refund, outcome: 'fails' });
    expect(await stripe.charges.retrieve(charge?.id ?? '')).toMatchObject({
      amount_refunded: 2000,
      refunded: false,
    });
    await s.handler.settle();
    expect(events().map((e) => e.type)).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.created',
      'charge.refunded',
      'refund.updated',
      'charge.refund.updated',
      'refund.failed',
    ]);
  });

  it('credits an invoice before and after its payment, and uses the credit for the next one', async () => {
    const { customer, subscription } = await subscribed();
    const [paid] = (await stripe.invoices.list({ customer: customer.id })).data;
    const credit = { invoice: paid?.id ?? '', amount: 3000 };
    await expect(stripe.creditNotes.create({ ...credit, credit_amount: 3000 })).rejects.toThrow(/greater/);
    await expect(stripe.creditNotes.create({ ...credit, amount: 900, credit_amount: 800 })).rejects.toThrow(
      /must equal/,
    );
    expect(await stripe.creditNotes.create({ ...credit, amount: 900, credit_amount: 900 })).toMatchObject({
      type: 'post_payment',
      post_payment_amount: 900,
      refunds: [],
    });
    expect((await stripe.customers.retrieve(customer.id)) as Stripe.Customer).toMatchObject({
      balance: -900,
    });
    await s.control('/stripe/advance', { subscription: subscription.id, outcome: 'fails' });
    const [open] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect(open).toMatchObject({
      amount_due: 2000,
      starting_balance: -900,
      ending_balance: 0,
      status: 'open',
    });
    const note = await stripe.creditNotes.create({ invoice: open?.id ?? '', amount: 500 });
    expect(note).toMatchObject({ type: 'pre_payment', pre_payment_amount: 500 });
    await stripe.creditNotes.voidCreditNote(note.id);
    expect(await stripe.invoices.voidInvoice(open?.id ?? '')).toMatchObject({
      status: 'void',
      amount_due: 2000,
    });
    const { data } = await stripe.customers.listBalanceTransactions(customer.id);
    expect(data.map(({ type, amount, ending_balance }) => [type, amount, ending_balance])).toEqual([
      ['unapplied_from_invoice', -900, -900],
      ['applied_to_invoice', 900, 0],
      ['credit_note', -900, -900],
    ]);
  });

  it('takes a disputed payment and its fee at once, and returns the payment if the dispute is won', async () => {
    const { customer } = await subscribed();
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    received = [];
    const inquiry = await s.control('/stripe/dispute', { invoice: invoice?.id, inquiry: true });
    await s.control('/stripe/dispute-ends', { dispute: inquiry.body.dispute, outcome: 'won' });
    const { body } = await s.control('/stripe/dispute', { invoice: invoice?.id });
    const charge = String((await stripe.disputes.retrieve(String(body.dispute))).charge);
    await expect(stripe.refunds.create({ charge })).rejects.toMatchObject({ code: 'charge_disputed' });
    await s.control('/stripe/dispute-ends', { dispute: body.dispute, outcome: 'won' });
    const dispute = await stripe.disputes.retrieve(String(body.dispute));
    expect(dispute.balance_transactions.map(({ amount, fee }) => [amount, fee])).toEqual([
      [-2900, 1500],
      [2900, 0],
    ]);
    await s.handler.settle();
    expect(events().map((e) => e.type)).toEqual([
      'charge.dispute.created',
      'charge.dispute.closed',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
    const again = await s.control('/stripe/dispute-ends', { dispute: body.dispute, outcome: 'lost' });
    expect(again.status).toBe(400);
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
