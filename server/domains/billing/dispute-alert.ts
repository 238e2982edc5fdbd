import type { Tx } from '@/db/client';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { resolveAlert } from '../alerts/resolve-alert';
import type { CustomerPayments } from './customer-payments';
import { answerBy, isOpenDispute } from './given-back';
import { moneyOfStripe } from './stripe-amount';
import { BILLING_PAGE, raiseAnew } from './subscription-alerts';

/**
 * Raises an alert about payments that the cardholder's bank disputes, until all are decided. The owner can ask the bank to withdraw a
 * dispute; whoever operates the installation answers it in Stripe, so it is logged as well.
 */
export async function alertDisputes(
  tx: Tx,
  ctx: Ctx,
  payments: CustomerPayments,
  { resolves, zone }: { resolves: boolean; zone: string },
): Promise<void> {
  const key = 'billing:dispute';
  const open = payments.charges.flatMap(({ disputes }) => disputes).filter(isOpenDispute);
  if (open.length === 0) return resolves ? resolveAlert(tx, ctx, key) : undefined;
  const list = open.map(({ amount, currency, created }) =>
    fact('billing.alerts.dispute.payment', {
      amount: moneyOfStripe(amount, currency),
      day: { instant: created.toISOString(), show: 'day', zone },
    }),
  );
  const about = {
    payments: { list },
    count: open.length,
    ids: { list: open.map(({ id }) => id) },
  };
  const [by] = open.flatMap((dispute) => answerBy(dispute) ?? []).sort((a, b) => a.getTime() - b.getTime());
  const news = await raiseAnew(tx, ctx, {
    key,
    severity: 'serious',
    title: fact('billing.alerts.dispute.title', {
      count: open.length,
      amounts: { list: open.map(({ amount, currency }) => moneyOfStripe(amount, currency)) },
    }),
    body: by
      ? fact('billing.alerts.dispute.bodyBy', { ...about, by: { instant: by.toISOString(), zone } })
      : fact('billing.alerts.dispute.body', about),
    href: BILLING_PAGE,
  });
  if (news)
    for (const { id, status, evidence_details } of open)
      log().warn(
        { workspaceId: ctx.workspaceId, dispute: id, status, answerBy: evidence_details?.due_by ?? null },
        'a payment for a plan is disputed; answer it in stripe',
      );
}
