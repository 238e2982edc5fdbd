import { eq } from 'drizzle-orm';
import { workspaces } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { postSubscription } from '../ledger/post-subscription';
import { moneyOfStripe } from './stripe-amount';
import type { InvoiceOfEvent } from './stripe-wire';

/**
 * Books a paid invoice as one ledger transaction; a second delivery changes nothing. Payment problems show in the subscription's status.
 */
export async function recordInvoice(ctx: Ctx, invoice: InvoiceOfEvent, type: string): Promise<void> {
  const { id } = invoice;
  if (type !== 'invoice.paid' || invoice.amount_paid <= 0) return;
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [workspace] = await tx
      .select({ plan: workspaces.plan })
      .from(workspaces)
      .where(eq(workspaces.id, ctx.workspaceId));
    const paidAt = invoice.status_transitions?.paid_at ?? invoice.created;
    await postSubscription(tx, ctx, {
      provider: 'stripe',
      invoiceId: id,
      plan: workspace?.plan ?? 'free',
      paid: moneyOfStripe(invoice.amount_paid, invoice.currency),
      paidAt,
    });
  });
}
