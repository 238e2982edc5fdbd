import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { subscriptions, workspaces } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import type { Ctx } from '../context';
import { lockWorkspace } from './lock-workspace';
import { PLAN_TERMS, type Plan } from './plans';
import { reachStripe } from './reach-stripe';
import { planOfPrice, type StripeGateway, stripeGateway } from './stripe-gateway';
import { type SubscriptionAnswer, subscriptionAnswer } from './stripe-wire';

/** Statuses in which the plan may be used. `past_due` keeps it while Stripe tries the card again. */
const PAID = new Set(['active', 'trialing', 'past_due']);

/**
 * Asks Stripe what the subscription is now and applies that, whatever event made us look. So events may come twice, late or in
 * any order. Of two that look at once, the one that began to look later wins (`stateAt`).
 */
export async function refreshSubscription(
  ctx: Omit<Ctx, 'role'>,
  subscriptionId: string,
  gateway?: StripeGateway,
): Promise<Plan> {
  const stripe = gateway ?? (await stripeGateway());
  const askedAt = ctx.clock.now();
  const answer = await reachStripe(() => stripe.client.subscriptions.retrieve(subscriptionId));
  const remote = subscriptionAnswer.safeParse(answer);
  if (!remote.success)
    throw new AppError(
      'platform_failed',
      'The payment service answered in a way that we do not understand.',
      {
        cause: remote.error,
      },
    );
  return applySubscription({ ...ctx, role: 'owner' }, stripe, remote.data, askedAt);
}

async function applySubscription(
  ctx: Ctx,
  gateway: StripeGateway,
  remote: SubscriptionAnswer,
  askedAt: Date,
): Promise<Plan> {
  const item = remote.items.data[0];
  const bought = planOfPrice(gateway, item?.price.id);
  const plan: Plan = bought && PAID.has(remote.status) ? bought : 'free';
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const [known] = await tx
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.workspaceId, ctx.workspaceId));
    // Another customer's subscription, an older look, or the end of a subscription that was replaced: not ours to apply.
    if (!known || known.customerId !== remote.customer) return workspace.plan;
    if (known.stateAt && known.stateAt > askedAt) return workspace.plan;
    if (
      known.subscriptionId &&
      known.subscriptionId !== remote.id &&
      PAID.has(known.status) &&
      plan === 'free'
    )
      return workspace.plan;

    await tx
      .update(subscriptions)
      .set({
        subscriptionId: remote.id,
        plan: bought ?? 'free',
        status: remote.status,
        currentPeriodEnd: item?.current_period_end ?? null,
        cancelAtPeriodEnd: remote.cancel_at_period_end,
        stateAt: askedAt,
      })
      .where(eq(subscriptions.workspaceId, ctx.workspaceId));
    await notePaymentTrouble(ctx, tx, remote.status);
    if (workspace.plan !== plan) {
      await tx.update(workspaces).set({ plan }).where(eq(workspaces.id, ctx.workspaceId));
      await recordActivity(tx, ctx, {
        verb: 'plan.changed',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: `The plan is now ${PLAN_TERMS[plan].name} (it was ${PLAN_TERMS[workspace.plan].name})`,
      });
    } else if (known.cancelAtPeriodEnd !== remote.cancel_at_period_end) {
      await recordActivity(tx, ctx, {
        verb: remote.cancel_at_period_end ? 'plan.cancelled' : 'plan.resumed',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        summary: remote.cancel_at_period_end
          ? 'The subscription ends when the paid time is over'
          : 'The subscription goes on',
      });
    }
    return plan;
  });
}

async function notePaymentTrouble(ctx: Ctx, tx: Tx, status: string): Promise<void> {
  const key = 'billing:payment';
  if (status !== 'past_due' && status !== 'unpaid') return resolveAlert(tx, ctx, key);
  await raiseAlert(tx, ctx, {
    key,
    severity: 'serious',
    title: 'The last payment did not go through',
    body: 'Your plan stays as it is while the card is tried again. Check the card to keep it.',
    href: '/settings/billing',
  });
}
