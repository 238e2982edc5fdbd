import type { Money } from '@/server/foundation/money';
import type { AccountCode, Line } from './accounts';

/** Moves an amount from one account to another: the first is debited, the second credited. Nothing for an amount of zero. */
function move(value: Money, debit: [AccountCode, string], credit: [AccountCode, string]): Line[] {
  if (value.amount === 0) return [];
  const { amount, currency } = value;
  return [
    { account: debit[0], subjectId: debit[1], amount, currency },
    { account: credit[0], subjectId: credit[1], amount: -amount, currency },
  ];
}

/** A sale: the platform holds the gross amount for us, and we earned it. */
export const saleLines = (connectionId: string, gross: Money): Line[] =>
  move(gross, ['platform_balance', connectionId], ['sales', connectionId]);

/** A fee: we spent it, and the platform holds less. A fee that is given back has a negative amount. */
export const feeLines = (connectionId: string, fee: Money): Line[] =>
  move(fee, ['platform_fees', connectionId], ['platform_balance', connectionId]);

/** A refund: we earned less, and the platform holds less. */
export const refundLines = (connectionId: string, refund: Money): Line[] =>
  move(refund, ['refunds', connectionId], ['platform_balance', connectionId]);

/** What a provider of AI charges, owed until its bill is paid. */
export const aiCostLines = (provider: string, cost: Money): Line[] =>
  move(cost, ['ai_cost', provider], ['ai_payable', provider]);

/** A payment for the plan of this workspace, made from the owner's card. */
export const subscriptionLines = (paid: Money): Line[] =>
  move(paid, ['subscription', ''], ['owner_funds', '']);
