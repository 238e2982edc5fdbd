import { and, asc, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerPostings, ledgerTransactions } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { AccountCode } from './accounts';
import { bookedPostings } from './booked-postings';
import { type PostedTransaction, postTransaction } from './post-transaction';

/**
 * Reverses a transaction with one of the opposite sign, inside the caller's transaction. Reversing it again changes nothing; a reversal
 * itself cannot be reversed. `occurredAt` is the present by default.
 */
export async function reverseTransaction(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  input: { transactionId: string; reason: string | Fact; occurredAt?: Date },
): Promise<PostedTransaction> {
  const [original] = await tx
    .select()
    .from(ledgerTransactions)
    .where(
      and(
        eq(ledgerTransactions.workspaceId, ctx.workspaceId),
        eq(ledgerTransactions.id, input.transactionId),
      ),
    );
  if (!original) throw notFound('transaction');
  if (original.kind === 'reversal') throw new AppError('invalid', fact('ledger.errors.reversalOfReversal'));
  const postings = await bookedPostings(tx, ctx, eq(ledgerTransactions.id, original.id)).orderBy(
    asc(ledgerPostings.line),
  );
  return postTransaction(tx, ctx, {
    key: `reversal:${original.id}`,
    kind: 'reversal',
    occurredAt: input.occurredAt ?? ctx.clock.now(),
    description: fact('ledger.transactions.reversal', { what: original.description, reason: input.reason }),
    source: { type: original.sourceType, id: original.sourceId },
    reversesId: original.id,
    evidence: { reason: input.reason },
    postings: postings.map(({ account, subjectId, amount, currency }) => ({
      account: account as AccountCode,
      subjectId,
      amount: -amount,
      currency,
    })),
  });
}
