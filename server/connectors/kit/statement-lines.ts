import { type Fact, verbatim } from '@/server/foundation/facts';
import { type Money, money } from '@/server/foundation/money';
import { capitalize } from '@/server/foundation/storable';
import { kindOf, rawOf } from './kept';
import type {
  RemoteFee,
  RemotePayment,
  RemoteRefund,
  RemoteTax,
  RemoteTransfer,
  RemoteUnattributed,
  SyncSalesOutput,
} from './types';

/** A line of the account that a shop keeps for a seller, as it reports it. Ids that it does not name are null. */
export interface StatementLine {
  readonly id: string;
  /** The shop's own name for its kind. */
  readonly type: string;
  /** Change of the balance: negative for a charge. */
  readonly amount: Money;
  readonly at: Date;
  readonly paymentId: string | null;
  readonly orderId: string | null;
  readonly saleId: string | null;
}

/** Where a line says that it belongs. */
interface Belongs {
  readonly paymentId: string | null;
  readonly orderId: string | null;
}
export type Entry =
  | ({ kind: 'fee'; fee: RemoteFee } & Belongs)
  | ({ kind: 'refund'; refund: Omit<RemoteRefund, 'remoteOrderId'> } & Belongs)
  | ({ kind: 'payment'; payment: Omit<RemotePayment, 'remoteOrderId'> } & Belongs)
  | ({ kind: 'tax'; tax: RemoteTax } & Belongs)
  | { kind: 'transfer'; transfer: RemoteTransfer }
  /** Money that moved for a reason that is not known. */
  | { kind: 'unknown' }
  /** Nothing moved. */
  | { kind: 'other' };

/** What the kinds of lines are. `bank` and `reserve` are transfers there. */
export interface LineRule {
  readonly type: RegExp;
  readonly is: 'payment' | 'refund' | 'tax' | 'bank' | 'reserve' | 'fee';
  /** Applies only to lines that raise the balance. */
  readonly onlyCredits?: true;
}

/**
 * Classifies a line by the first rule that fits. What is charged is negative in the account and positive here; a fee that is returned is
 * negative here. Every line that moves money is one of the kinds, or unknown. `feeName` names a fee after the shop's own name for it.
 */
export function readLine(
  line: StatementLine,
  rules: readonly LineRule[],
  feeName: (type: string) => Fact,
): Entry {
  const { id: remoteId, type, amount: credit, at, paymentId, orderId, saleId } = line;
  if (credit.amount === 0) return { kind: 'other' };
  const kind = rules.find((rule) => rule.type.test(type) && !(rule.onlyCredits && credit.amount < 0))?.is;
  const amount = money(-credit.amount, credit.currency);
  const belongs = { paymentId, orderId };
  switch (kind) {
    case undefined:
      return { kind: 'unknown' };
    case 'payment':
      return { kind, payment: { remoteId, amount: credit, paidAt: at }, ...belongs };
    case 'refund':
      return { kind, refund: { remoteId, amount, refundedAt: at }, ...belongs };
    case 'tax':
      return { kind, tax: { remoteId, remoteOrderId: orderId, amount, takenAt: at }, ...belongs };
    case 'fee': {
      const of = { remoteOrderId: orderId, remoteSaleId: saleId };
      return { kind, fee: { remoteId, ...of, kind: feeName(type), amount, chargedAt: at }, ...belongs };
    }
    default:
      return { kind: 'transfer', transfer: { remoteId, to: kind, amount, movedAt: at } };
  }
}

/**
 * Names fees by the first pattern that their type matches, and others after their own type: `DEPOSIT_FEE` is "Deposit fee". `named` says that
 * something is a fee if its type does not; `other` is for one without a type.
 */
export const feeNames =
  (
    known: readonly (readonly [RegExp, Fact])[],
    { other, named }: { readonly other: Fact; named(name: string): Fact },
  ) =>
  (type: string): Fact => {
    const found = known.find(([pattern]) => pattern.test(type));
    if (found) return found[1];
    const words = type.toLowerCase().replaceAll('_', ' ').trim();
    if (words === '') return other;
    return /fee/.test(words) ? verbatim(capitalize(words)) : named(capitalize(words));
  };

/** A line that was read, and all that may say to which order it belongs. */
export interface ReadLine {
  readonly line: StatementLine;
  readonly read: Entry;
  /** The line as it came. */
  readonly item: unknown;
  /** What the line refers to, as `type:id`. */
  readonly reference: string | null;
  /** Id of the line that it belongs to, such as the fee on which a tax is charged. */
  readonly parentId?: string | null | undefined;
}

/** The orders of payments, of their lines and of what else refers to them, as they become known. */
export class OrdersByReference {
  readonly #orders = new Map<string, string>();

  /** `paymentType`: what lines call a payment in their references. */
  constructor(readonly paymentType: string) {}

  /** `reference`: `type:id`, as lines have it, and `entry:<id>` for a line. */
  add(reference: string, orderId: string): void {
    this.#orders.set(reference, orderId);
  }

  of({ line, read, reference }: ReadLine): string | null {
    if ('orderId' in read && read.orderId) return read.orderId;
    return (
      ('paymentId' in read && read.paymentId && this.#orders.get(`${this.paymentType}:${read.paymentId}`)) ||
      (reference && this.#orders.get(reference)) ||
      this.#orders.get(`entry:${line.id}`) ||
      null
    );
  }

  links(): NonNullable<SyncSalesOutput['links']> {
    return [...this.#orders].map(([reference, remoteOrderId]) => ({ reference, remoteOrderId }));
  }
}

type Sorted = Required<
  Pick<SyncSalesOutput, 'fees' | 'refunds' | 'payments' | 'taxes' | 'transfers' | 'unattributed'>
>;

/** Sorts lines by what they are. One without its order, or of an unknown kind, is returned as it came. */
export function sortLines(lines: readonly ReadLine[], orders: OrdersByReference): Sorted {
  const out: Sorted = { fees: [], refunds: [], payments: [], taxes: [], transfers: [], unattributed: [] };
  for (const one of lines) {
    const { line, read, item, reference, parentId } = one;
    const order = orders.of(one);
    const keep = (reason: 'no_order' | 'unknown_kind', meaning: RemoteUnattributed['meaning']) =>
      out.unattributed.push({
        remoteId: line.id,
        reason,
        platformKind: kindOf(line.type),
        meaning,
        amount: line.amount,
        occurredAt: line.at,
        reference,
        raw: rawOf(item),
      });
    if (read.kind === 'fee') {
      const parent = parentId ? lines.find((other) => other.line.id === parentId) : undefined;
      const remoteOrderId = read.fee.remoteOrderId ?? order ?? (parent ? orders.of(parent) : null);
      out.fees.push({ ...read.fee, remoteOrderId });
    } else if (read.kind === 'tax') out.taxes.push({ ...read.tax, remoteOrderId: order });
    else if (read.kind === 'transfer') out.transfers.push(read.transfer);
    else if (read.kind === 'refund')
      if (order) out.refunds.push({ ...read.refund, remoteOrderId: order });
      else keep('no_order', 'refund');
    else if (read.kind === 'payment')
      if (order) out.payments.push({ ...read.payment, remoteOrderId: order });
      else keep('no_order', 'payment');
    else if (read.kind === 'unknown') keep('unknown_kind', null);
  }
  return out;
}
