import { eq } from 'drizzle-orm';
import type Stripe from 'stripe';
import { workspaces } from '@/db/schema';
import { money } from '@/server/foundation/money';
import type { Ctx } from '../context';
import { postSubscription } from '../ledger/post-subscription';
import { PLAN_TERMS } from './plans';

/** Books what a paid invoice cost as one ledger transaction; a second delivery changes nothing. Trouble is told by the subscription's status. */
export async function recordInvoice(ctx: Ctx, invoice: Stripe.Invoice, type: string): Promise<void> {
  const { id } = invoice;
  if (type !== 'invoice.paid' || !id || invoice.amount_paid <= 0) return;
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [workspace] = await tx
      .select({ plan: workspaces.plan })
      .from(workspaces)
      .where(eq(workspaces.id, ctx.workspaceId));
    const paidAt = invoice.status_transitions?.paid_at ?? invoice.created;
    await postSubscription(tx, ctx, {
      provider: 'stripe',
      invoiceId: id,
      plan: PLAN_TERMS[workspace?.plan ?? 'free'].name,
      paid: money(invoice.amount_paid, invoice.currency.toUpperCase()),
      paidAt: new Date(paidAt * 1000),
    });
  });
}
