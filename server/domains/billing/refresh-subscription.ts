import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { subscriptions, workspaces } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import type { Plan } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { classifySubscriptions } from './classify-subscriptions';
import { findSubscription } from './customer';
import { readSubscription, subscriptionsOfCustomer } from './customer-subscriptions';
import { recognize } from './plan-of-subscription';
import { callStripe } from './reach-stripe';
import { isNewer, untilApplied } from './refresh-order';
import { type StripeGateway, stripeGateway } from './stripe-gateway';
import type { SubscriptionAnswer } from './stripe-wire';
import {
  alertSeveralSubscriptions,
  alertUnclearSubscriptions,
  notePaymentTrouble,
} from './subscription-alerts';

/**
 * Queries Stripe for the current state of all of the customer's subscriptions and applies it, whatever event triggered this. Events may
 * therefore be repeated, late or out of order. Of two concurrent refreshes, the state that was requested later is applied last
 * (`stateAt`). `subscriptionId` is the subscription that triggered the refresh; it is retrieved separately if Stripe's list does not include
 * it yet.
 */
export async function refreshSubscription(
  ctx: Ctx,
  subscriptionId: string | null,
  gateway?: StripeGateway,
): Promise<Plan> {
  const stripe = gateway ?? (await stripeGateway());
  return untilApplied(async () => {
    const askedAt = ctx.clock.now();
    const row = await findSubscription(ctx);
    const all = await callStripe(async () => {
      const listed = row ? await subscriptionsOfCustomer(stripe, row.customerId) : [];
      if (!subscriptionId || listed.some(({ id }) => id === subscriptionId)) return listed;
      const one = readSubscription(await stripe.client.subscriptions.retrieve(subscriptionId));
      return one.customer === row?.customerId ? [one, ...listed] : listed;
    });
    return applySubscriptions(ctx, stripe, { customerId: row?.customerId ?? null, all, askedAt });
  });
}

/**
 * Applies all subscriptions of a customer, as listed by Stripe at `askedAt`. Returns the workspace's plan, or null if nothing was applied,
 * because the workspace has another customer by now or the row already has a state that was requested later.
 */
export async function applySubscriptions(
  ctx: Ctx,
  gateway: StripeGateway,
  seen: { customerId: string | null; all: SubscriptionAnswer[]; askedAt: Date },
): Promise<Plan | null> {
  const before = await findSubscription(ctx);
  const recognized = await callStripe(() =>
    Promise.all(seen.all.map((remote) => recognize(gateway, remote, before))),
  );
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const [known] = await tx
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.workspaceId, ctx.workspaceId));
    if (!known) return workspace.plan;
    if (known.customerId !== seen.customerId) return null;
    if (isNewer(known.stateAt, seen.askedAt, ctx.clock.now())) return null;
    // Nothing was bought yet: the plan did not come from a payment, so a missing payment does not lower it.
    if (seen.all.length === 0 && !known.subscriptionId && known.plan === 'free') return workspace.plan;

    const { plan, main, live, unclear } = classifySubscriptions(
      recognized,
      workspace.plan,
      known.subscriptionId,
    );
    const cancelAtPeriodEnd = main?.remote.cancel_at_period_end ?? false;
    const items = main?.remote.items.data ?? [];
    await tx
      .update(subscriptions)
      .set({
        ...(main ? { subscriptionId: main.remote.id } : {}),
        ...(main?.plan ? { plan: main.plan, priceId: main.item?.price.id ?? null } : {}),
        status: main?.remote.status ?? 'canceled',
        currentPeriodEnd: (main?.item ?? items[0])?.current_period_end ?? null,
        cancelAtPeriodEnd,
        stateAt: seen.askedAt,
      })
      .where(eq(subscriptions.workspaceId, ctx.workspaceId));
    await notePaymentTrouble(tx, ctx, live);
    await alertSeveralSubscriptions(tx, ctx, live);
    await alertUnclearSubscriptions(tx, ctx, unclear);
    await notePlan(tx, ctx, { plan, before: workspace.plan });
    if (workspace.plan === plan && known.cancelAtPeriodEnd !== cancelAtPeriodEnd)
      await recordActivity(tx, ctx, {
        verb: cancelAtPeriodEnd ? 'plan.cancelled' : 'plan.resumed',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: fact(cancelAtPeriodEnd ? 'billing.activity.ends' : 'billing.activity.goesOn'),
        before: { cancelAtPeriodEnd: known.cancelAtPeriodEnd },
        after: { cancelAtPeriodEnd },
      });
    return plan;
  });
}

async function notePlan(tx: Tx, ctx: Ctx, { plan, before }: { plan: Plan; before: Plan }): Promise<void> {
  if (plan === before) return;
  await tx.update(workspaces).set({ plan }).where(eq(workspaces.id, ctx.workspaceId));
  await recordActivity(tx, ctx, {
    verb: 'plan.changed',
    subjectType: 'workspace',
    subjectId: ctx.workspaceId,
    summary: fact('billing.activity.planChanged', {
      plan: fact(`plans.names.${plan}`),
      before: fact(`plans.names.${before}`),
    }),
    before: { plan: before },
    after: { plan },
  });
}
