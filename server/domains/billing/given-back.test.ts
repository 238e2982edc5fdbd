import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, ledgerAccounts, ledgerPostings, ledgerTransactions, subscriptions } from '@/db/schema';
import { english } from '@/i18n/words';
import { getTransaction } from '@/server/domains/ledger/get-transaction';
import { listTransactions } from '@/server/domains/ledger/queries';
import { stripeObjects } from '@/server/sandbox/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { findSubscription } from './customer';
import { handleStripeWebhook } from './handle-stripe-webhook';
import { listPayments } from './list-payments';
import { readSummary } from './queries';
import { reconcileSubscriptions } from './reconcile-subscriptions';
import { refreshPayments } from './refresh-payments';
import { type Delivery, stripeBench } from './testing';

let db: Db;
let world: World;
let bench: ReturnType<typeof stripeBench>;
let stripe: Stripe;
/** Number of deliveries that were taken from the sandbox. */
let taken: number;

beforeAll(async () => {
  db = await freshDb();
});
beforeEach(() => start());
afterAll(() => db.close());

async function start(): Promise<void> {
  // Reconciling covers every workspace.
  await db.asSystem((tx) => tx.delete(subscriptions));
  world = await createWorld(db);
  bench = stripeBench(db, world);
  stripe = bench.gateway.client;
  taken = 0;
}

const deps = () => ({ ...world.services, gateway: bench.gateway });
/** Returns the webhooks that the sandbox has sent since the last call. */
async function news(): Promise<Delivery[]> {
  await bench.reach.settle();
  const fresh = bench.deliveries.slice(taken);
  taken = bench.deliveries.length;
  return fresh;
}
/** Delivers webhooks as sent now, one by one. */
async function deliver(events: readonly Delivery[]): Promise<string[]> {
  const outcomes = [];
  for (const { body } of events) {
    // Stripe limits the requests per second.
    world.clock.advance(1_000);
    outcomes.push(await handleStripeWebhook(deps(), body, bench.sign(body)));
  }
  return outcomes;
}
const receive = async () => deliver(await news());
const send = (type: string, object: object, id = `evt_${Math.random().toString(36).slice(2)}`) => {
  const body = JSON.stringify({ id, object: 'event', type, data: { object } });
  return deliver([{ body, type, signature: '' }]).then(([outcome]) => outcome);
};

/** Net cost of the plan according to the ledger, in cents. */
const cost = () => balance('subscription');
async function balance(code: string): Promise<number> {
  const rows = await db.asWorkspace(world.workspaceId, (tx) =>
    tx
      .select({ amount: ledgerPostings.amount })
      .from(ledgerPostings)
      .innerJoin(ledgerAccounts, eq(ledgerAccounts.id, ledgerPostings.accountId))
      .where(eq(ledgerAccounts.code, code)),
  );
  return rows.reduce((sum, { amount }) => sum + amount, 0);
}
const transactions = () =>
  db.asWorkspace(world.workspaceId, (tx) =>
    tx.select().from(ledgerTransactions).orderBy(ledgerTransactions.createdAt),
  );
const texts = async () => (await transactions()).map(({ description }) => english(description));
const openAlert = async () => {
  const rows = await db.asWorkspace(world.workspaceId, (tx) =>
    tx.select().from(alerts).where(eq(alerts.resolved, false)),
  );
  return rows.find(({ key }) => key === 'billing:dispute');
};
const customer = async () => (await findSubscription(world.ctx))?.customerId ?? '';
/** Buys the plan for 29.00 and returns the invoice, with its webhooks received or not. */
async function pay(received = true): Promise<Stripe.Invoice & { id: string }> {
  await bench.buy();
  const events = await news();
  if (received) await deliver(events);
  const [invoice] = (await stripe.invoices.list({ customer: await customer() })).data;
  if (!invoice?.id) throw new Error('There is no invoice');
  return invoice as Stripe.Invoice & { id: string };
}
const chargeOf = async () => {
  const [charge] = (await stripe.charges.list({ customer: await customer() })).data;
  if (!charge) throw new Error('There is no charge');
  return charge;
};
const renew = async (outcome: 'pays' | 'fails' = 'pays') => {
  const known = await findSubscription(world.ctx);
  await bench.dashboard('advance', { subscription: known?.subscriptionId, outcome });
  const [invoice] = (await stripe.invoices.list({ customer: await customer() })).data;
  return invoice?.id ?? '';
};

describe('a refund in the dashboard', () => {
  test('reverses the payment, and the plan follows the subscription', async () => {
    const { id: invoice } = await pay();
    expect(await cost()).toBe(2900);
    await bench.dashboard('refund', { invoice });
    await receive();
    expect(await cost()).toBe(0);
    expect(await balance('owner_funds')).toBe(0);
    expect((await texts()).at(-1)).toBe('Refund: Tributary Pro plan');
    expect((await readSummary(world.ctx)).plan).toBe('pro');
  });

  test('of a part reverses that part, and several add up', async () => {
    const { id: invoice } = await pay();
    await bench.dashboard('refund', { invoice, cents: 1000 });
    await receive();
    expect(await cost()).toBe(1900);
    await bench.dashboard('refund', { invoice, cents: 500 });
    await bench.dashboard('refund', { invoice, cents: 7 });
    await receive();
    expect(await cost()).toBe(1393);
    expect(await transactions()).toHaveLength(4);
  });

  test('that fails takes the reversal back', async () => {
    const { id: invoice } = await pay();
    const { refund } = await bench.dashboard('refund', { invoice, cents: 1000 });
    const first = await news();
    await deliver(first);
    expect(await cost()).toBe(1900);
    await bench.dashboard('refund-ends', { refund, outcome: 'fails' });
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
    const { refund } = await bench.dashboard('refund', { invoice, cents: 1000, pending: true });
    await bench.dashboard('refund-ends', { refund, outcome: 'fails' });
    await receive();
    expect(await transactions()).toHaveLength(1);
  });

  test('that is pending counts once, also when it succeeds', async () => {
    const { id: invoice } = await pay();
    const { refund } = await bench.dashboard('refund', { invoice, cents: 1000, pending: true });
    await receive();
    const open = async () => (await listPayments(world.ctx)).map((payment) => payment.open);
    expect(await open()).toEqual(['pending', null]);
    const facts = async () => {
      const [first] = await listPayments(world.ctx);
      return (await getTransaction(world.ctx, { id: first?.id ?? '' })).source.facts.map(
        ({ value }) => value,
      );
    };
    expect(await facts()).toContainEqual({ fact: 'ledger.details.pending' });
    await bench.dashboard('refund-ends', { refund, outcome: 'succeeds' });
    await receive();
    expect(await open()).toEqual([null, null]);
    expect(await facts()).not.toContainEqual({ fact: 'ledger.details.pending' });
    expect(await cost()).toBe(1900);
    expect(await transactions()).toHaveLength(2);
  });

  test('of a payment that we never heard of books both', async () => {
    const { id: invoice } = await pay(false);
    await bench.dashboard('refund', { invoice, cents: 1000 });
    await deliver((await news()).filter(({ type }) => type === 'charge.refunded'));
    expect(await cost()).toBe(1900);
    expect(await texts()).toHaveLength(2);
  });

  test('is found without any webhook', async () => {
    const { id: invoice } = await pay(false);
    await bench.dashboard('refund', { invoice, cents: 1000 });
    await reconcileSubscriptions(deps());
    await reconcileSubscriptions(deps());
    expect(await cost()).toBe(1900);
    expect(await texts()).toHaveLength(2);
  });

  test('that fails is found without any webhook, although its charge no longer shows it', async () => {
    const { id: invoice } = await pay();
    const { refund } = await bench.dashboard('refund', { invoice });
    await receive();
    await bench.dashboard('refund-ends', { refund, outcome: 'fails' });
    await reconcileSubscriptions(deps());
    expect(await cost()).toBe(2900);
  });

  test('does not stop the payment from being booked if the key may not read refunds', async () => {
    const { id: invoice } = await pay(false);
    await bench.dashboard('refund', { invoice, cents: 1000 });
    const forbidden = {
      autoPagingToArray: async () => {
        throw new Stripe.errors.StripePermissionError({ message: 'no', type: 'invalid_request_error' });
      },
    };
    Object.assign(stripe.charges, { list: () => forbidden });
    await reconcileSubscriptions(deps());
    expect(await cost()).toBe(2900);
    await reconcileSubscriptions({ ...deps(), gateway: stripeBench(db, world).gateway });
    expect(await cost()).toBe(1900);
  });

  test('of a customer that was replaced since is booked in the same workspace', async () => {
    const { id: invoice } = await pay();
    await db.asWorkspace(world.workspaceId, (tx) =>
      tx.update(subscriptions).set({ customerId: `cus_new_${world.workspaceId}` }),
    );
    await bench.dashboard('refund', { invoice, cents: 1000 });
    expect(await receive()).not.toContain('ignored');
    expect(await cost()).toBe(1900);
  });

  test('shows under Billing and in the ledger', async () => {
    const { id: invoice } = await pay();
    await bench.dashboard('refund', { invoice, cents: 1000 });
    await receive();
    const shown = await listPayments(world.ctx);
    expect(shown.map(({ amount, currency }) => ({ amount, currency }))).toEqual([
      { amount: 1000, currency: 'USD' },
      { amount: -2900, currency: 'USD' },
    ]);
    // The same transaction has the same sign in both lists.
    const { items } = await listTransactions(world.ctx, { limit: 10 });
    for (const { id, amount } of shown)
      expect(items.find((item) => item.id === id)?.amounts).toMatchObject([{ gain: amount }]);
    const detail = await getTransaction(world.ctx, { id: shown[0]?.id ?? '' });
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
    const { refund = '' } = await bench.dashboard('refund', { invoice, cents: 1000 });
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
    await db.raw.delete(stripeObjects).where(eq(stripeObjects.type, 'invoice_payment'));
    expect(await send('charge.refunded', charge)).toBe('done');
    expect(await cost()).toBe(2900);
    // An older version named the invoice in the charge.
    const [invoice] = (await stripe.invoices.list({ customer: await customer() })).data;
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
      handleStripeWebhook({ ...deps(), gateway: { ...bench.gateway, client } }, body, bench.sign(body));
    await expect(take(Object.assign(away, { webhooks: stripe.webhooks }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await cost()).toBe(2900);
    expect(await take(stripe)).toBe('done');
    expect(await cost()).toBe(1900);
  });

  test('whose answer is older than what is applied is asked again', async () => {
    const { id: invoice } = await pay();
    const { refund = '' } = await bench.dashboard('refund', { invoice, cents: 1000, pending: true });
    const charges = stripe.charges.list.bind(stripe.charges);
    let first = true;
    // While the first answer is in progress, the refund fails and another process applies that.
    Object.assign(stripe.charges, {
      list: (...args: Parameters<typeof charges>) => {
        const answer = charges(...args);
        if (!first) return answer;
        first = false;
        return {
          autoPagingToArray: async (options: { limit: number }) => {
            const old = await answer.autoPagingToArray(options);
            const refunds = stripe.refunds.list.bind(stripe.refunds);
            const pending = (await refunds({ charge: old[0]?.id ?? '' })).data;
            Object.assign(stripe.refunds, {
              list: () => {
                Object.assign(stripe.refunds, { list: refunds });
                return { autoPagingToArray: async () => pending };
              },
            });
            await bench.dashboard('refund-ends', { refund, outcome: 'fails' });
            world.clock.advance(1_000);
            await refreshPayments(world.ctx, stripeBench(db, world).gateway, await customer());
            return old;
          },
        };
      },
    });
    await refreshPayments(world.ctx, bench.gateway, await customer());
    expect(await cost()).toBe(2900);
    expect(await transactions()).toHaveLength(1);
  });
});

describe('a credit note', () => {
  test('that refunds is booked once, by its refund', async () => {
    const { id: invoice } = await pay();
    await bench.dashboard('credit', { invoice, cents: 1000, as: 'refund' });
    await receive();
    expect(await cost()).toBe(1900);
    expect(await transactions()).toHaveLength(2);
  });

  test('that is linked to a refund made before is not booked again', async () => {
    const { id: invoice } = await pay();
    const { refund = '' } = await bench.dashboard('refund', { invoice, cents: 1000 });
    await stripe.creditNotes.create({
      invoice,
      amount: 1000,
      refunds: [{ refund, amount_refunded: 1000 }],
    });
    await receive();
    expect(await cost()).toBe(1900);
  });

  test('that credits later invoices lowers the cost now, and using it costs as much as paying', async () => {
    const { id: invoice } = await pay();
    await bench.dashboard('credit', { invoice, cents: 1000, as: 'credit' });
    await receive();
    expect([await cost(), await balance('subscription_credit'), await balance('owner_funds')]).toEqual([
      1900, 1000, -2900,
    ]);
    expect((await texts()).at(-1)).toBe('Credit for your next payments');
    await renew();
    await receive();
    expect([await cost(), await balance('subscription_credit'), await balance('owner_funds')]).toEqual([
      4800, 0, -4800,
    ]);
    expect(await texts()).toContain('Paid with your credit');
  });

  test('paid outside of Stripe is booked itself', async () => {
    const { id: invoice } = await pay();
    await bench.dashboard('credit', { invoice, cents: 1000, as: 'outside' });
    await receive();
    expect(await cost()).toBe(1900);
  });

  test('before the payment only lowers the payment', async () => {
    await pay();
    const invoice = await renew('fails');
    await bench.dashboard('credit', { invoice, cents: 1000 });
    await receive();
    expect(await cost()).toBe(2900);
    await renew('pays');
    await receive();
    expect(await cost()).toBe(2900 + 1900);
  });

  test('that is voided before the payment changes nothing', async () => {
    await pay();
    const invoice = await renew('fails');
    const { creditNote = '' } = await bench.dashboard('credit', { invoice, cents: 1000 });
    await stripe.creditNotes.voidCreditNote(creditNote);
    await renew('pays');
    await receive();
    expect(await cost()).toBe(5800);
  });

  test('whose refund fails is taken back', async () => {
    const { id: invoice } = await pay();
    const note = await bench.dashboard('credit', { invoice, cents: 1000, as: 'refund' });
    const [link] = (await stripe.creditNotes.retrieve(note.creditNote ?? '')).refunds;
    await receive();
    await bench.dashboard('refund-ends', { refund: link?.refund, outcome: 'fails' });
    await receive();
    expect(await cost()).toBe(2900);
  });
});

describe('a dispute', () => {
  test('takes the payment back, alerts until it is decided, and keeps the plan', async () => {
    const { id: invoice } = await pay();
    const { dispute = '' } = await bench.dashboard('dispute', { invoice });
    await receive();
    expect(await cost()).toBe(0);
    const alert = await openAlert();
    expect(alert).toMatchObject({ severity: 'serious', href: '/settings/billing' });
    expect(alert?.title).toSay('A payment of $29.00 for your plan is disputed');
    for (const part of ['$29.00 on ', dispute, 'ask your bank', 'in Stripe']) expect(alert?.body).toSay(part);
    expect((await listPayments(world.ctx)).map(({ open }) => open)).toEqual(['undecided', null]);
    expect((await readSummary(world.ctx)).plan).toBe('pro');
    await bench.dashboard('dispute-ends', { dispute, outcome: 'lost' });
    await receive();
    expect(await cost()).toBe(0);
    expect(await openAlert()).toBeUndefined();
  });

  test('that is won gives the payment back, but its fee is not a cost of the workspace', async () => {
    const { id: invoice } = await pay();
    const { dispute } = await bench.dashboard('dispute', { invoice });
    await receive();
    await bench.dashboard('dispute-ends', { dispute, outcome: 'won' });
    await receive();
    expect(await cost()).toBe(2900);
    const [, given] = await transactions();
    expect(given?.evidence).toMatchObject({ object: dispute, fee: { amount: 1500, currency: 'usd' } });
    expect((await texts()).at(-1)).toBe('Dispute ended, payment charged again: Tributary Pro plan');
  });

  test('of a part takes that part', async () => {
    const { id: invoice } = await pay();
    await bench.dashboard('dispute', { invoice, cents: 900 });
    await receive();
    expect(await cost()).toBe(2000);
  });

  test('that is only an inquiry moves nothing', async () => {
    const { id: invoice } = await pay();
    const { dispute } = await bench.dashboard('dispute', { invoice, inquiry: true });
    await receive();
    expect(await cost()).toBe(2900);
    expect(await openAlert()).toBeDefined();
    await bench.dashboard('dispute-ends', { dispute, outcome: 'won' });
    await receive();
    expect([await cost(), await openAlert()]).toEqual([2900, undefined]);
  });

  test('and refunds of the same charge together never exceed what was paid, in any order', async () => {
    const { id: invoice } = await pay();
    await bench.dashboard('refund', { invoice, cents: 1000 });
    const refund = await news();
    world.clock.advance(60_000);
    const { dispute } = await bench.dashboard('dispute', { invoice });
    await deliver([...(await news()), ...refund]);
    expect(await cost()).toBe(0);
    await bench.dashboard('dispute-ends', { dispute, outcome: 'won' });
    await receive();
    expect(await cost()).toBe(1900);
  });
});

describe('an invoice', () => {
  test('that is paid outside of Stripe is a cost', async () => {
    await pay();
    const invoice = await renew('fails');
    await bench.dashboard('invoice', { invoice, becomes: 'paid_outside' });
    await receive();
    expect(await cost()).toBe(5800);
  });

  test.each(['void', 'uncollectible'] as const)('that becomes %s costs nothing', async (becomes) => {
    await pay();
    const invoice = await renew('fails');
    if (becomes === 'void') await bench.dashboard('invoice', { invoice, becomes });
    else await stripe.invoices.markUncollectible(invoice);
    expect(await receive()).not.toContain('unreadable');
    expect(await cost()).toBe(2900);
  });

  test('that is void although it was booked is taken back', async () => {
    const invoice = await pay();
    await db.raw
      .update(stripeObjects)
      .set({ data: { ...invoice, status: 'void', amount_paid: 0 } as never })
      .where(eq(stripeObjects.id, invoice.id));
    await send('invoice.voided', { id: invoice.id, customer: await customer() });
    expect(await cost()).toBe(0);
  });

  test('whose payment event is lost is booked by the comparison, with the credit of a change of plan', async () => {
    await pay();
    const known = await findSubscription(world.ctx);
    const id = known?.subscriptionId ?? '';
    const [item] = (await stripe.subscriptions.retrieve(id)).items.data;
    const change = (price: string) =>
      stripe.subscriptions.update(id, {
        items: [{ id: item?.id ?? '', price }],
        proration_behavior: 'always_invoice',
      });
    await change(bench.gateway.prices.agency);
    await change(bench.gateway.prices.pro);
    await reconcileSubscriptions(deps());
    // The price of the larger plan was charged and credited again.
    expect(await cost()).toBe(2900);
    expect(await balance('subscription_credit')).toBeGreaterThan(0);
    await renew();
    await reconcileSubscriptions(deps());
    expect(await cost()).toBe(5800);
  });
});

type Step =
  | { kind: 'renew' }
  | {
      kind: 'refund' | 'dispute' | 'refund_note' | 'credit_note' | 'outside_note';
      cents: number;
      which: number;
    }
  | { kind: 'end_refund' | 'end_dispute'; good: boolean; which: number }
  | { kind: 'deliver' };

test('any sequence of payments and reversals, in any order, ends with what Stripe says', async () => {
  const which = fc.nat({ max: 9 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('renew' as const) }),
    fc.record({
      kind: fc.constantFrom('refund', 'dispute', 'refund_note', 'credit_note', 'outside_note'),
      cents: fc.integer({ min: 1, max: 3_500 }),
      which,
    }),
    fc.record({ kind: fc.constantFrom('end_refund', 'end_dispute'), good: fc.boolean(), which }),
    fc.record({ kind: fc.constant('deliver' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 10 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
      async (steps, chance) => {
        await start();
        await pay();
        const random = () => chance.next().value ?? 0;
        const pool: Delivery[] = [];
        /** Delivers what is left or a part of it, shuffled, some of it twice. */
        const some = async (all: boolean) => {
          pool.push(...(await news()));
          const chosen = pool.filter(() => all || random() < 0.5);
          const order = [...chosen, ...chosen.filter(() => random() < 0.3)];
          for (let i = order.length - 1; i > 0; i--) {
            const j = Math.floor(random() * (i + 1));
            [order[i], order[j]] = [order[j] as Delivery, order[i] as Delivery];
          }
          await deliver(order);
          if (!all) return;
          pool.length = 0;
        };
        for (const one of steps) {
          world.clock.advance(60_000);
          if (one.kind === 'deliver') await some(false);
          else await act(one);
        }
        await some(true);
        const told = await stripeSays();
        expect(await cost()).toBe(told);
        const before = (await transactions()).length;
        world.clock.advance(60_000);
        expect(await reconcileSubscriptions(deps())).toMatchObject({ failed: 0 });
        expect((await transactions()).length).toBe(before);
      },
    ),
    { numRuns: 15 },
  );
}, 240_000);

/** Objects of this test's customer in the sandbox. */
async function objects(type: string): Promise<Record<string, unknown>[]> {
  const mine = await customer();
  const all = await db.raw.select().from(stripeObjects);
  const own = new Set([mine, ...all.filter(({ parent }) => parent === mine).map(({ id }) => id)]);
  return all.filter((row) => row.type === type && own.has(row.parent ?? '')).map(({ data }) => data);
}

/** Does one step in the dashboard. What Stripe refuses does not happen. */
async function act(step: Exclude<Step, { kind: 'deliver' }>): Promise<void> {
  if (step.kind === 'renew') {
    await renew();
    return;
  }
  const of = async (type: string) => {
    const all = await objects(type);
    return String(all[step.which % Math.max(1, all.length)]?.id ?? 'none');
  };
  const ask = async (): Promise<[action: string, input: Record<string, unknown>]> => {
    switch (step.kind) {
      case 'end_refund':
        return ['refund-ends', { refund: await of('refund'), outcome: step.good ? 'succeeds' : 'fails' }];
      case 'end_dispute':
        return ['dispute-ends', { dispute: await of('dispute'), outcome: step.good ? 'won' : 'lost' }];
      case 'refund':
        return ['refund', { invoice: await of('invoice'), cents: step.cents, pending: step.cents % 2 === 0 }];
      case 'dispute':
        return [
          'dispute',
          { invoice: await of('invoice'), cents: step.cents, inquiry: step.cents % 5 === 0 },
        ];
      default:
        return [
          'credit',
          { invoice: await of('invoice'), cents: step.cents, as: step.kind.replace('_note', '') },
        ];
    }
  };
  await bench.dashboard(...(await ask())).catch((error: Error) => {
    if (!error.message.startsWith('The sandbox refused')) throw error;
  });
}

const GAVE_BACK = new Set<unknown>(['needs_response', 'lost']);

/** What the plan costs according to the sandbox's own records: payments and used credit, less what was given back of each payment. */
async function stripeSays(): Promise<number> {
  const [invoices, links, charges, refunds, disputes, notes, balances] = await Promise.all(
    [
      'invoice',
      'invoice_payment',
      'charge',
      'refund',
      'dispute',
      'credit_note',
      'customer_balance_transaction',
    ].map(objects),
  );
  const sum = (rows: Record<string, unknown>[] = [], value: (row: Record<string, unknown>) => unknown) =>
    rows.reduce((total, row) => total + Number(value(row) ?? 0), 0);
  let total = sum(balances, ({ amount }) => amount);
  for (const invoice of invoices ?? []) {
    const intents = links
      ?.filter((link) => link.invoice === invoice.id)
      .map(({ payment }) => (payment as { payment_intent?: string }).payment_intent);
    const own = charges
      ?.filter((charge) => intents?.includes(String(charge.payment_intent)))
      .map(({ id }) => id);
    const back =
      sum(
        refunds?.filter((refund) => own?.includes(refund.charge) && refund.status !== 'failed'),
        ({ amount }) => amount,
      ) +
      sum(
        disputes?.filter((dispute) => own?.includes(dispute.charge) && GAVE_BACK.has(dispute.status)),
        ({ amount }) => amount,
      ) +
      sum(
        notes?.filter((note) => note.invoice === invoice.id && note.status === 'issued'),
        ({ out_of_band_amount }) => out_of_band_amount,
      );
    const paid = Number(invoice.amount_paid);
    total += paid - Math.min(paid, back);
  }
  return total;
}
