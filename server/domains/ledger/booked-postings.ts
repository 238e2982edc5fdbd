import { and, eq, type SQL } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerAccounts, ledgerPostings, ledgerTransactions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';

/** Reads the workspace's postings that match, each with its account and transaction. The caller orders them if that matters. */
export const bookedPostings = (tx: Tx, ctx: Pick<Ctx, 'workspaceId'>, where: SQL | undefined) =>
  tx
    .select({
      transactionId: ledgerTransactions.id,
      key: ledgerTransactions.key,
      kind: ledgerTransactions.kind,
      occurredAt: ledgerTransactions.occurredAt,
      description: ledgerTransactions.description,
      sourceType: ledgerTransactions.sourceType,
      sourceId: ledgerTransactions.sourceId,
      evidence: ledgerTransactions.evidence,
      line: ledgerPostings.line,
      account: ledgerAccounts.code,
      accountKind: ledgerAccounts.kind,
      subjectId: ledgerAccounts.subjectId,
      amount: ledgerPostings.amount,
      currency: ledgerPostings.currency,
    })
    .from(ledgerTransactions)
    .innerJoin(ledgerPostings, eq(ledgerPostings.transactionId, ledgerTransactions.id))
    .innerJoin(ledgerAccounts, eq(ledgerAccounts.id, ledgerPostings.accountId))
    .where(and(eq(ledgerTransactions.workspaceId, ctx.workspaceId), where));
