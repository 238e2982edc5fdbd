import { desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { ledgerAccounts, ledgerTransactions, subscriptions } from '@/db/schema';
import { defineVerb, nothing } from '@/server/verbs/define';
import { bookedPostings } from '../ledger/booked-postings';
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
      const rows = await bookedPostings(tx, ctx, eq(ledgerAccounts.code, 'subscription'))
        .orderBy(desc(ledgerTransactions.occurredAt), desc(ledgerTransactions.id))
        .limit(MAX);
      return rows.map(({ transactionId, occurredAt, description, kind, evidence, amount, currency }) => ({
        id: transactionId,
        at: occurredAt,
        description,
        currency,
        amount: -amount,
        open: (kind === 'refund' && subscription?.open[String(evidence.object)]) || null,
      }));
    }),
});
