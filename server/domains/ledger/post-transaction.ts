import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerAccounts, ledgerPostings, ledgerTransactions } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { currencyDigits } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import { CHART, type NewPosting } from './accounts';
import { bookedPostings } from './booked-postings';

export type TransactionKind = (typeof ledgerTransactions.$inferInsert)['kind'];

export interface NewTransaction {
  /** Derived from the event (`sale:<connection>:<remote id>`), so that a second delivery changes nothing. */
  key: string;
  kind: TransactionKind;
  occurredAt: Date;
  description: Fact;
  /** The row that this money comes from. */
  source: { type: string; id: string };
  postings: NewPosting[];
  /** Supporting data stored with it, such as the platform's own ids. */
  evidence?: Record<string, unknown>;
  reversesId?: string;
}
export interface PostedTransaction {
  id: string;
  /** False if the key already existed; nothing was changed. */
  created: boolean;
  /** True if the key already existed with other postings and the caller chose to continue. */
  differs: boolean;
}

/** Posts one balanced transaction inside the caller's database transaction. See `postTransactions`. */
export async function postTransaction(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  transaction: NewTransaction,
): Promise<PostedTransaction> {
  const [posted] = await postTransactions(tx, ctx, [transaction]);
  if (!posted) throw new Error('The transaction was not posted');
  return posted;
}

/**
 * Posts balanced transactions inside the caller's database transaction, in the order given. An existing key with the same postings
 * changes nothing; with others, throws `conflict`, because booked money is never changed in place. A caller that reads a platform's list
 * passes `onDifference: 'keep'` to keep what is booked, so that one odd transaction does not block all others.
 */
export async function postTransactions(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  transactions: readonly NewTransaction[],
  options: { onDifference?: 'refuse' | 'keep' } = {},
): Promise<PostedTransaction[]> {
  if (transactions.length === 0) return [];
  for (const transaction of transactions) assertBalanced(transaction);
  const first = new Map<string, NewTransaction>();
  for (const transaction of transactions)
    if (!first.has(transaction.key)) first.set(transaction.key, transaction);
  const unique = [...first.values()];
  const accountIds = await ensureAccounts(tx, ctx, unique);
  const inserted = new Map<string, string>();
  const known = new Map<string, { id: string; signature: string }>();
  for (const part of chunks(unique, 500)) {
    const rows = await tx
      .insert(ledgerTransactions)
      .values(
        part.map((transaction) => ({
          id: newId('transaction', transaction.occurredAt.getTime()),
          workspaceId: ctx.workspaceId,
          key: transaction.key,
          kind: transaction.kind,
          occurredAt: transaction.occurredAt,
          description: transaction.description,
          sourceType: transaction.source.type,
          sourceId: transaction.source.id,
          reversesId: transaction.reversesId ?? null,
          evidence: transaction.evidence ?? {},
        })),
      )
      .onConflictDoNothing({ target: [ledgerTransactions.workspaceId, ledgerTransactions.key] })
      .returning({ id: ledgerTransactions.id, key: ledgerTransactions.key });
    for (const row of rows) inserted.set(row.key, row.id);
    const fresh = part.filter((transaction) => inserted.has(transaction.key));
    const postings = fresh.flatMap((transaction) =>
      transaction.postings.map((posting, line) => ({
        workspaceId: ctx.workspaceId,
        transactionId: inserted.get(transaction.key) ?? '',
        line,
        accountId: accountIds.get(accountKey(posting)) ?? '',
        amount: posting.amount,
        currency: posting.currency,
      })),
    );
    if (postings.length > 0) await tx.insert(ledgerPostings).values(postings);
    const before = part
      .filter((transaction) => !inserted.has(transaction.key))
      .map((transaction) => transaction.key);
    for (const [key, value] of await readBooked(tx, ctx, before)) known.set(key, value);
  }
  return transactions.map((transaction) => {
    const fresh = inserted.get(transaction.key);
    const booked = known.get(transaction.key);
    const signature = booked?.signature ?? signatureOf(first.get(transaction.key) ?? transaction);
    const differs = signature !== signatureOf(transaction);
    if (differs) {
      log().error(
        { key: transaction.key, workspaceId: ctx.workspaceId },
        'ledger key reused with different postings',
      );
    }
    if (differs && options.onDifference !== 'keep') {
      throw new AppError('conflict', fact('ledger.errors.otherAmount'), {
        details: { key: transaction.key },
      });
    }
    return {
      id: fresh ?? booked?.id ?? '',
      created: fresh !== undefined && first.get(transaction.key) === transaction,
      differs,
    };
  });
}

function assertBalanced(transaction: NewTransaction): void {
  if (transaction.postings.length < 2)
    throw new RangeError(`Ledger transaction ${transaction.key} needs at least two postings`);
  const sums = new Map<string, number>();
  for (const { amount, currency } of transaction.postings) {
    if (!Number.isSafeInteger(amount) || amount === 0)
      throw new RangeError(`Ledger transaction ${transaction.key} has a posting that is not a whole amount`);
    currencyDigits(currency);
    sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  for (const sum of sums.values())
    if (sum !== 0) throw new RangeError(`Ledger transaction ${transaction.key} is not balanced`);
}

const accountKey = (posting: Pick<NewPosting, 'account' | 'currency' | 'subjectId'>): string =>
  JSON.stringify([posting.account, posting.currency, posting.subjectId]);

const signatureOf = (transaction: NewTransaction): string =>
  [
    transaction.kind,
    ...transaction.postings.map((posting) => `${accountKey(posting)}${posting.amount}`).sort(),
  ].join('\n');

/** Finds or opens every account that the transactions post to. */
async function ensureAccounts(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  transactions: readonly NewTransaction[],
): Promise<Map<string, string>> {
  const wanted = new Map(
    transactions
      .flatMap((transaction) => transaction.postings)
      .map((posting) => [accountKey(posting), posting] as const),
  );
  // Sorted, so that two transactions that open the same accounts cannot deadlock.
  const rows = [...wanted.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, posting]) => posting);
  await tx
    .insert(ledgerAccounts)
    .values(
      rows.map((posting) => ({
        id: newId('account'),
        workspaceId: ctx.workspaceId,
        code: posting.account,
        kind: CHART[posting.account],
        currency: posting.currency,
        subjectId: posting.subjectId,
      })),
    )
    .onConflictDoNothing();
  const found = await tx
    .select()
    .from(ledgerAccounts)
    .where(
      and(
        eq(ledgerAccounts.workspaceId, ctx.workspaceId),
        inArray(ledgerAccounts.subjectId, [...new Set(rows.map((posting) => posting.subjectId))]),
      ),
    );
  return new Map(found.map((row) => [JSON.stringify([row.code, row.currency, row.subjectId]), row.id]));
}

async function readBooked(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  keys: string[],
): Promise<Map<string, { id: string; signature: string }>> {
  if (keys.length === 0) return new Map();
  const rows = await bookedPostings(tx, ctx, inArray(ledgerTransactions.key, keys));
  const byKey = new Map<string, { id: string; kind: string; postings: string[] }>();
  for (const row of rows) {
    const transaction = byKey.get(row.key) ?? { id: row.transactionId, kind: row.kind, postings: [] };
    transaction.postings.push(`${JSON.stringify([row.account, row.currency, row.subjectId])}${row.amount}`);
    byKey.set(row.key, transaction);
  }
  return new Map(
    [...byKey].map(([key, transaction]) => [
      key,
      { id: transaction.id, signature: [transaction.kind, ...transaction.postings.sort()].join('\n') },
    ]),
  );
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = [];
  for (let i = 0; i < items.length; i += size) out.push(items.slice(i, i + size));
  return out;
}
