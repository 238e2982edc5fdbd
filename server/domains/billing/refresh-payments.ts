import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { subscriptions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import {
  type BilledAmount,
  chargesGivenBack,
  postSubscriptionCredit,
  settleSubscription,
} from '../ledger/settle-subscription';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { type CustomerPayments, type Named, paymentsOfCustomer } from './customer-payments';
import { alertDisputes } from './dispute-alert';
import { givenBack, openRefundsAndDisputes } from './given-back';
import { callStripe } from './reach-stripe';
import { isNewer, untilApplied } from './refresh-order';
import { moneyOfStripe } from './stripe-amount';
import type { StripeGateway } from './stripe-gateway';
import type { InvoiceOfEvent } from './stripe-wire';

/** The objects that triggered the refresh, which Stripe's lists may not contain yet. */
export interface NamedByEvent extends Named {
  /** A paid invoice as the event has it. Used only if Stripe does not return the invoice. */
  paid?: InvoiceOfEvent;
}

/**
 * Asks Stripe what a customer paid for the plan and what was given back, by refund, credit note or dispute, and brings the ledger to that,
 * whatever event triggered this. Events may therefore be repeated, lost, late or out of order. Of two concurrent refreshes, the state that
 * was requested later is applied last (`paymentsAt`). The plan follows the subscription only: money that is given back does not end it.
 */
export async function refreshPayments(
  ctx: Ctx,
  gateway: StripeGateway,
  customer: string,
  named: NamedByEvent = {},
): Promise<void> {
  const before = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => chargesGivenBack(tx, ctx));
  const charges = [...new Set([...before, ...(named.charges ?? [])])];
  await untilApplied(async () => {
    const askedAt = ctx.clock.now();
    const payments = await callStripe(() => paymentsOfCustomer(gateway, customer, { ...named, charges }));
    const { paid } = named;
    if (paid && !payments.invoices.some(({ id }) => id === paid.id)) payments.invoices.push(paid);
    const applied = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      apply(tx, ctx, { customer, payments, askedAt }),
    );
    return applied || null;
  });
}

/** Applies the payments in one transaction. Returns false if the row already has a state that was requested later. */
async function apply(
  tx: Tx,
  ctx: Ctx,
  { customer, payments, askedAt }: { customer: string; payments: CustomerPayments; askedAt: Date },
): Promise<boolean> {
  const workspace = await lockWorkspace(tx, ctx.workspaceId);
  const [known] = await tx.select().from(subscriptions).where(eq(subscriptions.workspaceId, ctx.workspaceId));
  const current = known?.customerId === customer;
  if (current && isNewer(known.paymentsAt, askedAt, ctx.clock.now())) return false;
  await settleSubscription(tx, ctx, {
    provider: 'stripe',
    plan: workspace.plan === 'free' && known ? known.plan : workspace.plan,
    amounts: amountsOf(payments),
  });
  await postSubscriptionCredit(tx, ctx, {
    provider: 'stripe',
    changes: payments.balance.map(({ id, amount, currency, created, type, invoice, credit_note }) => ({
      object: id,
      // A negative amount is credit.
      credit: moneyOfStripe(-amount, currency),
      at: created,
      invoiceId: invoice ?? payments.creditNotes.find((note) => note.id === credit_note)?.invoice ?? null,
      evidence: { type, ...(credit_note ? { creditNote: credit_note } : {}) },
    })),
  });
  await alertDisputes(tx, ctx, payments, { resolves: current, zone: workspace.timeZone });
  if (current)
    await tx
      .update(subscriptions)
      .set({ paymentsAt: askedAt, openRefundsAndDisputes: openRefundsAndDisputes(payments) })
      .where(eq(subscriptions.workspaceId, ctx.workspaceId));
  return true;
}

function amountsOf(payments: CustomerPayments): BilledAmount[] {
  const paid = new Map(
    payments.invoices.map(({ id, amount_paid, currency }) => [id, moneyOfStripe(amount_paid, currency)]),
  );
  return [
    ...payments.invoices.map(
      ({ id, amount_paid, currency, created, status_transitions }): BilledAmount => ({
        what: 'payment',
        object: id,
        invoiceId: id,
        total: moneyOfStripe(amount_paid, currency),
        at: status_transitions?.paid_at ?? created,
      }),
    ),
    ...givenBack(payments, paid).map(
      ({ what, object, invoiceId, amount, at, takenBackAt, status, charge, fee }): BilledAmount => ({
        what,
        object,
        invoiceId,
        total: amount,
        at,
        takenBackAt,
        evidence: { status, ...(charge ? { charge } : {}), ...(fee ? { fee } : {}) },
      }),
    ),
  ];
}
