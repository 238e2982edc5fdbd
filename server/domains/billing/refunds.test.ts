import { eq } from 'drizzle-orm';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { subscriptions } from '@/db/schema';
import { getTransaction } from '@/server/domains/ledger/get-transaction';
import { listTransactions } from '@/server/domains/ledger/queries';
import { stripeObjects } from '@/server/sandbox/stripe/tables';
import { handleStripeWebhook } from './handle-stripe-webhook';
import { listPayments } from './list-payments';
import { readSummary } from './queries';
import { reconcileSubscriptions } from './reconcile-subscriptions';
import { refreshPayments } from './refresh-payments';
import { eachTestPaysForPlan } from './test-payments';
import { stripeBench } from './testing';

const here = eachTestPaysForPlan();
const { deps, news, deliver, receive, send, cost, balance, transactions, texts, customer, pay, chargeOf } =
  here;

describe('a refund in the dashboard', () => {
  test('reverses the payment, and the plan follows the subscription', async () => {
    const { id: invoice } = await pay();
    expect(await cost()).toBe(2900);
    await here.bench.dashboard('refund', { invoice });
    await receive();
    expect(await cost()).toBe(0);
    expect(await balance('owner_funds')).toBe(0);
    expect((await texts()).at(-1)).toBe('Refund: Tributary Pro plan');
    expect((await readSummary(here.world.ctx)).plan).toBe('pro');
  });

  test('of a part reverses that part, and several add up', async () => {
    const { id: invoice } = await pay();
    await here.bench.dashboard('refund', { invoice, cents: 1000 });
    await receive();
    expect(await cost()).toBe(1900);
    await here.bench.dashboard('refund', { invoice, cents: 500 });
    await here.bench.dashboard('refund', { invoice, cents: 7 });
    await receive();
    expect(await cost()).toBe(1393);
    expect(await transactions()).toHaveLength(4);
  });

  test('that fails takes the reversal back', async () => {
    const { id: invoice } = await pay();
    const { refund } = await here.bench.dashboard('refund', { invoice, cents: 1000 });
    const first = await news();
    await deliver(first);
    expect(await cost()).toBe(1900);
    await here.bench.dashboard('refund-ends', { refund, outcome: 'fails' });
    await receive();
    expect(await cost()).toBe(2900);
    expect((await texts()).at(-1)).toBe('Refund failed: Tributary Pro plan');
    const [, given, taken] = await transactions();
    expect(taken).toMatchObject({ kind: 'reversal', reversesId: given?.id });
    // Its first event again, under another id.
    await send('refund.created', { ...JSON.parse(first[0]?.body ?? '').data.object });
    expect(await cost()).toBe(2900);
  });

  test('that failed before we heard of it is never booked', async () => {
    const { id: invoice } = await pay();
    const { refund } = await here.bench.dashboard('refund', { invoice, cents: 1000, pending: true });
    await here.bench.dashboard('refund-ends', { refund, outcome: 'fails' });
    await receive();
    expect(await transactions()).toHaveLength(1);
  });

  test('that is pending counts once, also when it succeeds', async () => {
    const { id: invoice } = await pay();
    const { refund } = await here.bench.dashboard('refund', { invoice, cents: 1000, pending: true });
    await receive();
    const open = async () => (await listPayments(here.world.ctx)).map((payment) => payment.open);
    expect(await open()).toEqual(['pending', null]);
    const facts = async () => {
      const [first] = await listPayments(here.world.ctx);
      return (await getTransaction(here.world.ctx, { id: first?.id ?? '' })).source.facts.map(
        ({ value }) => value,
      );
    };
    expect(await facts()).toContainEqual({ fact: 'ledger.details.pending' });
    await here.bench.dashboard('refund-ends', { refund, outcome: 'succeeds' });
    await receive();
    expect(await open()).toEqual([null, null]);
    expect(await facts()).not.toContainEqual({ fact: 'ledger.details.pending' });
    expect(await cost()).toBe(1900);
    expect(await transactions()).toHaveLength(2);
  });

  test('of a payment that we never heard of books both', async () => {
    const { id: invoice } = await pay(false);
    await here.bench.dashboard('refund', { invoice, cents: 1000 });
    await deliver((await news()).filter(({ type }) => type === 'charge.refunded'));
    expect(await cost()).toBe(1900);
    expect(await texts()).toHaveLength(2);
  });

  test('is found without any webhook', async () => {
    const { id: invoice } = await pay(false);
    await here.bench.dashboard('refund', { invoice, cents: 1000 });
    await reconcileSubscriptions(deps());
    await reconcileSubscriptions(deps());
    expect(await cost()).toBe(1900);
    expect(await texts()).toHaveLength(2);
  });

  test('that fails is found without any webhook, although its charge no longer shows it', async () => {
    const { id: invoice } = await pay();
    const { refund } = await here.bench.dashboard('refund', { invoice });
    await receive();
    await here.bench.dashboard('refund-ends', { refund, outcome: 'fails' });
    await reconcileSubscriptions(deps());
    expect(await cost()).toBe(2900);
  });

  test('does not stop the payment from being booked if the key may not read refunds', async () => {
    const { id: invoice } = await pay(false);
    await here.bench.dashboard('refund', { invoice, cents: 1000 });
    const forbidden = {
      autoPagingToArray: async () => {
        throw new Stripe.errors.StripePermissionError({ message: 'no', type: 'invalid_request_error' });
      },
    };
    Object.assign(here.stripe.charges, { list: () => forbidden });
    await reconcileSubscriptions(deps());
    expect(await cost()).toBe(2900);
    await reconcileSubscriptions({ ...deps(), gateway: stripeBench(here.db, here.world).gateway });
    expect(await cost()).toBe(1900);
  });

  test('of a customer that was replaced since is booked in the same workspace', async () => {
    const { id: invoice } = await pay();
    await here.db.asWorkspace(here.world.workspaceId, (tx) =>
      tx.update(subscriptions).set({ customerId: `cus_new_${here.world.workspaceId}` }),
    );
    await here.bench.dashboard('refund', { invoice, cents: 1000 });
    expect(await receive()).not.toContain('ignored');
    expect(await cost()).toBe(1900);
  });

  test('shows under Billing and in the ledger', async () => {
    const { id: invoice } = await pay();
    await here.bench.dashboard('refund', { invoice, cents: 1000 });
    await receive();
    const shown = await listPayments(here.world.ctx);
    expect(shown.map(({ amount, currency }) => ({ amount, currency }))).toEqual([
      { amount: 1000, currency: 'USD' },
      { amount: -2900, currency: 'USD' },
    ]);
    // The same transaction has the same sign in both lists.
    const { items } = await listTransactions(here.world.ctx, { limit: 10 });
    for (const { id, amount } of shown)
      expect(items.find((item) => item.id === id)?.amounts).toMatchObject([{ gain: amount }]);
    const detail = await getTransaction(here.world.ctx, { id: shown[0]?.id ?? '' });
    expect(detail).toMatchObject({ kind: 'refund', reversesId: shown[1]?.id, reversesPartly: true });
    expect(detail.source.facts.map(({ value }) => value)).toEqual([
      { amount: 2900, currency: 'USD' },
      { amount: 1000, currency: 'USD' },
    ]);
  });
});

describe('an event about a refund', () => {
  const refunded = async () => {
    const { id: invoice } = await pay();
    const { refund = '' } = await here.bench.dashboard('refund', { invoice, cents: 1000 });
    await news();
    return { invoice, refund, charge: await chargeOf() };
  };

  test.each([
    ['a charge and its customer', async () => ['charge.refunded', await chargeOf()]],
    ['a charge without a customer', async () => ['charge.refunded', { id: (await chargeOf()).id }]],
    [
      'a charge with its invoice and an expanded customer, as older versions do',
      async () => [
        'charge.refunded',
        { id: (await chargeOf()).id, customer: { id: await customer(), object: 'customer' }, invoice: null },
      ],
    ],
    ['a charge', async (refund: string) => ['refund.created', { id: refund, charge: (await chargeOf()).id }]],
    [
      'an expanded charge',
      async (refund: string) => ['charge.refund.updated', { id: refund, charge: await chargeOf() }],
    ],
    [
      'a payment intent only',
      async (refund: string) => [
        'refund.updated',
        { id: refund, charge: null, payment_intent: (await chargeOf()).payment_intent },
      ],
    ],
    ['nothing but the refund', async (refund: string) => ['refund.updated', { id: refund }]],
  ] as const)('that names %s is understood', async (_name, make) => {
    const { refund } = await refunded();
    const [type, object] = await make(refund);
    expect(await send(type as string, object as object)).toBe('done');
    expect(await cost()).toBe(1900);
  });

  test('repeated under the same and another id changes nothing', async () => {
    const { charge } = await refunded();
    expect(await send('charge.refunded', charge, 'evt_once')).toBe('done');
    expect(await send('charge.refunded', charge, 'evt_once')).toBe('repeated');
    expect(await send('charge.refunded', charge, 'evt_twice')).toBe('done');
    expect(await transactions()).toHaveLength(2);
  });

  test('does not decide the amount: Stripe is asked', async () => {
    const { charge } = await refunded();
    await send('charge.refunded', { ...charge, amount_refunded: 2900, refunded: true });
    expect(await cost()).toBe(1900);
  });

  test('of something that Stripe does not have is ignored', async () => {
    await pay();
    expect(await send('refund.created', { id: 're_none', charge: 'ch_none' })).toBe('ignored');
    expect(await send('charge.dispute.created', { id: 'du_none', charge: 'ch_none' })).toBe('ignored');
    expect(await cost()).toBe(2900);
  });

  test('of a charge that paid no invoice of ours changes nothing', async () => {
    const { charge } = await refunded();
    await here.db.raw.delete(stripeObjects).where(eq(stripeObjects.type, 'invoice_payment'));
    expect(await send('charge.refunded', charge)).toBe('done');
    expect(await cost()).toBe(2900);
    // An older version named the invoice in the charge.
    const [invoice] = (await here.stripe.invoices.list({ customer: await customer() })).data;
    expect(await send('charge.refunded', { ...charge, invoice: invoice?.id })).toBe('done');
    expect(await cost()).toBe(1900);
  });

  test('with an unexpected shape is stored for the operator', async () => {
    expect(await send('refund.created', { id: 7 })).toBe('unreadable');
    expect(await send('charge.refunded', { id: null })).toBe('unreadable');
    expect(await send('credit_note.created', { id: 'cn_1' })).toBe('unreadable');
  });

  test('while Stripe is away fails, so that Stripe sends it again', async () => {
    const { charge } = await refunded();
    const away = new Stripe('sk_test_away', {
      maxNetworkRetries: 0,
      httpClient: Stripe.createFetchHttpClient(async () =>
        Response.json({ error: { type: 'api_error', message: 'down' } }, { status: 500 }),
      ),
    });
    const body = JSON.stringify({ id: 'evt_again', type: 'charge.refunded', data: { object: charge } });
    const take = (client: Stripe) =>
      handleStripeWebhook(
        { ...deps(), gateway: { ...here.bench.gateway, client } },
        body,
        here.bench.sign(body),
      );
    await expect(take(Object.assign(away, { webhooks: here.stripe.webhooks }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await cost()).toBe(2900);
    expect(await take(here.stripe)).toBe('done');
    expect(await cost()).toBe(1900);
  });

  test('whose answer is older than what is applied is asked again', async () => {
    const { id: invoice } = await pay();
    const { refund = '' } = await here.bench.dashboard('refund', { invoice, cents: 1000, pending: true });
    const charges = here.stripe.charges.list.bind(here.stripe.charges);
    let first = true;
    // While the first answer is in progress, the refund fails and another process applies that.
    Object.assign(here.stripe.charges, {
      list: (...args: Parameters<typeof charges>) => {
        const answer = charges(...args);
        if (!first) return answer;
        first = false;
        return {
          autoPagingToArray: async (options: { limit: number }) => {
            const old = await answer.autoPagingToArray(options);
            const refunds = here.stripe.refunds.list.bind(here.stripe.refunds);
            const pending = (await refunds({ charge: old[0]?.id ?? '' })).data;
            Object.assign(here.stripe.refunds, {
              list: () => {
                Object.assign(here.stripe.refunds, { list: refunds });
                return { autoPagingToArray: async () => pending };
              },
            });
            await here.bench.dashboard('refund-ends', { refund, outcome: 'fails' });
            here.world.clock.advance(1_000);
            await refreshPayments(here.world.ctx, stripeBench(here.db, here.world).gateway, await customer());
            return old;
          },
        };
      },
    });
    await refreshPayments(here.world.ctx, here.bench.gateway, await customer());
    expect(await cost()).toBe(2900);
    expect(await transactions()).toHaveLength(1);
  });
});
