/**
 * The chart of accounts. An account is one of these codes, in one currency, for one subject: a connection for what a platform
 * does, a provider for what an AI costs. See docs/decisions/0015-ledger-accounts.md.
 */
export const CHART = {
  platform_balance: { kind: 'asset', name: 'Held by the platform' },
  bank: { kind: 'asset', name: 'Bank' },
  sales: { kind: 'income', name: 'Sales' },
  refunds: { kind: 'income', name: 'Refunds' },
  platform_fees: { kind: 'expense', name: 'Platform fees' },
  ai_cost: { kind: 'expense', name: 'AI cost' },
  ai_payable: { kind: 'liability', name: 'Owed to AI providers' },
  subscription: { kind: 'expense', name: 'Subscription' },
  owner_funds: { kind: 'equity', name: 'Paid by the owner' },
} as const satisfies Record<
  string,
  { kind: 'asset' | 'liability' | 'equity' | 'income' | 'expense'; name: string }
>;

export type AccountCode = keyof typeof CHART;

/** The account's name for people; a code that is no longer in the chart stands for itself. */
export const accountName = (code: string): string => (code in CHART ? CHART[code as AccountCode].name : code);

/** One side of a transaction: positive debits, negative credits, in minor units. */
export interface Line {
  account: AccountCode;
  /** What the account belongs to, such as a connection's id; empty for the workspace's own accounts. */
  subjectId: string;
  amount: number;
  currency: string;
}
