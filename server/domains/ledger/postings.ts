import type { Money } from '@/server/foundation/money';
import type { AccountCode, NewPosting } from './accounts';

/** Returns the postings that move an amount: the first account is debited, the second credited. Empty for an amount of zero. */
function move(value: Money, debit: [AccountCode, string], credit: [AccountCode, string]): NewPosting[] {
  if (value.amount === 0) return [];
  const { amount, currency } = value;
  return [
    { account: debit[0], subjectId: debit[1], amount, currency },
    { account: credit[0], subjectId: credit[1], amount: -amount, currency },
  ];
}

/** Where the platform's side of a statement line is booked: its balance, orders not credited yet, or what is not attributed yet. */
export type PlatformSide = 'platform_balance' | 'unsettled_orders' | 'unattributed';

/** The parts of an amount besides the items, in its currency. `discount` is positive and already taken off. */
export interface Parts {
  discount: number;
  shipping: number;
  tax: number;
}
const NO_PARTS: Parts = { discount: 0, shipping: 0, tax: 0 };

/** Returns postings for those of these amounts that are not zero. */
const postingsOf = (
  connectionId: string,
  currency: string,
  amounts: readonly (readonly [AccountCode, number])[],
): NewPosting[] =>
  amounts.flatMap(([account, amount]) =>
    amount === 0 ? [] : [{ account, subjectId: connectionId, amount, currency }],
  );

/**
 * A sale: the platform holds what the buyer paid. The items at their list price and the shipping count as income, less the discount; the
 * tax is owed to the authorities. `gross` is after the discount, without shipping and tax.
 */
export const salePostings = (
  connectionId: string,
  gross: Money,
  { discount, shipping, tax }: Parts = NO_PARTS,
  at: PlatformSide = 'platform_balance',
): NewPosting[] =>
  postingsOf(connectionId, gross.currency, [
    [at, gross.amount + shipping + tax],
    ['sales', -(gross.amount + discount)],
    ['discounts', discount],
    ['shipping_income', -shipping],
    ['tax_collected', -tax],
  ]);

/** A payment: the platform credits an order to the balance. */
export const paymentPostings = (
  connectionId: string,
  paid: Money,
  at: PlatformSide = 'platform_balance',
): NewPosting[] => move(paid, [at, connectionId], ['unsettled_orders', connectionId]);

/** A fee: an expense that lowers the amount that the platform holds. A fee that is given back has a negative amount. */
export const feePostings = (
  connectionId: string,
  fee: Money,
  at: PlatformSide = 'platform_balance',
): NewPosting[] => move(fee, ['platform_fees', connectionId], [at, connectionId]);

/**
 * A refund of the total `refund`: income falls by the items and the shipping, the tax is no longer owed, and the platform holds less. A
 * refund that failed and came back has a negative amount and negative parts.
 */
export const refundPostings = (
  connectionId: string,
  refund: Money,
  { discount, shipping, tax }: Parts = NO_PARTS,
  at: PlatformSide = 'platform_balance',
): NewPosting[] =>
  postingsOf(connectionId, refund.currency, [
    ['refunds', refund.amount - shipping - tax + discount],
    ['discount_refunds', -discount],
    ['shipping_refunds', shipping],
    ['tax_collected', tax],
    [at, -refund.amount],
  ]);

/** Moves the parts of a refund that was booked without them to their accounts. */
export const refundPartPostings = (connectionId: string, currency: string, parts: Parts): NewPosting[] =>
  refundPostings(connectionId, { amount: 0, currency }, parts);

/** Tax of buyers that the platform takes from the balance for the authorities. */
export const taxPostings = (
  connectionId: string,
  tax: Money,
  at: PlatformSide = 'platform_balance',
): NewPosting[] => move(tax, ['tax_collected', connectionId], [at, connectionId]);

/** A payout to the bank, or money set aside by the platform. A negative amount comes back. */
export const transferPostings = (
  connectionId: string,
  to: 'bank' | 'reserve',
  moved: Money,
  at: PlatformSide = 'platform_balance',
): NewPosting[] =>
  move(moved, to === 'bank' ? ['bank', ''] : ['platform_reserve', connectionId], [at, connectionId]);

/** A statement line that is not understood; a positive amount raises the balance. */
export const unattributedPostings = (connectionId: string, change: Money): NewPosting[] =>
  move(change, ['platform_balance', connectionId], ['unattributed', connectionId]);

/** What a sale consists of: the price of its items after the discount, and the other parts in the same currency. */
export interface SaleAmounts {
  gross: Money;
  parts: Parts;
}

/**
 * Sales that the platform credits in another currency: what was booked for them is taken back, and the same parts are booked in the currency
 * of the platform's balance. Each currency sums to zero.
 */
export function conversionPostings(
  connectionId: string,
  before: readonly SaleAmounts[],
  after: readonly SaleAmounts[],
): NewPosting[] {
  const booked = (amounts: readonly SaleAmounts[]) =>
    amounts.flatMap(({ gross, parts }) => salePostings(connectionId, gross, parts, 'unsettled_orders'));
  const sums = new Map<string, NewPosting>();
  for (const posting of [
    ...booked(before).map((one) => ({ ...one, amount: -one.amount })),
    ...booked(after),
  ]) {
    const key = `${posting.account} ${posting.currency}`;
    sums.set(key, { ...posting, amount: (sums.get(key)?.amount ?? 0) + posting.amount });
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0);
}

/** AI costs, owed to the provider until its bill is paid. */
export const aiCostPostings = (provider: string, cost: Money): NewPosting[] =>
  move(cost, ['ai_cost', provider], ['ai_payable', provider]);

/** A payment for this workspace's plan, made with the owner's card. What is given back of it has a negative amount. */
export const subscriptionPostings = (paid: Money): NewPosting[] =>
  move(paid, ['subscription', ''], ['owner_funds', '']);

/** Credit for later payments of the plan, held by the payment provider. Credit that is used up has a negative amount. */
export const subscriptionCreditPostings = (credit: Money): NewPosting[] =>
  move(credit, ['subscription_credit', ''], ['subscription', '']);
