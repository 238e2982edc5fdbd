import { and, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerAccounts, ledgerTransactions } from '@/db/schema';
import type { RemoteRefund } from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';
import type { Money } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import { bookedPostings } from '../ledger/booked-postings';
import { type NewTransaction, postTransactions } from '../ledger/post-transaction';
import { type PlatformSide, refundPostings } from '../ledger/postings';
import { convertOrders } from './convert-orders';
import { refundAmounts, refundParts } from './divide-refunds';
import { orderSource, readOrders } from './read-orders';
import { negated, type StatementLine } from './statement-lines';

/** Rows per statement, because the number of parameters is limited. */
const BATCH = 1000;

/** Books refunds, each divided into the parts of its order as far as that is known. */
export async function postRefunds(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  refunds: readonly RemoteRefund[],
  sideOf: (line: Omit<StatementLine, 'transaction'>) => { at: PlatformSide; key: string } | null,
): Promise<{ created: number; differences: string[] }> {
  if (refunds.length === 0) return { created: 0, differences: [] };
  const differences: string[] = [];
  const keyOf = (refund: RemoteRefund) => `refund:${connectionId}:${refund.remoteId}`;
  const booked = await bookedChanges(tx, ctx, refunds.map(keyOf));
  const fresh = refunds.filter((refund) => {
    const before = booked.get(keyOf(refund));
    if (!before) return true;
    // The parts can be booked differently, for example if the order was not known then; the total cannot.
    if (before.amount !== -refund.amount.amount || before.currency !== refund.amount.currency)
      differences.push(keyOf(refund));
    return false;
  });
  const sorted = [...fresh].sort((a, b) => a.refundedAt.getTime() - b.refundedAt.getTime());
  const orders = [...new Set(sorted.map((refund) => refund.remoteOrderId))];
  const transactions: NewTransaction[] = [];
  for (let i = 0; i < orders.length; i += BATCH) {
    const known = await readOrders(tx, ctx, connectionId, orders.slice(i, i + BATCH));
    await convertOrders(tx, ctx, connectionId, known.values());
    const before = new Map<string, ReturnType<typeof refundAmounts>[]>();
    for (const refund of sorted) {
      const order = known.get(refund.remoteOrderId);
      if (!order) continue;
      const side = sideOf({
        remoteId: refund.remoteId,
        change: negated(refund.amount),
        meaning: 'refund',
        remoteOrderId: refund.remoteOrderId,
      });
      if (!side) continue;
      const { amount, currency } = refund.amount;
      const group = `${currency} ${refund.remoteOrderId}`;
      const earlier = before.get(group) ?? [];
      const parts = refund.parts ?? refundParts(order, amount, currency, earlier);
      if (parts) before.set(group, [...earlier, refundAmounts(amount, parts)]);
      transactions.push({
        key: side.key,
        kind: 'refund',
        occurredAt: refund.refundedAt,
        description:
          amount < 0
            ? fact('sales.ledger.refundBack', { order: refund.remoteOrderId })
            : fact('sales.ledger.refund', { order: refund.remoteOrderId }),
        source: orderSource(connectionId, refund.remoteOrderId),
        postings: refundPostings(
          connectionId,
          refund.amount,
          parts ?? undefined,
          refund.beforePayment ? 'unsettled_orders' : side.at,
        ),
        evidence: {
          remoteRefundId: refund.remoteId,
          remoteOrderId: refund.remoteOrderId,
          ...(parts ? { divided: true } : {}),
        },
      });
    }
  }
  const posted = await postTransactions(tx, ctx, transactions, { onDifference: 'keep' });
  return { created: posted.filter((p) => p.created).length, differences };
}

/** Returns what booked transactions changed on the platform's side, by key. */
async function bookedChanges(tx: Tx, ctx: Ctx, keys: readonly string[]): Promise<Map<string, Money>> {
  const found = new Map<string, Money>();
  for (let i = 0; i < keys.length; i += BATCH) {
    const rows = await bookedPostings(
      tx,
      ctx,
      and(
        inArray(ledgerTransactions.key, keys.slice(i, i + BATCH)),
        inArray(ledgerAccounts.code, ['platform_balance', 'unsettled_orders']),
      ),
    );
    for (const { key, amount, currency } of rows) found.set(key, { amount, currency });
  }
  return found;
}
