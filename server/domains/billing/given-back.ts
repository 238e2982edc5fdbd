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
  const moves = movesOf(dispute);
  const fees = moves.reduce((sum, { fee }) => sum + (fee ?? 0), 0);
  const taken = withdrawn(dispute);
  const captured = charge.amount_captured ?? charge.amount;
  const share = dispute.amount > 0 ? Math.min(1, taken / dispute.amount) : 0;
  // If a dispute is in another currency than the charge, the cardholder got the same share of the charge back.
  const amount = dispute.currency === charge.currency ? taken : Math.round(captured * share);
  return {
    what: 'dispute',
    object: dispute.id,
    invoices,
    amount: moneyOfStripe(amount, charge.currency),
    at: moves.find((move) => move.amount < 0)?.created ?? dispute.created,
    takenBackAt: moves.findLast((move) => isReturn(move, moves))?.created ?? null,
    status: dispute.status,
    charge: charge.id,
    fee: moves[0] && fees !== 0 ? { amount: fees, currency: moves[0].currency } : null,
  };
}

type Move = Exclude<NonNullable<DisputeAnswer['balance_transactions']>[number], string>;
const movesOf = (dispute: DisputeAnswer): Move[] =>
  (dispute.balance_transactions ?? []).filter((one) => typeof one !== 'string');

/**
 * The part of a withdrawal up to which a movement is a correction, such as for the exchange rate, and changes nothing for the cardholder. In
 * another currency it is larger, because the rate may have changed between the movements.
 */
const CORRECTION = 0.02;
const CORRECTION_ABROAD = 0.2;

/** The largest withdrawal among movements, as a positive amount. */
const largestWithdrawal = (moves: readonly Move[]): number =>
  Math.max(0, ...moves.map(({ amount }) => -amount));

/** Whether a movement returned funds, and is not only a correction. */
const isReturn = ({ amount }: Move, moves: readonly Move[]): boolean =>
  amount > 0 && amount > largestWithdrawal(moves) * CORRECTION;

/**
 * Returns how much a dispute has taken from the operator and given to the cardholder, in the dispute's currency. The sum of the movements of
 * the account's balance tells, compared with the withdrawal: an inquiry moves nothing, a dispute that was won is moved back, and one that
 * was won in part is moved back in part. Movements are in the account's currency, and some only correct another one.
 */
export function withdrawn(dispute: DisputeAnswer): number {
  const moves = movesOf(dispute);
  const [currency, mixed] = new Set(moves.map((move) => move.currency));
  if (!currency || mixed) {
    // Ids, nothing, or amounts that cannot be compared.
    const told = dispute.balance_transactions?.length === 0;
    return dispute.status === 'lost' || (!told && ONGOING.has(dispute.status)) ? dispute.amount : 0;
  }
  const most = largestWithdrawal(moves);
  const left = -moves.reduce((sum, { amount }) => sum + amount, 0);
  const same = currency === dispute.currency;
  const correction = most * (same ? CORRECTION : CORRECTION_ABROAD);
  if (left <= correction) return 0;
  if (Math.abs(left - most) <= correction) return same ? most : dispute.amount;
  return same ? left : Math.round(dispute.amount * Math.min(1, left / most));
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
