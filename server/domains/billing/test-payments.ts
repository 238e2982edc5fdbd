import { eq } from 'drizzle-orm';
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, ledgerAccounts, ledgerPostings, ledgerTransactions, subscriptions } from '@/db/schema';
import { english } from '@/i18n/words';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { findSubscription } from './customer';
import { handleStripeWebhook } from './handle-stripe-webhook';
import { type Delivery, stripeBench } from './testing';

/** For tests: gives each test a workspace that pays for its plan in the sandbox's Stripe, and receives its webhooks when it is told to. */
export function eachTestPaysForPlan() {
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

  return {
    get db() {
      return db;
    },
    get world() {
      return world;
    },
    get bench() {
      return bench;
    },
    get stripe() {
      return stripe;
    },
    start,
    deps,
    news,
    deliver,
    receive,
    send,
    cost,
    balance,
    transactions,
    texts,
    openAlert,
    customer,
    pay,
    chargeOf,
    renew,
  };
}
