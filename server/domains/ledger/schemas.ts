import { z } from 'zod';
import { TRANSACTION_KINDS } from '@/db/schema/states';
import { factOutput } from '@/server/foundation/facts';
import { id, limit, month, timeCursor, token } from '@/server/foundation/inputs';
import { FIGURE_LISTS } from './accounts';

export const monthInput = z.object({
  /** Calendar month in the workspace's time zone; the current month by default. */
  month: month().optional(),
});

export const listTransactionsInput = z.object({
  month: month().optional(),
  kind: z.enum(TRANSACTION_KINDS).optional(),
  connectionId: id('connection').optional(),
  /** Only the transactions that a figure counts, each with its part of it. */
  figure: z.enum(FIGURE_LISTS).optional(),
  currency: token({ min: 3, max: 3 }).optional(),
  cursor: timeCursor('transaction').optional(),
  limit: limit(100).default(50),
});

const amount = z.object({ amount: z.number().int(), currency: z.string() });

const transactionRow = z.object({
  id: z.string(),
  kind: z.string(),
  occurredAt: z.date(),
  description: factOutput,
  /** What the transaction moved, per currency; `gain` is its effect on the user's money, or 0 if money only moves between places. */
  amounts: z.array(amount.extend({ gain: z.number().int() })),
});
export const transactionPage = z.object({
  items: z.array(transactionRow),
  nextCursor: z.string().nullable(),
});

export const transactionDetail = transactionRow.extend({
  key: z.string(),
  createdAt: z.date(),
  reversesId: z.string().nullable(),
  /** Whether it reverses only a part of that. */
  reversesPartly: z.boolean(),
  reversedById: z.string().nullable(),
  evidence: z.record(z.string(), z.unknown()),
  postings: z.array(
    z.object({
      line: z.number(),
      account: z.string(),
      accountName: factOutput,
      accountKind: z.string(),
      subject: z.string().nullable(),
      amount: z.number().int(),
      currency: z.string(),
    }),
  ),
  source: z.object({
    type: z.string(),
    id: z.string(),
    title: factOutput,
    href: z.string().nullable(),
    facts: z.array(z.object({ label: factOutput, value: z.union([factOutput, amount]) })),
  }),
});

const balanceRow = z.object({
  account: z.string(),
  accountName: factOutput,
  accountKind: z.string(),
  subjectId: z.string(),
  subject: z.string().nullable(),
  currency: z.string(),
  amount: z.number().int(),
});
export const balancesOutput = z.object({
  month: z.string().nullable(),
  rows: z.array(balanceRow),
  /** Months that have a transaction, and the current one, newest first. */
  months: z.array(z.string()),
});

/**
 * Figures that add up: `net` is gross − discounts + shipping − refunds − fees (− costs). `gross` is at list price; refunds are without tax.
 */
const figures = {
  currency: z.string(),
  gross: z.number().int(),
  discounts: z.number().int(),
  shipping: z.number().int(),
  refunds: z.number().int(),
  fees: z.number().int(),
  net: z.number().int(),
  /** Tax that was collected from buyers and not passed on yet. It belongs to the authorities and is not part of the net. */
  tax: z.number().int(),
};
const streamRow = z.object({
  connectionId: z.string(),
  name: z.string(),
  platform: z.string(),
  environment: z.string(),
  ...figures,
  sales: z.number().int(),
});
/** Totals of a month in short: gross is after discounts and with shipping. */
export const currencyTotal = z.object({
  currency: z.string(),
  gross: z.number().int(),
  refunds: z.number().int(),
  fees: z.number().int(),
  /** AI and subscription. */
  costs: z.number().int(),
  net: z.number().int(),
});
/** Statement lines that nobody has attributed: they are in the balances and in no other figure. */
export const notAttributed = z.object({
  count: z.number().int(),
  /** How many of them have no amount that could be read. */
  unreadable: z.number().int(),
  /** What came in and what went out, neither of them negative. */
  amounts: z.array(z.object({ currency: z.string(), added: z.number().int(), taken: z.number().int() })),
  /** The same in a sentence. Null if there are none. */
  summary: factOutput.nullable(),
});
export const monthReportOutput = z.object({
  month: z.string(),
  timeZone: z.string(),
  workspaceName: z.string(),
  totals: z.array(z.object({ ...figures, costs: z.number().int() })),
  streams: z.array(streamRow),
  costs: z.array(
    z.object({
      account: z.string(),
      name: factOutput,
      subject: z.string(),
      currency: z.string(),
      amount: z.number().int(),
    }),
  ),
  notAttributed,
  /** Months with at least one transaction, newest first. */
  months: z.array(z.string()),
});
export type MonthReport = z.output<typeof monthReportOutput>;
