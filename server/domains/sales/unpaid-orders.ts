import { and, eq, gt, inArray, isNull, lte, notExists, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerTransactions, sales } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';

const DAY_MS = 86_400_000;
/** An order is asked for only while it is this young; a payment that has not arrived by then has another reason. */
const ASKED_FOR_MS = 60 * DAY_MS;
/** Most payments arrive within a day. */
const FIRST_ASKED_MS = DAY_MS;
const ASKED_AGAIN_MS = 2 * DAY_MS;
/** Number of orders per sync, because platforms limit the calls per day. */
const ASKED_PER_SYNC = 10;

/**
 * Returns some orders whose payment has not arrived and of which nothing was given back, those first that were asked for longest ago. A
 * platform that credits orders separately may cancel one before that without a word.
 */
export async function readUnpaidOrders(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  connectionId: string,
): Promise<string[]> {
  const now = ctx.clock.now().getTime();
  const rows = await tx
    .select({ order: sales.remoteOrderId })
    .from(sales)
    .where(
      and(
        eq(sales.workspaceId, ctx.workspaceId),
        eq(sales.connectionId, connectionId),
        eq(sales.credited, 'separately'),
        gt(sales.soldAt, new Date(now - ASKED_FOR_MS)),
        lte(sales.soldAt, new Date(now - FIRST_ASKED_MS)),
        or(isNull(sales.paymentAskedAt), lte(sales.paymentAskedAt, new Date(now - ASKED_AGAIN_MS))),
        // A free order has no payment.
        sql`${sales.gross} + ${sales.shipping} + ${sales.tax} > 0`,
        notExists(
          tx
            .select({ id: ledgerTransactions.id })
            .from(ledgerTransactions)
            .where(
              and(
                eq(ledgerTransactions.workspaceId, ctx.workspaceId),
                eq(ledgerTransactions.sourceType, 'order'),
                eq(ledgerTransactions.sourceId, sql`${sales.connectionId} || ':' || ${sales.remoteOrderId}`),
                inArray(ledgerTransactions.kind, ['payment', 'refund']),
              ),
            ),
        ),
      ),
    )
    .groupBy(sales.remoteOrderId)
    .orderBy(sql`min(${sales.paymentAskedAt}) nulls first`, sql`min(${sales.soldAt})`, sales.remoteOrderId)
    .limit(ASKED_PER_SYNC);
  return rows.map(({ order }) => order);
}

/** Records that the platform was asked for the payments of orders. */
export async function markAsked(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  connectionId: string,
  orders: readonly string[],
): Promise<void> {
  if (orders.length === 0) return;
  await tx
    .update(sales)
    .set({ paymentAskedAt: ctx.clock.now() })
    .where(
      and(
        eq(sales.workspaceId, ctx.workspaceId),
        eq(sales.connectionId, connectionId),
        inArray(sales.remoteOrderId, [...orders]),
      ),
    );
}
