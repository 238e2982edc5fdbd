import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { APPROVAL_LISTS, approvals, publications } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { isStillOnTime } from '../due/classify-late';
import type { MoveContext } from '../planning/move-pending';
import { lockPublication } from '../publications/lock-publication';
import { STEPS, type StepName } from '../publications/transitions';
import { resolveDue } from '../scheduling/resolve-due';

/**
 * For `movePending`: moves one publication to now by `step`. With `lock`, locks its row and throws `conflict` if it is not as the user saw
 * it. Throws `not_found`.
 */
export async function readMoveToNow(
  tx: Tx,
  ctx: Ctx,
  { id, version }: { id: string; version: number },
  step: StepName,
  { workspace, settings, lock }: MoveContext,
) {
  if (lock) await lockPublication(tx, ctx.workspaceId, id, version, step);
  const [row] = await tx
    .select()
    .from(publications)
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, id)));
  if (!row) throw notFound('publication');
  const now = ctx.clock.now();
  const due = resolveDue(null, workspace.timeZone, now);
  const onlyLate = isStillOnTime(row, settings, now) && !(await isUndecided(tx, ctx, row));
  return { row, due, moves: [{ row, due, onlyLate }] };
}

/** Whether nobody has approved it: a post that was awaiting approval in a backup, and that a restore asks about. */
async function isUndecided(
  tx: Tx,
  ctx: Ctx,
  { state, approvalId }: typeof publications.$inferSelect,
): Promise<boolean> {
  if (state !== STEPS.doubtRestored.to || !approvalId) return false;
  const [found] = await tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(
      and(
        eq(approvals.workspaceId, ctx.workspaceId),
        eq(approvals.id, approvalId),
        inArray(approvals.state, APPROVAL_LISTS.replaceable),
      ),
    );
  return found !== undefined;
}
