import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerAccounts, ledgerPostings, ledgerTransactions } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { currencyDigits } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import { CHART, type Line } from './accounts';
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
  lines: Line[];
  /** Supporting data stored with it, such as the platform's own ids. */
  evidence?: Record<string, unknown>;
  reversesId?: string;
}
export interface PostedTransaction {
  id: string;
  /** False if the key already existed; nothing was changed. */
  created: boolean;
  /** True if the key already existed with other lines and the caller chose to continue. */
  differs: boolean;
}

/** Posts one balanced transaction inside the caller's database transaction. See `postTransactions`. */
export async function postTransaction(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  entry: NewTransaction,
): Promise<PostedTransaction> {
  const [posted] = await postTransactions(tx, ctx, [entry]);
  if (!posted) throw new Error('The transaction was not posted');
  return posted;
}

/**
 * Posts balanced transactions inside the caller's database transaction, in the order given. An existing key with the same lines changes
 * nothing; with other lines, throws `conflict`, because booked money is never changed in place. A caller that reads a platform's list
 * passes `onDifference: 'keep'` to retain the booked lines, so that one odd entry does not block all others.
 */
export async function postTransactions(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  entries: readonly NewTransaction[],
  options: { onDifference?: 'refuse' | 'keep' } = {},
): Promise<PostedTransaction[]> {
  if (entries.length === 0) return [];
  for (const entry of entries) assertBalanced(entry);
  const first = new Map<string, NewTransaction>();
  for (const entry of entries) if (!first.has(entry.key)) first.set(entry.key, entry);
  const unique = [...first.values()];
  const accountIds = await ensureAccounts(tx, ctx, unique);
  const inserted = new Map<string, string>();
  const known = new Map<string, { id: string; signature: string }>();
  for (const part of chunks(unique, 500)) {
    const rows = await tx
      .insert(ledgerTransactions)
      .values(
        part.map((entry) => ({
          id: newId('transaction', entry.occurredAt.getTime()),
          workspaceId: ctx.workspaceId,
          key: entry.key,
          kind: entry.kind,
          occurredAt: entry.occurredAt,
          description: entry.description,
          sourceType: entry.source.type,
          sourceId: entry.source.id,
          reversesId: entry.reversesId ?? null,
          evidence: entry.evidence ?? {},
        })),
      )
      .onConflictDoNothing({ target: [ledgerTransactions.workspaceId, ledgerTransactions.key] })
      .returning({ id: ledgerTransactions.id, key: ledgerTransactions.key });
    for (const row of rows) inserted.set(row.key, row.id);
    const fresh = part.filter((entry) => inserted.has(entry.key));
    const postings = fresh.flatMap((entry) =>
      entry.lines.map((line, index) => ({
        workspaceId: ctx.workspaceId,
        transactionId: inserted.get(entry.key) ?? '',
        line: index,
        accountId: accountIds.get(accountKey(line)) ?? '',
        amount: line.amount,
        currency: line.currency,
      })),
    );
    if (postings.length > 0) await tx.insert(ledgerPostings).values(postings);
    const before = part.filter((entry) => !inserted.has(entry.key)).map((entry) => entry.key);
    for (const [key, value] of await readBooked(tx, ctx, before)) known.set(key, value);
  }
  return entries.map((entry) => {
    const fresh = inserted.get(entry.key);
    const booked = known.get(entry.key);
    const signature = booked?.signature ?? signatureOf(first.get(entry.key) ?? entry);
    const differs = signature !== signatureOf(entry);
    if (differs) {
      log().error({ key: entry.key, workspaceId: ctx.workspaceId }, 'ledger key reused with different lines');
    }
    if (differs && options.onDifference !== 'keep') {
      throw new AppError('conflict', fact('ledger.errors.otherAmount'), { details: { key: entry.key } });
    }
    return {
      id: fresh ?? booked?.id ?? '',
      created: fresh !== undefined && first.get(entry.key) === entry,
      differs,
    };
  });
}

function assertBalanced(entry: NewTransaction): void {
  if (entry.lines.length < 2)
    throw new RangeError(`Ledger transaction ${entry.key} needs at least two lines`);
  const sums = new Map<string, number>();
  for (const { amount, currency } of entry.lines) {
    if (!Number.isSafeInteger(amount) || amount === 0)
      throw new RangeError(`Ledger transaction ${entry.key} has a line that is not a whole amount`);
    currencyDigits(currency);
    sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  for (const sum of sums.values())
    if (sum !== 0) throw new RangeError(`Ledger transaction ${entry.key} is not balanced`);
}

const accountKey = (line: Pick<Line, 'account' | 'currency' | 'subjectId'>): string =>
  JSON.stringify([line.account, line.currency, line.subjectId]);

const signatureOf = (entry: NewTransaction): string =>
  [entry.kind, ...entry.lines.map((line) => `${accountKey(line)}${line.amount}`).sort()].join('\n');

/** Finds or opens every account that the entries post to. */
async function ensureAccounts(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  entries: readonly NewTransaction[],
): Promise<Map<string, string>> {
  const wanted = new Map(
    entries.flatMap((entry) => entry.lines).map((line) => [accountKey(line), line] as const),
  );
  // Sorted, so that two transactions that open the same accounts cannot deadlock.
  const rows = [...wanted.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  await tx
    .insert(ledgerAccounts)
    .values(
      rows.map((line) => ({
        id: newId('account'),
        workspaceId: ctx.workspaceId,
        code: line.account,
        kind: CHART[line.account],
        currency: line.currency,
        subjectId: line.subjectId,
      })),
    )
    .onConflictDoNothing();
  const found = await tx
    .select()
    .from(ledgerAccounts)
    .where(
      and(
        eq(ledgerAccounts.workspaceId, ctx.workspaceId),
        inArray(ledgerAccounts.subjectId, [...new Set(rows.map((line) => line.subjectId))]),
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
  const byKey = new Map<string, { id: string; kind: string; lines: string[] }>();
  for (const row of rows) {
    const entry = byKey.get(row.key) ?? { id: row.transactionId, kind: row.kind, lines: [] };
    entry.lines.push(`${JSON.stringify([row.account, row.currency, row.subjectId])}${row.amount}`);
    byKey.set(row.key, entry);
  }
  return new Map(
    [...byKey].map(([key, entry]) => [
      key,
      { id: entry.id, signature: [entry.kind, ...entry.lines.sort()].join('\n') },
    ]),
  );
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = [];
  for (let i = 0; i < items.length; i += size) out.push(items.slice(i, i + size));
  return out;
}
