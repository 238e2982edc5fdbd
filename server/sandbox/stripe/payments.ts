import { and, desc, eq, sql } from 'drizzle-orm';
import { unix } from '../http';
import { invalid } from './errors';
import {
  balanceTransactionShape,
  chargeShape,
  customerBalanceShape,
  disputeShape,
  invoicePaymentShape,
  paymentIntentShape,
  refundShape,
} from './payment-shapes';
import { emit, get, need, put, type StripeObject, stripeId, type Tx } from './store';
import { stripeObjects } from './tables';

/** What Stripe charges for a dispute in the United States, in cents. It is not returned when the dispute is won. */
const DISPUTE_FEE = 1_500;

const usd = (cents: number) => `$${(cents / 100).toFixed(2)}`;

/** Charges the customer's card for an invoice: a payment intent, its charge and their link to the invoice. */
export async function chargeInvoice(tx: Tx, invoice: StripeObject, now: Date): Promise<void> {
  const amount = Number(invoice.amount_due);
  if (amount === 0) return;
  const created = unix(now);
  const currency = String(invoice.currency);
  const customer = await need(tx, 'customer', String(invoice.customer));
  const { subscription } = (invoice.parent as { subscription_details: { subscription: string } })
    .subscription_details;
  const methodId = (await get(tx, 'subscription', subscription))?.default_payment_method;
  const method = methodId ? await get(tx, 'payment_method', String(methodId)) : null;
  const [charge, intent, balanceTransaction] = [stripeId('ch'), stripeId('pi'), stripeId('txn')];
  const shapes = [
    paymentIntentShape({
      id: intent,
      amount,
      charge,
      created,
      currency,
      customer: customer.id,
      method: method?.id ?? null,
    }),
    chargeShape({ id: charge, amount, balanceTransaction, created, currency, customer, intent, method }),
    invoicePaymentShape({
      id: stripeId('inpay'),
      amount,
      created,
      currency,
      invoice: invoice.id,
      payment: { type: 'payment_intent', payment_intent: intent },
    }),
  ];
  for (const shape of shapes) await put(tx, shape, customer.id, now);
  await put(
    tx,
    balanceTransactionShape({
      id: balanceTransaction,
      amount,
      created,
      currency,
      category: 'charge',
      source: charge,
    }),
    charge,
    now,
  );
}

/** Returns the charge that paid an invoice, locked, or null if none did. */
export async function chargeOfInvoice(tx: Tx, invoice: string): Promise<StripeObject | null> {
  const [link] = await tx
    .select({ data: stripeObjects.data })
    .from(stripeObjects)
    .where(
      and(eq(stripeObjects.type, 'invoice_payment'), sql`${stripeObjects.data}->>'invoice' = ${invoice}`),
    )
    .orderBy(desc(stripeObjects.seq))
    .limit(1);
  const intent = (link?.data.payment as { payment_intent?: string } | undefined)?.payment_intent;
  return intent ? chargeOfIntent(tx, intent) : null;
}

export async function chargeOfIntent(tx: Tx, intent: string): Promise<StripeObject | null> {
  const latest = (await get(tx, 'payment_intent', intent))?.latest_charge;
  return latest ? get(tx, 'charge', String(latest), true) : null;
}

/** Gives money of a charge back, all that is left by default, and emits the events. */
export async function refundCharge(
  tx: Tx,
  charge: StripeObject,
  o: {
    amount?: number | undefined;
    reason?: string | null;
    metadata?: Record<string, string>;
    /** The bank has not accepted it yet. */
    pending?: boolean;
    now: Date;
  },
): Promise<StripeObject> {
  const left = Number(charge.amount) - Number(charge.amount_refunded);
  const amount = o.amount ?? left;
  if (left === 0)
    invalid(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded');
  if (!Number.isInteger(amount) || amount < 1)
    invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  if (amount > left)
    invalid(
      `Refund amount (${usd(amount)}) is greater than unrefunded amount on charge (${usd(left)})`,
      'amount',
    );
  const [open] = await disputesOf(tx, charge.id);
  if (open && open.is_charge_refundable !== true)
    invalid(
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
      undefined,
      'charge_disputed',
    );
  const created = unix(o.now);
  const [id, balanceTransaction] = [stripeId('re'), stripeId('txn')];
  const currency = String(charge.currency);
  charge.amount_refunded = Number(charge.amount_refunded) + amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  await put(tx, charge, String(charge.customer), o.now);
  const refund = refundShape({
    id,
    amount,
    balanceTransaction,
    charge,
    created,
    metadata: o.metadata ?? {},
    reason: o.reason ?? null,
    status: o.pending ? 'pending' : 'succeeded',
  });
  await put(tx, refund, charge.id, o.now);
  await put(
    tx,
    balanceTransactionShape({
      id: balanceTransaction,
      amount: -amount,
      created,
      currency,
      category: 'refund',
      source: id,
    }),
    charge.id,
    o.now,
  );
  await emit(tx, 'refund.created', refund, o.now);
  await emit(tx, 'charge.refunded', charge, o.now);
  return refund;
}

/** Ends a refund: the bank accepts it, or returns the money, as it does when the card's account was closed. */
export async function endRefund(
  tx: Tx,
  id: string,
  outcome: 'succeeds' | 'fails',
  now: Date,
): Promise<StripeObject> {
  const refund = await need(tx, 'refund', id, { lock: true });
  if (refund.status === 'failed') invalid('This refund has failed.');
  const before = { status: refund.status };
  const changed = async () => {
    await put(tx, refund, String(refund.charge), now);
    await emit(tx, 'refund.updated', refund, now, before);
    await emit(tx, 'charge.refund.updated', refund, now, before);
  };
  if (outcome === 'succeeds') {
    refund.status = 'succeeded';
    await changed();
    return refund;
  }
  const charge = await need(tx, 'charge', String(refund.charge), { lock: true });
  const returned = stripeId('txn');
  const amount = Number(refund.amount);
  Object.assign(refund, {
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
    failure_balance_transaction: returned,
  });
  charge.amount_refunded = Number(charge.amount_refunded) - amount;
  charge.refunded = false;
  await put(tx, charge, String(charge.customer), now);
  await put(
    tx,
    balanceTransactionShape({
      id: returned,
      amount,
      created: unix(now),
      currency: String(charge.currency),
      category: 'refund_failure',
      source: refund.id,
    }),
    charge.id,
    now,
  );
  await changed();
  await emit(tx, 'refund.failed', refund, now);
  return refund;
}

/** Returns the disputes of a charge that are undecided. */
async function disputesOf(tx: Tx, charge: string): Promise<StripeObject[]> {
  const rows = await tx
    .select({ data: stripeObjects.data })
    .from(stripeObjects)
    .where(and(eq(stripeObjects.type, 'dispute'), eq(stripeObjects.parent, charge)));
  return rows.map((row) => row.data as StripeObject).filter(({ status }) => !DECIDED.has(String(status)));
}
const DECIDED = new Set(['won', 'lost', 'warning_closed']);

/** Lets the cardholder's bank dispute a charge: an inquiry only asks, anything else takes the money and a fee at once. */
export async function disputeCharge(
  tx: Tx,
  charge: StripeObject,
  o: { amount?: number | undefined; inquiry?: boolean; now: Date },
): Promise<StripeObject> {
  if ((await disputesOf(tx, charge.id)).length > 0) invalid('This charge is disputed.');
  const amount = o.amount ?? Number(charge.amount);
  if (!Number.isInteger(amount) || amount < 1 || amount > Number(charge.amount))
    invalid('Invalid amount', 'amount');
  const dispute = disputeShape({
    id: stripeId('du'),
    amount,
    charge,
    created: unix(o.now),
    inquiry: o.inquiry ?? false,
  });
  charge.disputed = true;
  await put(tx, charge, String(charge.customer), o.now);
  await put(tx, dispute, charge.id, o.now);
  await emit(tx, 'charge.dispute.created', dispute, o.now);
  if (o.inquiry) return dispute;
  await moveFunds(tx, dispute, -amount, o.now, { amount: DISPUTE_FEE, description: 'Dispute fee' });
  await emit(tx, 'charge.dispute.funds_withdrawn', dispute, o.now);
  return dispute;
}

async function moveFunds(
  tx: Tx,
  dispute: StripeObject,
  amount: number,
  now: Date,
  fee?: { amount: number; description: string },
): Promise<void> {
  const move = balanceTransactionShape({
    id: stripeId('txn'),
    amount,
    created: unix(now),
    currency: String(dispute.currency),
    category: amount < 0 ? 'dispute' : 'dispute_reversal',
    source: dispute.id,
    ...(fee ? { fee } : {}),
  });
  dispute.balance_transactions = [...(dispute.balance_transactions as StripeObject[]), move];
  await put(tx, move, dispute.id, now);
  await put(tx, dispute, String(dispute.charge), now);
}

/** Decides a dispute. A won one returns the money, but not the fee; an inquiry closes without having moved anything. */
export async function endDispute(
  tx: Tx,
  id: string,
  outcome: 'won' | 'lost',
  now: Date,
): Promise<StripeObject> {
  const dispute = await need(tx, 'dispute', id, { lock: true });
  if (DECIDED.has(String(dispute.status))) invalid('This dispute is already closed.');
  const inquiry = String(dispute.status).startsWith('warning_');
  dispute.status = inquiry ? 'warning_closed' : outcome;
  await put(tx, dispute, String(dispute.charge), now);
  if (!inquiry && outcome === 'won') {
    await moveFunds(tx, dispute, Number(dispute.amount), now);
    await emit(tx, 'charge.dispute.funds_reinstated', dispute, now);
  }
  await emit(tx, 'charge.dispute.closed', dispute, now);
  return dispute;
}

/** Changes the balance that a customer's later invoices use: negative amounts are credit. Returns the transaction's id. */
export async function changeBalance(
  tx: Tx,
  customer: StripeObject,
  o: Omit<
    Parameters<typeof customerBalanceShape>[0],
    'id' | 'created' | 'currency' | 'customer' | 'endingBalance'
  > & {
    now: Date;
  },
): Promise<StripeObject> {
  const { now, ...rest } = o;
  customer.balance = Number(customer.balance ?? 0) + o.amount;
  await put(tx, customer, null, now);
  const change = customerBalanceShape({
    ...rest,
    id: stripeId('cbtxn'),
    created: unix(now),
    currency: 'usd',
    customer: customer.id,
    endingBalance: customer.balance as number,
  });
  await put(tx, change, customer.id, now);
  return change;
}
