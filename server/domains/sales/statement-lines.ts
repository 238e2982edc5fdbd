import type { RemoteFee, SyncSalesOutput } from '@/server/connectors/kit/types';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Money } from '@/server/foundation/money';
import type { NewTransaction } from '../ledger/post-transaction';
import {
  feePostings,
  type PlatformSide,
  paymentPostings,
  taxPostings,
  transferPostings,
} from '../ledger/postings';
import { orderSource, saleSource } from './read-orders';
import type { Meaning } from './unattributed';

/** What a platform reported of a shop. */
export type Page = Omit<SyncSalesOutput, 'nextCursor'>;

/** A line of the platform's own statement, ready to be booked on either side. */
export interface StatementLine {
  remoteId: string;
  /** Change of the platform's balance. */
  change: Money;
  meaning: Meaning;
  remoteOrderId: string | null;
  transaction: (at: PlatformSide, key: string) => NewTransaction;
}

export const negated = ({ amount, currency }: Money): Money => ({ amount: -amount, currency });

/** Returns the lines of a page that move money of the balance, besides refunds, which depend on their order. */
export const statementLines = (
  connectionId: string,
  page: Page,
  saleOrders: ReadonlyMap<string, string>,
): StatementLine[] => [
  ...page.fees.map((fee) => feeLine(connectionId, fee, saleOrders)),
  ...paymentsOf(connectionId, page),
  ...taxesOf(connectionId, page),
  ...transfersOf(connectionId, page),
];

function feeLine(
  connectionId: string,
  fee: RemoteFee,
  saleOrders: ReadonlyMap<string, string>,
): StatementLine {
  const order =
    fee.remoteOrderId ?? (fee.remoteSaleId ? saleOrders.get(fee.remoteSaleId) : undefined) ?? null;
  return {
    remoteId: fee.remoteId,
    change: negated(fee.amount),
    meaning: 'fee',
    remoteOrderId: order,
    transaction: (at, key) => ({
      key,
      kind: 'fee',
      occurredAt: fee.chargedAt,
      description: describeFee(fee),
      source: order
        ? orderSource(connectionId, order)
        : fee.remoteSaleId
          ? saleSource(connectionId, fee.remoteSaleId)
          : { type: 'connection', id: connectionId },
      postings: feePostings(connectionId, fee.amount, at),
      evidence: { remoteFeeId: fee.remoteId, remoteOrderId: order, remoteSaleId: fee.remoteSaleId },
    }),
  };
}

/** Returns the platform's own name of a fee, with a note if it was given back. */
export const describeFee = ({ kind, amount }: Pick<RemoteFee, 'kind' | 'amount'>): Fact =>
  amount.amount < 0 ? fact('sales.ledger.givenBack', { fee: kind }) : kind;

const paymentsOf = (connectionId: string, page: Page): StatementLine[] =>
  (page.payments ?? []).map((payment) => ({
    remoteId: payment.remoteId,
    change: payment.amount,
    meaning: 'payment',
    remoteOrderId: payment.remoteOrderId,
    transaction: (at, key) => ({
      key,
      kind: 'payment',
      occurredAt: payment.paidAt,
      description: fact('sales.ledger.payment', { order: payment.remoteOrderId }),
      source: orderSource(connectionId, payment.remoteOrderId),
      postings: paymentPostings(connectionId, payment.amount, at),
      evidence: { remotePaymentId: payment.remoteId, remoteOrderId: payment.remoteOrderId },
    }),
  }));

const taxesOf = (connectionId: string, page: Page): StatementLine[] =>
  (page.taxes ?? []).map((tax) => ({
    remoteId: tax.remoteId,
    change: negated(tax.amount),
    meaning: 'tax',
    remoteOrderId: tax.remoteOrderId,
    transaction: (at, key) => ({
      key,
      kind: 'tax',
      occurredAt: tax.takenAt,
      description:
        tax.amount.amount < 0 ? fact('sales.ledger.taxGivenBack') : fact('sales.ledger.taxPassedOn'),
      source: tax.remoteOrderId
        ? orderSource(connectionId, tax.remoteOrderId)
        : { type: 'connection', id: connectionId },
      postings: taxPostings(connectionId, tax.amount, at),
      evidence: { remoteTaxId: tax.remoteId, remoteOrderId: tax.remoteOrderId },
    }),
  }));

const transfersOf = (connectionId: string, page: Page): StatementLine[] =>
  (page.transfers ?? []).map((moved) => {
    const meaning = moved.to === 'bank' ? 'payout' : 'reserve';
    return {
      remoteId: moved.remoteId,
      change: negated(moved.amount),
      meaning,
      remoteOrderId: null,
      transaction: (at, key) => ({
        key,
        kind: meaning,
        occurredAt: moved.movedAt,
        description: describeTransfer(moved.to, moved.amount.amount),
        source: { type: 'connection', id: connectionId },
        postings: transferPostings(connectionId, moved.to, moved.amount, at),
        evidence: { remoteTransferId: moved.remoteId },
      }),
    };
  });

/** Describes money that left the platform's balance (positive) or came back. */
function describeTransfer(to: 'bank' | 'reserve', amount: number): Fact {
  if (to === 'bank') return amount < 0 ? fact('sales.ledger.paidIn') : fact('sales.ledger.payout');
  return amount < 0 ? fact('sales.ledger.reserveReleased') : fact('sales.ledger.reserve');
}
