import { unix } from '../http';
import { invalid } from './errors';
import { invoicePaymentShape } from './payment-shapes';
import { changeBalance, chargeInvoice } from './payments';
import { emit, get, need, put, type StripeObject, stripeId, type Tx } from './store';

const transition = (invoice: StripeObject, name: string, now: Date) => {
  (invoice.status_transitions as Record<string, unknown>)[name] = unix(now);
};

async function payable(tx: Tx, id: string): Promise<StripeObject> {
  const invoice = await need(tx, 'invoice', id, { lock: true });
  if (invoice.status === 'paid') invalid('Invoice is already paid', undefined, 'invoice_already_paid');
  if (invoice.status === 'void') invalid('This invoice is void.');
  return invoice;
}

/** Makes a subscription active again whose latest invoice is no longer open. */
export async function resumeAfter(tx: Tx, invoice: StripeObject, now: Date): Promise<void> {
  const { subscription: id } = (invoice.parent as { subscription_details: { subscription: string } })
    .subscription_details;
  const subscription = await get(tx, 'subscription', id, true);
  if (subscription?.status !== 'past_due' || subscription.latest_invoice !== invoice.id) return;
  subscription.status = 'active';
  await put(tx, subscription, String(subscription.customer), now);
  await emit(tx, 'customer.subscription.updated', subscription, now, { status: 'past_due' });
}

/** Pays an invoice, with the card or outside of Stripe. */
export async function payInvoice(
  tx: Tx,
  id: string,
  o: { outside: boolean; now: Date },
): Promise<StripeObject> {
  const invoice = await payable(tx, id);
  const amount = Number(invoice.amount_remaining);
  Object.assign(invoice, {
    status: 'paid',
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    auto_advance: false,
    next_payment_attempt: null,
  });
  transition(invoice, 'paid_at', o.now);
  await put(tx, invoice, String(invoice.customer), o.now);
  if (!o.outside) await chargeInvoice(tx, invoice, o.now);
  else if (amount > 0) {
    const payment = invoicePaymentShape({
      id: stripeId('inpay'),
      amount,
      created: unix(o.now),
      currency: String(invoice.currency),
      invoice: invoice.id,
      payment: { type: 'payment_record', payment_record: stripeId('pr') },
    });
    await put(tx, payment, String(invoice.customer), o.now);
    await emit(tx, 'invoice_payment.paid', payment, o.now);
  }
  await emit(tx, 'invoice.paid', invoice, o.now);
  await resumeAfter(tx, invoice, o.now);
  return invoice;
}

/** Voids an unpaid invoice and returns the credit that it used. */
export async function voidInvoice(tx: Tx, id: string, now: Date): Promise<StripeObject> {
  const invoice = await payable(tx, id);
  invoice.status = 'void';
  invoice.next_payment_attempt = null;
  transition(invoice, 'voided_at', now);
  await put(tx, invoice, String(invoice.customer), now);
  const used = Number(invoice.ending_balance) - Number(invoice.starting_balance);
  if (used !== 0)
    await changeBalance(tx, await need(tx, 'customer', String(invoice.customer), { lock: true }), {
      amount: -used,
      creditNote: null,
      description: null,
      invoice: invoice.id,
      type: 'unapplied_from_invoice',
      now,
    });
  await emit(tx, 'invoice.voided', invoice, now);
  await resumeAfter(tx, invoice, now);
  return invoice;
}

/** Gives up on an unpaid invoice, which may still be paid later. */
export async function markUncollectible(tx: Tx, id: string, now: Date): Promise<StripeObject> {
  const invoice = await payable(tx, id);
  invoice.status = 'uncollectible';
  invoice.next_payment_attempt = null;
  transition(invoice, 'marked_uncollectible_at', now);
  await put(tx, invoice, String(invoice.customer), now);
  await emit(tx, 'invoice.marked_uncollectible', invoice, now);
  await resumeAfter(tx, invoice, now);
  return invoice;
}
