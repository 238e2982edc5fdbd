import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stripeObjects } from '@/server/sandbox/stripe/tables';
import { reconcileSubscriptions } from './reconcile-subscriptions';
import { eachTestPaysForPlan } from './test-payments';
import type { Delivery } from './testing';

const here = eachTestPaysForPlan();
const { start, deps, news, deliver, cost, transactions, customer, pay, renew } = here;

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
          here.world.clock.advance(60_000);
          if (one.kind === 'deliver') await some(false);
          else await act(one);
        }
        await some(true);
        const told = await stripeSays();
        expect(await cost()).toBe(told);
        const before = (await transactions()).length;
        here.world.clock.advance(60_000);
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
  const all = await here.db.raw.select().from(stripeObjects);
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
  await here.bench.dashboard(...(await ask())).catch((error: Error) => {
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
