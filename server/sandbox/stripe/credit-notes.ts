import { sql } from 'drizzle-orm';
import { unix } from '../http';
import type { World } from '../world';
import { invalid } from './errors';
import { resumeAfter } from './invoice-states';
import { creditNoteShape } from './payment-shapes';
import { changeBalance, chargeOfInvoice, refundCharge } from './payments';
import { emit, list, need, put, type StripeObject, stripeId, type Tx } from './store';
import { stripeObjects } from './tables';

/**
 * Credits an invoice (https://docs.stripe.com/api/credit_notes/create): first by what is still to be paid, then by any combination of a
 * refund, credit for later invoices and money outside of Stripe, which must add up to the rest.
 */
export async function createCreditNote(
  world: World,
  tx: Tx,
  o: {
    invoice: string;
    amount: number;
    refund?: number;
    credit?: number;
    outside?: number;
    /** Refunds that exist already. */
    refunds?: { refund: string; amount: number }[];
    memo?: string | null;
    reason?: string | null;
    now: Date;
  },
): Promise<StripeObject> {
  const invoice = await need(tx, 'invoice', o.invoice, { lock: true, param: 'invoice' });
  const open = invoice.status === 'open';
  if (!open && invoice.status !== 'paid')
    invalid('The invoice must be open or paid to issue a credit note.', 'invoice');
  if (!Number.isInteger(o.amount) || o.amount < 1) invalid('Invalid positive integer', 'amount');
  const credited =
    Number(invoice.pre_payment_credit_notes_amount) + Number(invoice.post_payment_credit_notes_amount);
  if (o.amount > Number(invoice.total) - credited)
    invalid('The credit note is greater than the amount that is left of the invoice.', 'amount');
  const prePayment = open ? Math.min(o.amount, Number(invoice.amount_remaining)) : 0;
  const { refund = 0, credit = 0, outside = 0, refunds = [] } = o;
  const rest = refund + credit + outside + refunds.reduce((sum, { amount }) => sum + amount, 0);
  if (rest !== o.amount - prePayment)
    invalid(
      'The sum of the credit amount, refund amount, refunds and out of band amount must equal the post payment amount.',
    );
  const id = stripeId('cn');
  const customer = await need(tx, 'customer', String(invoice.customer), { lock: true });
  const links = [...refunds];
  if (refund > 0) {
    const charge =
      (await chargeOfInvoice(tx, invoice.id)) ??
      invalid('The invoice has no charge to refund.', 'refund_amount');
    links.push({
      refund: (await refundCharge(tx, charge, { amount: refund, now: o.now })).id,
      amount: refund,
    });
  }
  const change =
    credit > 0
      ? await changeBalance(tx, customer, {
          amount: -credit,
          creditNote: id,
          description: null,
          invoice: invoice.id,
          type: 'credit_note',
          now: o.now,
        })
      : null;
  invoice.pre_payment_credit_notes_amount = Number(invoice.pre_payment_credit_notes_amount) + prePayment;
  invoice.post_payment_credit_notes_amount =
    Number(invoice.post_payment_credit_notes_amount) + o.amount - prePayment;
  invoice.amount_due = Number(invoice.amount_due) - prePayment;
  invoice.amount_remaining = Number(invoice.amount_remaining) - prePayment;
  const settled = open && invoice.amount_remaining === 0;
  if (settled) {
    invoice.status = 'paid';
    invoice.next_payment_attempt = null;
    (invoice.status_transitions as Record<string, unknown>).paid_at = unix(o.now);
  }
  await put(tx, invoice, customer.id, o.now);
  const earlier = await list(tx, {
    type: 'credit_note',
    url: '',
    limit: 100,
    where: sql`${stripeObjects.data}->>'invoice' = ${invoice.id}`,
  });
  const number = (earlier.data as StripeObject[]).length + 1;
  const note = creditNoteShape({
    id,
    amount: o.amount,
    created: unix(o.now),
    invoice,
    number: `${String(invoice.number)}-CN-${String(number).padStart(2, '0')}`,
    prePayment,
    outside,
    balanceTransaction: change?.id ?? null,
    refunds: links,
    memo: o.memo ?? null,
    reason: o.reason ?? null,
    url: `${world.publicUrl}/stripe/invoice/${invoice.id}`,
  });
  await put(tx, note, customer.id, o.now);
  await emit(tx, 'credit_note.created', note, o.now);
  if (settled) {
    await emit(tx, 'invoice.paid', invoice, o.now);
    await resumeAfter(tx, invoice, o.now);
  }
  return note;
}

/** Voids a credit note, which is possible as long as its invoice is not paid. */
export async function voidCreditNote(tx: Tx, id: string, now: Date): Promise<StripeObject> {
  const note = await need(tx, 'credit_note', id, { lock: true });
  const invoice = await need(tx, 'invoice', String(note.invoice), { lock: true });
  if (note.status === 'void') invalid('This credit note is already void.');
  if (invoice.status !== 'open')
    invalid(
      'You can only void a credit note if its associated invoice is open.',
      undefined,
      'resource_invalid_state',
    );
  const amount = Number(note.pre_payment_amount);
  invoice.pre_payment_credit_notes_amount = Number(invoice.pre_payment_credit_notes_amount) - amount;
  invoice.amount_due = Number(invoice.amount_due) + amount;
  invoice.amount_remaining = Number(invoice.amount_remaining) + amount;
  await put(tx, invoice, String(invoice.customer), now);
  Object.assign(note, { status: 'void', voided_at: unix(now) });
  await put(tx, note, String(note.customer), now);
  await emit(tx, 'credit_note.voided', note, now);
  return note;
}
