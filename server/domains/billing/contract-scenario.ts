import { eq } from 'drizzle-orm';
import Stripe from 'stripe';
import { subscriptions } from '@/db/schema';
import { env } from '@/server/foundation/env';
import { sandboxStripe } from '@/server/foundation/sandbox-config';
import type { FaultKind } from '@/server/sandbox/faults';
import type { SandboxHandler } from '@/server/sandbox/handler';
import type { Stage } from '@/tests/contracts/define';
import type { Exchange } from '@/tests/contracts/exchange';
import { applyCheckout } from './confirm-checkout';
import { handleStripeWebhook } from './handle-stripe-webhook';
import { portalFor } from './open-portal';
import { reconcileSubscriptions } from './reconcile-subscriptions';
import { setCancellation } from './set-cancellation';
import { openCheckout } from './start-checkout';
import type { StripeGateway } from './stripe-gateway';

/** Runs all of billing through the client of the `stripe` package, then the operations of the sandbox that our code does not use. */
export async function runBilling({ handler, world, db, exchanges, deliveries }: Stage): Promise<void> {
  const account = sandboxStripe();
  const clientWith = (secret: string) =>
    new Stripe(secret, {
      maxNetworkRetries: 2,
      httpClient: Stripe.createFetchHttpClient(recorded(handler, exchanges)),
    });
  const client = clientWith(account.secretKey);
  const gateway: StripeGateway = {
    client,
    environment: 'sandbox',
    webhookSecret: account.webhookSecret,
    prices: account.prices,
  };
  const deps = { ...world.services, gateway };
  // Those of platforms come before.
  let taken = deliveries.length;
  const take = async () => {
    await handler.settle();
    for (const d of deliveries.slice(taken)) {
      // Stripe limits the requests per second.
      world.clock.advance(1_000);
      const outcome = await handleStripeWebhook(deps, d.body, d.headers['stripe-signature'] ?? '');
      if (outcome === 'forged') throw new Error('A signed webhook was rejected as forged');
    }
    taken = deliveries.length;
    world.clock.advance(60_000);
  };
  const input = { plan: 'pro' as const, returnTo: '/settings/billing' };
  const ctx = world.ctx;
  const form = (url: string, fields: Record<string, string>) =>
    handler(new Request(url, { method: 'POST', body: new URLSearchParams(fields) }));

  // Our own code: pay, return, cancel, resume, open the portal, and run the nightly comparison.
  const { url } = await openCheckout(ctx, input, gateway);
  const card = { expiry: '12/30', cvc: '123', name: 'Ada', email: world.email };
  await form(url, { ...card, card: '4000000000000002' });
  const paid = await form(url, { ...card, card: '4242424242424242' });
  await take();
  const sessionId = new URL(paid.headers.get('location') ?? '').searchParams.get('checkout') ?? '';
  await applyCheckout(ctx, { sessionId }, gateway);
  await applyCheckout(ctx, { sessionId: 'cs_test_none' }, gateway).catch(() => {});
  await setCancellation(ctx, true, gateway);
  await setCancellation(ctx, false, gateway);
  await openCheckout(ctx, { ...input, plan: 'agency' }, gateway);
  const portal = await portalFor(ctx, input, gateway);
  const [row] = await db.asWorkspace(world.workspaceId, (tx) =>
    tx.select().from(subscriptions).where(eq(subscriptions.workspaceId, world.workspaceId)),
  );
  const id = row?.subscriptionId ?? '';
  const customer = row?.customerId ?? '';
  // In the portal: switch to the more expensive plan and to a card that will fail. Then a failed renewal, a paid one, and the end of the
  // subscription.
  await form(portal.url, { action: `switch:${account.prices.agency}`, subscription: id });
  const advance = (outcome: 'pays' | 'fails') =>
    handler(
      new Request(`${env().appUrl}/sandbox/control/stripe/advance`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subscription: id, outcome }),
      }),
    );
  await advance('fails');
  await take();
  await form(portal.url, { action: 'card', ...card, card: '4242424242424242' });
  await advance('pays');
  await take();
  await reconcileSubscriptions(deps);
  const control = async (action: string, input: object) => {
    const answer = await handler(
      new Request(`${env().appUrl}/sandbox/control/stripe/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      }),
    );
    if (!answer.ok) throw new Error(`The sandbox refused ${action}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  await givenBack({ client, customer, control, take, advance });
  await reconcileSubscriptions(deps);
  await asked(client, { id, customer, sessionId, prices: account.prices });
  await troubled(handler, client, clientWith, id);
  await client.subscriptions.cancel(id);
  await take();
  await client.customers.del(customer);
}

/**
 * Gives money back in every way, in the dashboard and by the API, and lets our code take each event: refunds that succeed and fail, credit
 * notes, disputes that are won and lost, and invoices that are paid outside of Stripe, voided or given up.
 */
async function givenBack(o: {
  client: Stripe;
  customer: string;
  control: (action: string, input: object) => Promise<Record<string, string>>;
  take: () => Promise<void>;
  advance: (outcome: 'pays' | 'fails') => Promise<Response>;
}): Promise<void> {
  const { client, customer, control, take, advance } = o;
  const newest = async (outcome: 'pays' | 'fails'): Promise<string> => {
    await advance(outcome);
    await take();
    return (await client.invoices.list({ customer, limit: 1 })).data[0]?.id ?? '';
  };
  const invoice = await newest('pays');
  const { refund = '' } = await control('refund', { invoice, cents: 100, pending: true });
  await control('refund-ends', { refund, outcome: 'succeeds' });
  const failing = await control('refund', { invoice, cents: 200 });
  await control('refund-ends', { refund: failing.refund, outcome: 'fails' });
  const [charge] = (await client.charges.list({ customer, limit: 1 })).data;
  await client.refunds.create({ charge: charge?.id ?? '', amount: 50, reason: 'duplicate' });
  const intent = String(charge?.payment_intent);
  await client.refunds.create({ payment_intent: intent, amount: 50, metadata: { note: 'x' } });
  await client.refunds.retrieve(refund);
  await client.refunds.list({ payment_intent: intent, limit: 2 });
  await client.charges.retrieve(charge?.id ?? '', { expand: ['customer', 'payment_intent'] });
  await client.charges.list({ payment_intent: intent });
  for (const as of ['refund', 'credit', 'outside']) await control('credit', { invoice, cents: 100, as });
  const note = await client.creditNotes.create({
    invoice,
    amount: 50,
    refunds: [{ refund, amount_refunded: 50 }],
    memo: 'Sorry',
    reason: 'order_change',
  });
  await client.creditNotes.retrieve(note.id);
  await client.creditNotes.voidCreditNote(note.id).catch(() => {});
  await client.refunds.create({ charge: charge?.id ?? '', amount: 10_000_000 }).catch(() => {});
  await client.customers.createBalanceTransaction(customer, {
    amount: -50,
    currency: 'usd',
    description: 'Gift',
  });
  await take();
  const inquiry = await control('dispute', { invoice, inquiry: true });
  await control('dispute-ends', { dispute: inquiry.dispute, outcome: 'won' });
  const won = await control('dispute', { invoice, cents: 300 });
  await take();
  await control('dispute-ends', { dispute: won.dispute, outcome: 'won' });
  const lost = await control('dispute', { invoice, cents: 300 });
  await client.disputes.retrieve(lost.dispute ?? '');
  await client.disputes.close(lost.dispute ?? '');
  await take();
  const outside = await newest('fails');
  const before = await control('credit', { invoice: outside, cents: 100 });
  await client.creditNotes.voidCreditNote(before.creditNote ?? '');
  await client.invoices.pay(outside, { paid_out_of_band: true });
  await take();
  await newest('pays');
  await client.invoices.voidInvoice(await newest('fails'));
  await take();
  await newest('pays');
}

/** Calls everything else that the sandbox offers, with expansion, paging and filters. */
async function asked(
  client: Stripe,
  o: { id: string; customer: string; sessionId: string; prices: { pro: string; agency: string } },
): Promise<void> {
  const expanded = await client.subscriptions.retrieve(o.id, {
    expand: ['customer', 'latest_invoice', 'default_payment_method', 'items.data.price.product'],
  });
  await client.subscriptions.list({
    customer: o.customer,
    status: 'all',
    limit: 1,
    expand: ['data.customer', 'data.latest_invoice'],
  });
  await client.subscriptions.list({ customer: o.customer, starting_after: o.id });
  await client.subscriptions.update(o.id, {
    items: [{ id: expanded.items.data[0]?.id ?? '', price: o.prices.pro }],
    proration_behavior: 'create_prorations',
    metadata: { note: 'cheaper' },
  });
  await client.checkout.sessions.retrieve(o.sessionId, {
    expand: ['customer', 'subscription', 'invoice', 'subscription.latest_invoice'],
  });
  const open = await client.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: o.prices.pro, quantity: 1 }],
    success_url: 'https://app.test/done',
    customer_email: 'new@example.com',
  });
  await client.checkout.sessions.expire(open.id);
  await client.checkout.sessions.list({ limit: 2 });
  await client.customers.list({ email: 'nobody@example.com' });
  await client.customers.list({ limit: 3 });
  await client.customers.retrieve(o.customer);
  await client.customers.update(o.customer, { name: 'Ada L.', metadata: { seen: 'yes' } });
  const [method] = (await client.customers.listPaymentMethods(o.customer, { limit: 2 })).data;
  await client.paymentMethods.retrieve(method?.id ?? '');
  await client.products.list({ limit: 2 });
  await client.products.retrieve('prod_sandbox_pro');
  await bySomebodyElse(client, o.prices.pro);
  await client.prices.list({ limit: 2 });
  await client.prices.retrieve(o.prices.agency, { expand: ['product'] });
  const invoices = await client.invoices.list({ subscription: o.id, limit: 10 });
  for (const invoice of invoices.data)
    await client.invoices.retrieve(invoice.id ?? '', { expand: ['customer'] });
  const [event] = (await client.events.list({ type: 'invoice.paid', limit: 2 })).data;
  await client.events.retrieve(event?.id ?? '');
  await client.events.list({ limit: 20 });
}

/** Changes that someone makes in the account outside our code: their own prices, a subscription with several items, a deleted customer. */
async function bySomebodyElse(client: Stripe, pro: string): Promise<void> {
  const product = await client.products.create({ name: 'Extra', metadata: { kind: 'add-on' } });
  const extra = await client.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'year' },
    lookup_key: 'extra_yearly',
  });
  const customer = await client.customers.create({ name: 'Grace' });
  const foreign = await client.subscriptions.create({
    customer: customer.id,
    items: [{ price: extra.id }, { price: pro }],
  });
  await client.subscriptions.update(foreign.id, {
    items: [{ id: foreign.items.data[0]?.id ?? '', deleted: true }],
    proration_behavior: 'none',
  });
  await client.subscriptions.list({ customer: customer.id, status: 'ended' });
  await client.checkout.sessions.list({ customer: customer.id, limit: 5 });
  await client.customers.del(customer.id);
  await client.customers.retrieve(customer.id);
}

/** Provokes every kind of refusal; each must be one of Stripe's own errors. */
async function troubled(
  handler: SandboxHandler,
  client: Stripe,
  clientWith: (secret: string) => Stripe,
  id: string,
): Promise<void> {
  const refused = async (work: Promise<unknown>): Promise<void> => {
    const error = await work.then(
      () => null,
      (e: unknown) => e,
    );
    if (!(error instanceof Stripe.errors.StripeError))
      throw new Error(`Expected a refusal, but got: ${String(error)}`);
  };
  await refused(clientWith('sk_test_wrong').customers.list());
  await refused(client.subscriptions.retrieve('sub_none'));
  await refused(client.customers.list({ limit: 1_000 }));
  await refused(client.checkout.sessions.expire('cs_test_none'));
  await refused(client.subscriptions.update(id, { items: [{ price: 'price_none' }] }));
  await refused(client.billingPortal.sessions.create({ customer: 'cus_none' }));
  await refused(client.subscriptions.list({ customer: 'cus_none' }));
  await client.customers.create({ name: 'A' }, { idempotencyKey: 'twice' });
  await client.customers.create({ name: 'A' }, { idempotencyKey: 'twice' });
  await refused(client.customers.create({ name: 'B' }, { idempotencyKey: 'twice' }));
  for (const kind of ['429', '500_before'] satisfies FaultKind[]) {
    await handler.world.faults.add({ platform: 'stripe', operation: 'GetCustomers', kind, count: 1 });
    const once = { maxNetworkRetries: 0 };
    await refused(client.customers.list({}, once));
  }
}

/** Returns a fetch that passes requests to the sandbox and records the exchanges. */
function recorded(handler: SandboxHandler, into: Exchange[]): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const response = await handler(
      new Request(`${env().appUrl}/sandbox/stripe${url.pathname}${url.search}`, init),
    );
    const answer = await response.clone().text();
    const body = typeof init?.body === 'string' && init.body !== '' ? init.body : undefined;
    into.push({
      platform: 'stripe',
      host: '',
      method: init?.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: Object.fromEntries(new Headers(init?.headers)),
      body,
      status: response.status,
      answerType: response.headers.get('content-type') ?? '',
      answerHeaders: Object.fromEntries(response.headers),
      answer,
    });
    return response;
  };
}
