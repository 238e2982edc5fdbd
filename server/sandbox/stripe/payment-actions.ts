import { z } from 'zod';
import type { Act } from '../control/act';
import type { World } from '../world';
import { createCreditNote } from './credit-notes';
import { invalid } from './errors';
import { payInvoice, voidInvoice } from './invoice-states';
import { chargeOfInvoice, disputeCharge, endDispute, endRefund, refundCharge } from './payments';
import { need, type StripeObject, type Tx } from './store';

const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((v) => (v === '' || v === null ? undefined : v), schema.optional());
const flag = z.preprocess((v) => v === true || v === 'true', z.boolean());
const cents = optional(z.coerce.number().int().min(1));

/** Adds what an account's owner does in Stripe's dashboard with payments, and what a cardholder's bank does. */
export function paymentActions(act: Act, world: World): void {
  const now = () => world.clock.now();
  const write = (work: (tx: Tx) => Promise<StripeObject>) => world.db.transaction(work);
  const charge = async (tx: Tx, invoice: string): Promise<StripeObject> => {
    await need(tx, 'invoice', invoice);
    return (await chargeOfInvoice(tx, invoice)) ?? invalid('This invoice was not paid by card.');
  };

  act('POST', '/stripe/refund', z.object({ invoice: z.string(), cents, pending: flag }), async (input) => {
    const refund = await write(async (tx) =>
      refundCharge(tx, await charge(tx, input.invoice), {
        amount: input.cents,
        pending: input.pending,
        now: now(),
      }),
    );
    return { refund: refund.id, status: refund.status };
  });
  act(
    'POST',
    '/stripe/refund-ends',
    z.object({ refund: z.string(), outcome: z.enum(['succeeds', 'fails']) }),
    async ({ refund, outcome }) => ({
      status: (await write((tx) => endRefund(tx, refund, outcome, now()))).status,
    }),
  );
  act(
    'POST',
    '/stripe/credit',
    z.object({ invoice: z.string(), cents, as: z.enum(['refund', 'credit', 'outside']).default('refund') }),
    async (input) => {
      const note = await write(async (tx) => {
        const invoice = await need(tx, 'invoice', input.invoice, { lock: true });
        const credited =
          Number(invoice.pre_payment_credit_notes_amount) + Number(invoice.post_payment_credit_notes_amount);
        const amount = input.cents ?? Number(invoice.total) - credited;
        // What is still to be paid is credited first, and only the rest is given back.
        const rest =
          amount - (invoice.status === 'open' ? Math.min(amount, Number(invoice.amount_remaining)) : 0);
        return createCreditNote(world, tx, { invoice: invoice.id, amount, [input.as]: rest, now: now() });
      });
      return { creditNote: note.id };
    },
  );
  act('POST', '/stripe/dispute', z.object({ invoice: z.string(), cents, inquiry: flag }), async (input) => {
    const dispute = await write(async (tx) =>
      disputeCharge(tx, await charge(tx, input.invoice), {
        amount: input.cents,
        inquiry: input.inquiry,
        now: now(),
      }),
    );
    return { dispute: dispute.id, status: dispute.status };
  });
  act(
    'POST',
    '/stripe/dispute-ends',
    z.object({ dispute: z.string(), outcome: z.enum(['won', 'lost']) }),
    async ({ dispute, outcome }) => ({
      status: (await write((tx) => endDispute(tx, dispute, outcome, now()))).status,
    }),
  );
  act(
    'POST',
    '/stripe/invoice',
    z.object({ invoice: z.string(), becomes: z.enum(['paid_outside', 'void']) }),
    async ({ invoice, becomes }) => ({
      status: (
        await write((tx) =>
          becomes === 'void'
            ? voidInvoice(tx, invoice, now())
            : payInvoice(tx, invoice, { outside: true, now: now() }),
        )
      ).status,
    }),
  );
}
