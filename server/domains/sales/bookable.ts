import type { RemoteUnattributed } from '@/server/connectors/kit/types';
import { currencyDigits, type Money } from '@/server/foundation/money';
import type { Page } from './statement-lines';

/** Maximum of one amount, in minor units: sums of a thousand of them are still exact. */
const MAX_AMOUNT = 9_000_000_000_000;

/** Whether the ledger can hold this amount. */
export function isBookable({ amount, currency }: Money): boolean {
  try {
    currencyDigits(currency);
  } catch {
    return false;
  }
  return Number.isSafeInteger(amount) && Math.abs(amount) <= MAX_AMOUNT;
}

/** Separates what the ledger cannot hold, such as an amount in an unknown currency, from all others. */
export function withoutOdd(whole: Page): { page: Page; odd: RemoteUnattributed[] } {
  const odd: RemoteUnattributed[] = [];
  const keepOdd = (kind: string, reported: { remoteId: string }, occurredAt: Date): false => {
    odd.push({
      remoteId: reported.remoteId,
      reason: 'unreadable',
      platformKind: kind,
      meaning: null,
      amount: null,
      occurredAt,
      reference: null,
      raw: JSON.parse(JSON.stringify(reported)),
    });
    return false;
  };
  const page: Page = {
    ...whole,
    sales: whole.sales.filter((sale) => {
      const { discount = 0, shipping = 0, tax = 0 } = sale.parts ?? {};
      const { amount, currency } = sale.gross;
      if (
        [amount, discount, shipping, tax, amount + discount, amount + shipping + tax].every((one) =>
          isBookable({ amount: one, currency }),
        )
      )
        return true;
      return keepOdd('sale', { ...sale, remoteId: `sale:${sale.remoteId}` }, sale.soldAt);
    }),
    fees: whole.fees.filter((fee) => isBookable(fee.amount) || keepOdd('fee', fee, fee.chargedAt)),
    refunds: whole.refunds.filter(
      (refund) => isBookable(refund.amount) || keepOdd('refund', refund, refund.refundedAt),
    ),
    payments: (whole.payments ?? []).filter(
      (payment) => isBookable(payment.amount) || keepOdd('payment', payment, payment.paidAt),
    ),
    taxes: (whole.taxes ?? []).filter((tax) => isBookable(tax.amount) || keepOdd('tax', tax, tax.takenAt)),
    transfers: (whole.transfers ?? []).filter(
      (moved) => isBookable(moved.amount) || keepOdd('transfer', moved, moved.movedAt),
    ),
  };
  return { page, odd };
}
