import type { Money } from '@/server/foundation/money';
import type { AccountCode, Line } from './accounts';

/** Returns the lines that move an amount: the first account is debited, the second credited. Empty for an amount of zero. */
function move(value: Money, debit: [AccountCode, string], credit: [AccountCode, string]): Line[] {
  if (value.amount === 0) return [];
  const { amount, currency } = value;
  return [
    { account: debit[0], subjectId: debit[1], amount, currency },
    { account: credit[0], subjectId: credit[1], amount: -amount, currency },
  ];
}

/** A sale: the platform holds the gross amount for us, and it counts as income. */
export const saleLines = (connectionId: string, gross: Money): Line[] =>
  move(gross, ['platform_balance', connectionId], ['sales', connectionId]);

/** A fee: an expense that lowers the amount that the platform holds. A fee that is given back has a negative amount. */
export const feeLines = (connectionId: string, fee: Money): Line[] =>
  move(fee, ['platform_fees', connectionId], ['platform_balance', connectionId]);

/** A refund: income falls, and so does the amount that the platform holds. */
export const refundLines = (connectionId: string, refund: Money): Line[] =>
  move(refund, ['refunds', connectionId], ['platform_balance', connectionId]);

/** AI costs, owed to the provider until its bill is paid. */
export const aiCostLines = (provider: string, cost: Money): Line[] =>
  move(cost, ['ai_cost', provider], ['ai_payable', provider]);

/** A payment for this workspace's plan, made with the owner's card. */
export const subscriptionLines = (paid: Money): Line[] =>
  move(paid, ['subscription', ''], ['owner_funds', '']);
