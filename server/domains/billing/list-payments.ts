import { and, desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { ledgerAccounts, ledgerPostings, ledgerTransactions, subscriptions } from '@/db/schema';
import { defineVerb, nothing } from '@/server/verbs/define';
import { planPayment } from './schemas';

const MAX = 24;

/** Lists what was paid for the plan and what was given back, newest first, from the ledger. */
export const listPayments = defineVerb({
  verb: 'billing.payments',
  access: 'money.read',
  effect: 'read',
  input: nothing,
  output: z.array(planPayment),
  run: (ctx) =>
    ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [subscription] = await tx
        .select({ open: subscriptions.openRefundsAndDisputes })
        .from(subscriptions)
        .where(eq(subscriptions.workspaceId, ctx.workspaceId));
      const rows = await tx
        .select({
          id: ledgerTransactions.id,
          at: ledgerTransactions.occurredAt,
          description: ledgerTransactions.description,
          kind: ledgerTransactions.kind,
          evidence: ledgerTransactions.evidence,
          debit: ledgerPostings.amount,
          currency: ledgerPostings.currency,
        })
        .from(ledgerTransactions)
        .innerJoin(ledgerPostings, eq(ledgerPostings.transactionId, ledgerTransactions.id))
        .innerJoin(ledgerAccounts, eq(ledgerAccounts.id, ledgerPostings.accountId))
        .where(
          and(eq(ledgerTransactions.workspaceId, ctx.workspaceId), eq(ledgerAccounts.code, 'subscription')),
        )
        .orderBy(desc(ledgerTransactions.occurredAt), desc(ledgerTransactions.id))
        .limit(MAX);
      return rows.map(({ kind, evidence, debit, ...row }) => ({
        ...row,
        amount: -debit,
        open: (kind === 'refund' && subscription?.open[String(evidence.object)]) || null,
      }));
    }),
});
