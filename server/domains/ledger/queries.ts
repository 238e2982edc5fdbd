import { and, asc, desc, eq, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { connections, ledgerAccounts, ledgerPostings, ledgerTransactions } from '@/db/schema';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { readWorkspace } from '../workspaces/read-workspace';
import { accountName, accountsOf } from './accounts';
import { currencyOrder } from './currency-order';
import { monthOf, monthRange } from './month';
import { balancesOutput, listTransactionsInput, monthInput, transactionPage } from './schemas';

/** Returns connection names by id, for accounts whose subject is a connection. */
export async function connectionNames(
  tx: Tx,
  ctx: Ctx,
): Promise<Map<string, { name: string; platform: string; environment: string }>> {
  const rows = await tx
    .select({
      id: connections.id,
      name: connections.remoteName,
      platform: connections.platform,
      environment: connections.environment,
    })
    .from(connections)
    .where(eq(connections.workspaceId, ctx.workspaceId));
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

/** Lists transactions, newest first, with pagination. */
export const listTransactions = defineVerb({
  verb: 'ledger.list',
  access: 'money.read',
  effect: 'read',
  input: listTransactionsInput,
  output: transactionPage,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const range = input.month ? monthRange(input.month, workspace.timeZone) : null;
      const after = readTimeCursor(input.cursor);
      /** Transactions with a posting to an account of this kind. */
      const postsTo = (...account: (SQL | undefined)[]) =>
        inArray(
          ledgerTransactions.id,
          tx
            .select({ id: ledgerPostings.transactionId })
            .from(ledgerPostings)
            .innerJoin(ledgerAccounts, eq(ledgerAccounts.id, ledgerPostings.accountId))
            .where(and(eq(ledgerAccounts.workspaceId, ctx.workspaceId), ...account)),
        );
      const rows = await tx
        .select()
        .from(ledgerTransactions)
        .where(
          and(
            eq(ledgerTransactions.workspaceId, ctx.workspaceId),
            input.kind ? eq(ledgerTransactions.kind, input.kind) : undefined,
            range ? gte(ledgerTransactions.occurredAt, range.from) : undefined,
            range ? lt(ledgerTransactions.occurredAt, range.to) : undefined,
            input.figure || input.currency
              ? postsTo(
                  input.currency ? eq(ledgerAccounts.currency, input.currency) : undefined,
                  input.figure ? inArray(ledgerAccounts.code, accountsOf(input.figure)) : undefined,
                  input.connectionId ? eq(ledgerAccounts.subjectId, input.connectionId) : undefined,
                )
              : undefined,
            input.connectionId ? postsTo(eq(ledgerAccounts.subjectId, input.connectionId)) : undefined,
            after
              ? or(
                  lt(ledgerTransactions.occurredAt, after.at),
                  and(eq(ledgerTransactions.occurredAt, after.at), lt(ledgerTransactions.id, after.id)),
                )
              : undefined,
          ),
        )
        .orderBy(desc(ledgerTransactions.occurredAt), desc(ledgerTransactions.id))
        .limit(input.limit + 1);
      const page = rows.slice(0, input.limit);
      const amounts = await movedAmounts(
        tx,
        page.map((row) => row.id),
        input,
      );
      const order = currencyOrder(workspace.reportingCurrency);
      const last = page.at(-1);
      return {
        items: page.map((row) => ({
          id: row.id,
          kind: row.kind,
          occurredAt: row.occurredAt,
          description: row.description,
          amounts: (amounts.get(row.id) ?? []).sort((a, b) => order(a.currency, b.currency)),
        })),
        nextCursor: rows.length > input.limit && last ? writeTimeCursor(last.occurredAt, last.id) : null,
      };
    });
  },
});

/**
 * Returns what each transaction moved, one row per currency: `amount` is the sum of its debits; `gain` is its effect on the user's money
 * (positive for sales, negative for fees and costs; also of statement lines that are not attributed yet), or 0 if money only moves between
 * places, as in a payout. For a figure, `gain` is the transaction's part of it.
 */
export async function movedAmounts(
  tx: Tx,
  ids: string[],
  of: Pick<z.output<typeof listTransactionsInput>, 'figure' | 'currency' | 'connectionId'> = {},
): Promise<Map<string, { amount: number; gain: number; currency: string }[]>> {
  const out = new Map<string, { amount: number; gain: number; currency: string }[]>();
  if (ids.length === 0) return out;
  const rows = await tx
    .select({
      id: ledgerPostings.transactionId,
      currency: ledgerPostings.currency,
      amount: of.figure
        ? sql<string>`abs(sum(${ledgerPostings.amount}))`
        : sql<string>`sum(${ledgerPostings.amount}) filter (where ${ledgerPostings.amount} > 0)`,
      gain: of.figure
        ? sql<string>`-sum(${ledgerPostings.amount})`
        : sql<string>`coalesce(-sum(${ledgerPostings.amount}) filter (where ${ledgerAccounts.kind} in ('income', 'expense') or ${ledgerAccounts.code} = 'unattributed'), 0)`,
    })
    .from(ledgerPostings)
    .innerJoin(ledgerAccounts, eq(ledgerAccounts.id, ledgerPostings.accountId))
    .where(
      and(
        inArray(ledgerPostings.transactionId, ids),
        of.currency ? eq(ledgerPostings.currency, of.currency) : undefined,
        of.figure ? inArray(ledgerAccounts.code, accountsOf(of.figure)) : undefined,
        of.figure && of.connectionId ? eq(ledgerAccounts.subjectId, of.connectionId) : undefined,
      ),
    )
    .groupBy(ledgerPostings.transactionId, ledgerPostings.currency)
    .orderBy(asc(ledgerPostings.currency));
  for (const row of rows)
    out.set(row.id, [
      ...(out.get(row.id) ?? []),
      { amount: Number(row.amount), gain: Number(row.gain), currency: row.currency },
    ]);
  return out;
}

/** Returns balances by account, subject and currency: of all time, or the change in one month of the workspace's time zone. */
export const balances = defineVerb({
  verb: 'ledger.balances',
  access: 'money.read',
  effect: 'read',
  input: monthInput,
  output: balancesOutput,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const rows = await sumAccounts(
        tx,
        ctx,
        input.month ? monthRange(input.month, workspace.timeZone) : null,
      );
      const names = await connectionNames(tx, ctx);
      const order = currencyOrder(workspace.reportingCurrency);
      return {
        month: input.month ?? null,
        rows: rows
          .map((row) => ({
            ...row,
            accountName: accountName(row.account),
            subject: names.get(row.subjectId)?.name ?? (row.subjectId || null),
          }))
          .sort((a, b) => order(a.currency, b.currency)),
        months: await monthsWithMoney(tx, ctx, workspace.timeZone),
      };
    });
  },
});

/**
 * Sums the postings of each account, in a time range or overall. Currencies are never added together. `credits` is the number of credits
 * less that of debits: of sales, those that were not taken back.
 */
export async function sumAccounts(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  range: { from: Date; to: Date } | null,
): Promise<
  {
    account: string;
    accountKind: string;
    subjectId: string;
    currency: string;
    amount: number;
    credits: number;
  }[]
> {
  const sums = tx
    .select({
      account: ledgerAccounts.code,
      accountKind: ledgerAccounts.kind,
      subjectId: ledgerAccounts.subjectId,
      currency: ledgerAccounts.currency,
      amount: sql<string>`sum(${ledgerPostings.amount})`,
      credits: sql<string>`count(*) filter (where ${ledgerPostings.amount} < 0) - count(*) filter (where ${ledgerPostings.amount} > 0)`,
    })
    .from(ledgerPostings)
    .innerJoin(ledgerAccounts, eq(ledgerAccounts.id, ledgerPostings.accountId))
    .$dynamic();
  // Only a range needs the transactions' times; without one, the transactions are not read.
  if (range) void sums.innerJoin(ledgerTransactions, eq(ledgerTransactions.id, ledgerPostings.transactionId));
  const rows = await sums
    .where(
      and(
        eq(ledgerPostings.workspaceId, ctx.workspaceId),
        range ? gte(ledgerTransactions.occurredAt, range.from) : undefined,
        range ? lt(ledgerTransactions.occurredAt, range.to) : undefined,
      ),
    )
    .groupBy(ledgerAccounts.code, ledgerAccounts.kind, ledgerAccounts.subjectId, ledgerAccounts.currency)
    .orderBy(asc(ledgerAccounts.code), asc(ledgerAccounts.currency), asc(ledgerAccounts.subjectId));
  return rows.map((row) => ({ ...row, amount: Number(row.amount), credits: Number(row.credits) }));
}

/**
 * Lists the months of the workspace's time zone that have a transaction, and the current month, newest first. Steps through the index month
 * by month, so that it costs one look-up per month instead of a scan of every transaction.
 */
export async function monthsWithMoney(tx: Tx, ctx: Ctx, timeZone: string): Promise<string[]> {
  const months = new Set([monthOf(ctx.clock.now(), timeZone)]);
  let before: Date | undefined;
  for (;;) {
    const [newest] = await tx
      .select({ at: ledgerTransactions.occurredAt })
      .from(ledgerTransactions)
      .where(
        and(
          eq(ledgerTransactions.workspaceId, ctx.workspaceId),
          before && lt(ledgerTransactions.occurredAt, before),
        ),
      )
      .orderBy(desc(ledgerTransactions.occurredAt))
      .limit(1);
    if (!newest) return [...months].sort().reverse();
    const month = monthOf(newest.at, timeZone);
    months.add(month);
    before = monthRange(month, timeZone).from;
  }
}
