import { and, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { alerts } from '@/db/schema';
import type { World } from '@/tests/support/world';
import { type Bench, connectionsBench } from '../connections/test-bench';
import { connectSandbox } from '../connections/testing';
import { balances } from '../ledger/queries';
import { syncSales } from './sync-sales';

/** The statement line of a public report, with the fields that its author quoted. */
export const REPORTED = {
  entry_id: 1,
  amount: -104,
  currency: 'EUR',
  ledger_type: 'REFUND_GROSS',
  reference_type: 'payment_adjustment',
  reference_id: 100307830422,
};

/** An amount as Etsy reports it. */
export const eur = (amount: number) => ({ amount, divisor: 100, currency_code: 'EUR' });

/**
 * For tests: connects each test's workspace to a shop on Etsy. The test gives Etsy's responses as they come over the wire, so that every
 * part from the connector to the ledger takes part.
 */
export function eachTestConnectsEtsy() {
  let bench: Bench;
  let world: World;
  let connectionId: string;
  let etsy: { receipts: unknown[]; ledger: unknown[]; payments: unknown[] };

  beforeAll(async () => {
    bench = await connectionsBench({ waits: true });
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    world = await bench.another();
    // Etsy limits the calls per second.
    world.clock.advance(2_000);
    const done = await connectSandbox(bench.handler, world.ctx, 'etsy', 'miraokafor');
    connectionId = done.connectionIds[0] ?? '';
    etsy = { receipts: [], ledger: [], payments: [] };
    const list = (results: unknown[]) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: results.length, results }),
    });
    bench.wrap = (inner) => async (wire) => {
      const { pathname } = new URL(wire.url);
      if (pathname.endsWith('/receipts')) return list(etsy.receipts);
      if (pathname.endsWith('/ledger-entries')) return list(etsy.ledger);
      if (pathname.endsWith('/payments')) return list(etsy.payments);
      return inner(wire);
    };
  });
  afterEach(() => {
    bench.wrap = null;
  });

  const now = () => Math.floor(world.clock.now().getTime() / 1000);
  const line = (entry_id: number, amount: unknown, ledger_type: string, more: object = {}) => ({
    entry_id,
    ledger_id: 1,
    amount,
    currency: 'EUR',
    ledger_type,
    description: ledger_type,
    reference_type: 'etsy',
    reference_id: '0',
    create_date: now(),
    created_timestamp: now(),
    ...more,
  });
  const receipt = (receipt_id: number, amount: number) => ({
    receipt_id,
    is_paid: true,
    status: 'paid',
    name: 'Hannah Brooks',
    buyer_email: 'hannah@example.com',
    created_timestamp: now(),
    updated_timestamp: now(),
    grandtotal: eur(amount),
    subtotal: eur(amount),
    total_price: eur(amount),
    total_shipping_cost: eur(0),
    total_tax_cost: eur(0),
    total_vat_cost: eur(0),
    discount_amt: eur(0),
    gift_wrap_price: eur(0),
    transactions: [
      {
        transaction_id: receipt_id + 1,
        title: 'Planner',
        quantity: 1,
        listing_id: 5,
        price: eur(amount),
        created_timestamp: now(),
      },
    ],
  });
  const sync = () => syncSales({ ctx: world.ctx, input: { connectionId } });
  const book = async () =>
    Object.fromEntries(
      (await balances(world.ctx, {})).rows
        .filter((row) => row.amount !== 0)
        .map((row) => [`${row.account} ${row.currency}`, row.amount]),
    );
  const openAlerts = () =>
    bench.db.asWorkspace(world.workspaceId, (tx) =>
      tx
        .select()
        .from(alerts)
        .where(and(eq(alerts.workspaceId, world.workspaceId), eq(alerts.resolved, false))),
    );

  return {
    get bench() {
      return bench;
    },
    get world() {
      return world;
    },
    get connectionId() {
      return connectionId;
    },
    /** What Etsy responds with. */
    get etsy() {
      return etsy;
    },
    now,
    line,
    receipt,
    sync,
    /** Reads the balances that are not zero. */
    book,
    openAlerts,
  };
}
