import { isDeepStrictEqual } from 'node:util';
import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { type NewAlert, raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import type { Recognized } from './plan-of-subscription';

export const BILLING_PAGE = '/settings/billing';

/** Raises an alert about a failed payment until all are paid. */
export async function notePaymentTrouble(tx: Tx, ctx: Ctx, live: Recognized[]): Promise<void> {
  const key = 'billing:payment';
  const has = (status: string) => live.some(({ remote }) => remote.status === status);
  if (!has('past_due') && !has('unpaid')) return resolveAlert(tx, ctx, key);
  await raiseAnew(tx, ctx, {
    key,
    severity: 'serious',
    title: fact('billing.alerts.payment.title'),
    body: fact(has('unpaid') ? 'billing.alerts.payment.lastTry' : 'billing.alerts.payment.triedAgain'),
    href: BILLING_PAGE,
  });
}

/**
 * Raises an alert about more than one subscription until one is left. Only the user knows which one is wanted, so none is cancelled here.
 */
export async function alertSeveralSubscriptions(tx: Tx, ctx: Ctx, live: Recognized[]): Promise<void> {
  const key = 'billing:several';
  if (live.length < 2) return resolveAlert(tx, ctx, key);
  const list = live.map(({ remote: { id, status }, plan }) =>
    fact('billing.alerts.several.subscription', { plan: plan ?? 'none', status, id }),
  );
  await raiseAnew(tx, ctx, {
    key,
    severity: 'serious',
    title: fact('billing.alerts.several.title', { count: live.length }),
    body: fact('billing.alerts.several.body', { subscriptions: { list } }),
    href: BILLING_PAGE,
  });
}

/** Raises an alert about a subscription with an unknown price or status until it is recognized. */
export async function alertUnclearSubscriptions(tx: Tx, ctx: Ctx, unclear: Recognized[]): Promise<void> {
  const key = 'billing:unclear';
  if (unclear.length === 0) return resolveAlert(tx, ctx, key);
  const list = unclear.map(({ remote: { id, status, items } }) => {
    const prices = items.data.map(({ price }) => price.id);
    return fact('billing.alerts.unclear.subscription', {
      id,
      status,
      count: prices.length,
      prices: { list: prices },
    });
  });
  const news = await raiseAnew(tx, ctx, {
    key,
    severity: 'warning',
    title: fact('billing.alerts.unclear.title'),
    body: fact('billing.alerts.unclear.body', { subscriptions: { list }, count: list.length }),
    href: BILLING_PAGE,
  });
  if (news)
    log().error(
      { workspaceId: ctx.workspaceId, subscriptions: unclear.map(({ remote }) => remote.id) },
      'a paid stripe subscription has an unknown price',
    );
}

/** Raises an alert that lists items. If the open alert lists others, replaces it. Returns whether the alert is new. */
export async function raiseAnew(tx: Tx, ctx: Ctx, alert: NewAlert): Promise<boolean> {
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
