import type { Tx } from '@/db/client';
import { fact } from '@/server/foundation/facts';
import type { Money } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import type { Plan } from '../plans/plans';
import { subscriptionLines } from './lines';
import { type PostedTransaction, postTransaction } from './post-transaction';

/** Books a paid invoice of this workspace's plan, once per invoice. Returns null for an invoice of zero. */
export async function postSubscription(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  input: { provider: 'stripe'; invoiceId: string; plan: Plan; paid: Money; paidAt: Date },
): Promise<PostedTransaction | null> {
  if (input.paid.amount === 0) return null;
  return postTransaction(tx, ctx, {
    key: `subscription:${input.provider}:${input.invoiceId}`,
    kind: 'subscription',
    occurredAt: input.paidAt,
    description: fact('ledger.transactions.subscription', { plan: fact(`plans.names.${input.plan}`) }),
    source: { type: 'invoice', id: input.invoiceId },
    lines: subscriptionLines(input.paid),
    evidence: { provider: input.provider, invoiceId: input.invoiceId },
  });
}
