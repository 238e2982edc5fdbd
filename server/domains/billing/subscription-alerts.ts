import { isDeepStrictEqual } from 'node:util';
import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import { plain } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { type NewAlert, raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { PLAN_TERMS } from '../plans/plans';
import type { Recognised } from './plan-of-subscription';

const BILLING = '/settings/billing';

/** Tells of a payment that did not go through, until all are paid. */
export async function notePaymentTrouble(tx: Tx, ctx: Ctx, live: Recognised[]): Promise<void> {
  const key = 'billing:payment';
  const has = (status: string) => live.some(({ remote }) => remote.status === status);
  if (!has('past_due') && !has('unpaid')) return resolveAlert(tx, ctx, key);
  await raiseAnew(tx, ctx, {
    key,
    severity: 'serious',
    title: plain('The last payment did not go through'),
    body: plain(
      has('unpaid')
        ? 'The card was tried for the last time. Check the card and pay the open invoice under "Invoices and card" to get the plan back.'
        : 'Your plan stays as it is while the card is tried again. Check the card to keep it.',
    ),
    href: BILLING,
  });
}

/** Tells of more than one subscription, until one is left. Which of them is wanted only a person knows, so none is cancelled here. */
export async function noteSeveral(tx: Tx, ctx: Ctx, live: Recognised[]): Promise<void> {
  const key = 'billing:several';
  if (live.length < 2) return resolveAlert(tx, ctx, key);
  const names = live.map(({ remote, plan }) => {
    const name = plan ? PLAN_TERMS[plan].name : 'of another price';
    return `${name} (${remote.status.replaceAll('_', ' ')}, ${remote.id})`;
  });
  await raiseAnew(tx, ctx, {
    key,
    severity: 'serious',
    title: plain(`You pay for ${live.length} subscriptions`),
    body: plain(
      `Stripe has these for your workspace: ${names.join('; ')}. One is enough. Choose "Invoices and card" under Settings, Billing and cancel the others there; ask for a refund of what was paid twice. We cancel none of them by ourselves.`,
    ),
    href: BILLING,
  });
}

/** Tells of a subscription whose price or status we do not know, until we do. */
export async function noteUnclear(tx: Tx, ctx: Ctx, unclear: Recognised[]): Promise<void> {
  const key = 'billing:unclear';
  if (unclear.length === 0) return resolveAlert(tx, ctx, key);
  const names = unclear.map(({ remote }) => {
    const prices = remote.items.data.map(({ price }) => price.id).join(', ');
    return `${remote.id} (${remote.status.replaceAll('_', ' ')}, price ${prices || 'none'})`;
  });
  const news = await raiseAnew(tx, ctx, {
    key,
    severity: 'warning',
    title: plain('We do not know which plan your subscription is for'),
    body: plain(
      `Your plan stays as it is. For whoever runs this installation: ${names.join('; ')} is of no price that stands for a plan here. Give the price at Stripe the metadata tributary_plan, pro or agency, or name it in STRIPE_PRICE_PRO or STRIPE_PRICE_AGENCY.`,
    ),
    href: BILLING,
  });
  if (news)
    log().error(
      { workspaceId: ctx.workspaceId, subscriptions: unclear.map(({ remote }) => remote.id) },
      'a paid stripe subscription is of no price that we know',
    );
}

/** Raises an alert that names things: when it would name others than the open one does, it takes that one's place. */
async function raiseAnew(tx: Tx, ctx: Ctx, alert: NewAlert): Promise<boolean> {
  const [open] = await tx
    .select({ body: alerts.body })
    .from(alerts)
    .where(
      and(eq(alerts.workspaceId, ctx.workspaceId), eq(alerts.key, alert.key), eq(alerts.resolved, false)),
    );
  if (open && isDeepStrictEqual(open.body, alert.body)) return false;
  if (open) await resolveAlert(tx, ctx, alert.key);
  return raiseAlert(tx, ctx, alert);
}
