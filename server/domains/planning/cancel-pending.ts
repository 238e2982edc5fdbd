import { and, eq, inArray, ne, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Tx } from '@/db/client';
import { APPROVAL_LISTS, approvals, PUBLICATION_LISTS, publications } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { askIfUncertain } from '../publications/ask-uncertain-outcome';
import { endAlerts } from '../publications/end-alerts';
import { STEPS } from '../publications/transitions';

/**
 * Cancels those of these publications that are pending, and withdraws approvals with nothing left to decide. Publications that are being
 * sent or published are left alone. Returns the cancelled ids. The caller holds the workspace's lock; approvals are locked before
 * publications.
 */
export async function cancelPending(tx: Tx, ctx: Ctx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const own = and(eq(publications.workspaceId, ctx.workspaceId), inArray(publications.id, [...ids]));
  const about = [
    ...new Set(
      (await tx.selectDistinct({ id: publications.approvalId }).from(publications).where(own)).flatMap(
        (row) => (row.id === null ? [] : [row.id]),
      ),
    ),
  ].sort();
  const decisions = and(eq(approvals.workspaceId, ctx.workspaceId), inArray(approvals.id, about));
  if (about.length > 0)
    await tx
      .select({ id: approvals.id })
      .from(approvals)
      .where(decisions)
      .orderBy(approvals.id)
      .for('update');
  await tx
    .select({ id: publications.id })
    .from(publications)
    .where(own)
    .orderBy(publications.id)
    .for('update');
  // A publication that may already be out is not cancelled; a member is asked instead.
  await askIfUncertain(tx, ctx, ids);
  const now = ctx.clock.now();
  const cancelled = await tx
    .update(publications)
    .set({
      state: STEPS.cancel.to,
      version: sql`${publications.version} + 1`,
      claimToken: null,
      claimedUntil: null,
      retryAt: null,
      updatedAt: now,
    })
    .where(and(own, inArray(publications.state, PUBLICATION_LISTS.waiting)))
    .returning({ id: publications.id });
  await endAlerts(
    tx,
    ctx,
    cancelled.map((row) => row.id),
  );
  if (about.length > 0) {
    const left = alias(publications, 'left_over');
    await tx
      .update(approvals)
      .set({ state: 'withdrawn', decidedAt: now })
      .where(
        and(
          decisions,
          inArray(approvals.state, APPROVAL_LISTS.undecided),
          notExists(
            tx
              .select({ one: sql`1` })
              .from(left)
              .where(and(eq(left.approvalId, approvals.id), ne(left.state, 'cancelled'))),
          ),
        ),
      );
  }
  return cancelled.map((row) => row.id);
}
