import { type Fact, fact, verbatim } from '@/server/foundation/facts';

/**
 * The chart of accounts, each with its kind. An account is one of these codes in one currency for one subject: a connection for platform
 * activity, a provider for AI costs. See docs/decisions/0015-ledger-accounts.md.
 */
export const CHART = {
  platform_balance: 'asset',
  bank: 'asset',
  sales: 'income',
  refunds: 'income',
  platform_fees: 'expense',
  ai_cost: 'expense',
  ai_payable: 'liability',
  subscription: 'expense',
  owner_funds: 'equity',
} as const satisfies Record<string, 'asset' | 'liability' | 'equity' | 'income' | 'expense'>;

export type AccountCode = keyof typeof CHART;

const isAccountCode = (code: string): code is AccountCode => Object.hasOwn(CHART, code);

/** Returns the account's name. A code that is no longer in the chart is its own name. */
export const accountName = (code: string): Fact =>
  isAccountCode(code) ? fact(`ledger.accounts.${code}`) : verbatim(code);

/** One side of a transaction: positive debits, negative credits, in minor units. */
export interface Line {
  account: AccountCode;
  /** What the account belongs to, such as a connection's id; empty for the workspace's own accounts. */
  subjectId: string;
  amount: number;
  currency: string;
}
