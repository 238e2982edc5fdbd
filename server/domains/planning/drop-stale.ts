import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { publications, seriesOccurrences } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { STEPS } from '../publications/transitions';

/**
 * Cancels all overdue occurrences of a repeated post except the newest on each account. If the post is approved late, several of them have
 * passed with the same text, and only one should be published. Runs in the approving transaction, before late posts become due.
 */
export async function dropStaleOccurrences(tx: Tx, ctx: Ctx, approvalId: string, now: Date): Promise<void> {
  const late = await tx
    .select({ id: publications.id, connectionId: publications.connectionId })
    .from(publications)
    .innerJoin(seriesOccurrences, eq(seriesOccurrences.publicationId, publications.id))
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        eq(publications.approvalId, approvalId),
        inArray(publications.state, [...STEPS.approve.from]),
        lt(publications.dueAt, now),
      ),
    )
    .orderBy(asc(publications.dueAt), asc(publications.id));
  const newest = new Map(late.map((row) => [row.connectionId, row.id]));
  const stale = late.map((row) => row.id).filter((id) => ![...newest.values()].includes(id));
  if (stale.length === 0) return;
  await tx
    .update(publications)
    .set({
      state: STEPS.cancel.to,
      version: sql`${publications.version} + 1`,
      problem: fact('planning.problems.approvedLate'),
      updatedAt: now,
    })
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        inArray(publications.id, stale),
        inArray(publications.state, [...STEPS.approve.from]),
      ),
    );
}
