import { type Fact, fact, verbatim } from '@/server/foundation/facts';

/**
 * The chart of accounts, each with its kind. An account is one of these codes in one currency for one subject: a connection for platform
 * activity, a provider for AI costs. See docs/decisions/0015-ledger-accounts.md.
 */
export const CHART = {
  platform_balance: 'asset',
  unsettled_orders: 'asset',
  platform_reserve: 'asset',
  bank: 'asset',
  sales: 'income',
  discounts: 'income',
  shipping_income: 'income',
  refunds: 'income',
  discount_refunds: 'income',
  shipping_refunds: 'income',
  tax_collected: 'liability',
  unattributed: 'liability',
  platform_fees: 'expense',
  ai_cost: 'expense',
  ai_payable: 'liability',
  subscription: 'expense',
  subscription_credit: 'asset',
  owner_funds: 'equity',
} as const satisfies Record<string, 'asset' | 'liability' | 'equity' | 'income' | 'expense'>;

export type AccountCode = keyof typeof CHART;

const isAccountCode = (code: string): code is AccountCode => Object.hasOwn(CHART, code);

/** Returns the account's name. A code that is no longer in the chart is its own name. */
export const accountName = (code: string): Fact =>
  isAccountCode(code) ? fact(`ledger.accounts.${code}`) : verbatim(code);

/** One side of a transaction: positive debits, negative credits, in minor units. */
export interface NewPosting {
  account: AccountCode;
  /** What the account belongs to, such as a connection's id; empty for the workspace's own accounts. */
  subjectId: string;
  amount: number;
  currency: string;
}

/** The figure of a report to which an account belongs. */
const FIGURES = {
  sales: 'gross',
  discounts: 'discounts',
  shipping_income: 'shipping',
  refunds: 'refunds',
  discount_refunds: 'refunds',
  shipping_refunds: 'refunds',
  platform_fees: 'fees',
  ai_cost: 'costs',
  subscription: 'costs',
} as const satisfies Partial<Record<AccountCode, string>>;
/** Figures whose transactions can be listed. `income` is everything that raises the net, less discounts; `tax` is what is held of it. */
export const FIGURE_LISTS = [
  'gross',
  'discounts',
  'shipping',
  'refunds',
  'fees',
  'costs',
  'income',
  'net',
  'tax',
] as const;

/** Returns the accounts whose postings a figure counts. */
export function accountsOf(figure: (typeof FIGURE_LISTS)[number]): string[] {
  if (figure === 'tax') return ['tax_collected'];
  const counted: readonly string[] = figure === 'income' ? ['gross', 'discounts', 'shipping'] : [figure];
  return Object.entries(FIGURES).flatMap(([account, of]) =>
    figure === 'net' || counted.includes(of) ? [account] : [],
  );
}

/** Figures that raise the net; all others lower it. */
const RAISES: ReadonlySet<string> = new Set(['gross', 'shipping']);

/**
 * Returns the figure to which an account's postings belong, with their amount in it. Together, the figures add up to the net: gross less
 * discounts plus shipping, less refunds, fees and costs. Null for accounts that are no income or expense.
 */
export function figureOf(
  account: string,
  debit: number,
): { figure: (typeof FIGURES)[keyof typeof FIGURES]; amount: number } | null {
  if (!Object.hasOwn(FIGURES, account)) return null;
  const figure = FIGURES[account as keyof typeof FIGURES];
  return { figure, amount: RAISES.has(figure) ? -debit || 0 : debit };
}
