import { and, asc, eq, sql } from 'drizzle-orm';
import { actions } from '@/db/schema';
import { listApprovals } from '../approvals/queries';
import type { Approval } from '../approvals/schemas';
import type { Ctx } from '../context';
import type { Action } from './schemas';

export function toAction({
  workspaceId: _,
  doneBy: __,
  doneAt: ___,
  ...action
}: typeof actions.$inferSelect): Action {
  return action;
}

/** Everything that waits for a person: approvals and actions, the most urgent first. */
export async function listTodo({
  ctx,
}: {
  ctx: Ctx;
}): Promise<{ approvals: Approval[]; actions: Action[]; count: number }> {
  const approvals = await listApprovals({ ctx, input: {} });
  const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(actions)
      .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.state, 'open')))
      .orderBy(sql`${actions.deadlineAt} asc nulls last`, asc(actions.createdAt), asc(actions.id))
      .limit(200),
  );
  return { approvals, actions: rows.map(toAction), count: approvals.length + rows.length };
}
