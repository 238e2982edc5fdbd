import type { OpenRefundOrDispute } from '@/db/schema/billing';
import type { Money } from '@/server/foundation/money';
import type { CustomerPayments, DisputableCharge } from './customer-payments';
import type { DisputeAnswer, RefundAnswer } from './payment-wire';
import { moneyOfStripe } from './stripe-amount';

/** An amount of a payment that was given back, or null for an object of which nothing is given back (any more). */
interface GivenBack {
  what: 'refund' | 'dispute' | 'credit_note';
  /** Stripe's id of the refund, dispute or credit note. */
  object: string;
  invoiceId: string;
  amount: Money;
  at: Date;
  /** When the money was taken back, if Stripe says so. */
  takenBackAt: Date | null;
  status: string;
  charge: string | null;
  /** The fee for a dispute, which the operator of the installation pays, in Stripe's units. */
  fee: { amount: number; currency: string } | null;
}

interface Claim extends Omit<GivenBack, 'invoiceId' | 'amount'> {
  invoices: readonly string[];
  amount: Money;
}

/** A refund in these states gives no money back: it failed, it was cancelled, or the customer has not accepted it. */
const NO_REFUND = new Set(['failed', 'canceled', 'requires_action']);

/**
 * Returns what was given back of each invoice, by refund, dispute and credit note, whatever the order in which Stripe reported them. Of an
 * invoice, no more is given back than `paid` says was paid: if a refund and a dispute overlap, the earlier one counts. A refund that belongs
 * to a credit note is one refund; of a credit note itself, only what was credited outside of Stripe counts here, because credit for later
 * invoices is in the customer's balance, and a credit note before the payment lowered the payment.
 */
export function givenBack(payments: CustomerPayments, paid: ReadonlyMap<string, Money>): GivenBack[] {
  const left = new Map([...paid].map(([invoice, { amount }]) => [invoice, amount]));
  const out: GivenBack[] = [];
  for (const { invoices, amount, ...claim } of claims(payments)) {
    let open = amount.amount;
    for (const invoiceId of invoices) {
      if (paid.get(invoiceId)?.currency !== amount.currency) continue;
      const part = Math.min(open, left.get(invoiceId) ?? 0);
      open -= part;
      left.set(invoiceId, (left.get(invoiceId) ?? 0) - part);
      out.push({ ...claim, invoiceId, amount: { amount: part, currency: amount.currency } });
    }
  }
  return out;
}

function claims({ charges, creditNotes }: CustomerPayments): Claim[] {
  const invoiceOfRefund = new Map<string, string>();
  for (const { invoice, refund, refunds } of creditNotes)
    for (const id of [refund, ...(refunds ?? []).map((one) => one.refund)])
      if (id) invoiceOfRefund.set(id, invoice);
  const all: Claim[] = creditNotes.map((note) => ({
    what: 'credit_note',
    object: note.id,
    invoices: [note.invoice],
    amount: moneyOfStripe(note.status === 'void' ? 0 : creditedOutside(note), note.currency),
    at: note.created,
    takenBackAt: note.voided_at ?? null,
    status: note.status,
    charge: null,
    fee: null,
  }));
  for (const one of charges) {
    for (const refund of one.refunds) {
      const invoice = invoiceOfRefund.get(refund.id);
      all.push(refundClaim(one, refund, invoice ? [invoice] : one.invoices));
    }
    for (const dispute of one.disputes) all.push(disputeClaim(one, dispute));
  }
  return all.sort((a, b) => a.at.getTime() - b.at.getTime() || (a.object < b.object ? -1 : 1));
}

const creditedOutside = (note: CustomerPayments['creditNotes'][number]): number =>
  (note.out_of_band_amount ?? 0) +
  (note.refunds ?? [])
    .filter(({ type }) => type === 'payment_record_refund')
    .reduce((sum, { amount_refunded }) => sum + amount_refunded, 0);

const refundClaim = ({ charge }: DisputableCharge, refund: RefundAnswer, invoices: string[]): Claim => ({
  what: 'refund',
  object: refund.id,
  invoices,
  amount: moneyOfStripe(NO_REFUND.has(refund.status ?? '') ? 0 : refund.amount, refund.currency),
  at: refund.created,
  takenBackAt: null,
  status: refund.status ?? 'succeeded',
  charge: charge.id,
  fee: null,
});

function disputeClaim({ charge, invoices }: DisputableCharge, dispute: DisputeAnswer): Claim {
  const moves = (dispute.balance_transactions ?? []).filter((one) => typeof one !== 'string');
  const fees = moves.reduce((sum, { fee }) => sum + (fee ?? 0), 0);
  // A dispute may be in another currency than the charge. The cardholder then got the charge back.
  const same = dispute.currency === charge.currency;
  const amount = same
    ? withdrawn(dispute)
    : withdrawn(dispute) > 0
      ? (charge.amount_captured ?? charge.amount)
      : 0;
  return {
    what: 'dispute',
    object: dispute.id,
    invoices,
    amount: moneyOfStripe(amount, charge.currency),
    at: moves.find((move) => move.amount < 0)?.created ?? dispute.created,
    takenBackAt: moves.findLast((move) => move.amount > 0)?.created ?? null,
    status: dispute.status,
    charge: charge.id,
    fee: moves[0] && fees !== 0 ? { amount: fees, currency: moves[0].currency } : null,
  };
}

/**
 * Returns how much a dispute has taken from the operator and given to the cardholder, in the dispute's currency. The movements of the
 * account's balance tell: an inquiry moves nothing, and a dispute that was won is moved back. They are in the account's currency, in which
 * rates may differ between the two movements, so that only their direction counts if it is another one.
 */
export function withdrawn(dispute: DisputeAnswer): number {
  const moves = (dispute.balance_transactions ?? []).filter((one) => typeof one !== 'string');
  if (moves.length === 0) {
    const told = dispute.balance_transactions?.length === 0;
    return dispute.status === 'lost' || (!told && ONGOING.has(dispute.status)) ? dispute.amount : 0;
  }
  if (moves.every(({ currency }) => currency === dispute.currency))
    return Math.max(0, -moves.reduce((sum, { amount }) => sum + amount, 0));
  const last = moves.reduce((a, b) => (b.created >= a.created ? b : a));
  return last.amount < 0 ? dispute.amount : 0;
}

/** Returns the refunds and disputes whose outcome is open, by their id. */
export const openRefundsAndDisputes = ({ charges }: CustomerPayments): Record<string, OpenRefundOrDispute> =>
  Object.fromEntries(
    charges.flatMap(({ refunds, disputes }): [string, OpenRefundOrDispute][] => [
      ...refunds
        .filter(({ status }) => status === 'pending')
        .map(({ id }): [string, OpenRefundOrDispute] => [id, 'pending']),
      ...disputes.filter(isOpenDispute).map(({ id }): [string, OpenRefundOrDispute] => [id, 'undecided']),
    ]),
  );

/** The states of a dispute in which the funds are withdrawn while it is undecided. */
const ONGOING = new Set(['needs_response', 'under_review', 'appeal_needs_response', 'appeal_under_review']);
const INQUIRY = new Set(['warning_needs_response', 'warning_under_review']);

/** Returns until when the operator can answer a dispute. Null if there is nothing to answer, or Stripe does not say. */
export const answerBy = ({ status, evidence_details }: DisputeAnswer): Date | null =>
  status.endsWith('needs_response') ? (evidence_details?.due_by ?? null) : null;

/** Whether a dispute or an inquiry before one is undecided. */
export const isOpenDispute = ({ status }: Pick<DisputeAnswer, 'status'>): boolean =>
  ONGOING.has(status) || INQUIRY.has(status);
