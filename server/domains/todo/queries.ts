import { and, asc, eq, sql } from 'drizzle-orm';
import { actions } from '@/db/schema';
import { defineVerb, nothing } from '@/server/verbs/define';
import { isKnownAction, kindOf } from '../actions/kinds';
import { listApprovals } from '../approvals/queries';
import { type Action, todoOutput } from './schemas';

export function toAction({
  workspaceId: _,
  doneBy: __,
  doneAt: ___,
  ...action
}: typeof actions.$inferSelect): Action {
  const { screen, mustAnswer, address } = kindOf(action);
  return {
    ...action,
    screen,
    dismissible: mustAnswer === null,
    address: address && {
      with: address.with,
      needed: action.choices.some(({ value }) => value === address.neededBeside),
    },
  };
}

/** Everything that waits for a person: approvals and actions, the most urgent first. */
export const listTodo = defineVerb({
  verb: 'todo.list',
  permission: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: todoOutput,
  run: async (ctx) => {
    const approvals = await listApprovals(ctx, {});
    const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select()
        .from(actions)
        .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.state, 'open'), isKnownAction()))
        .orderBy(sql`${actions.deadlineAt} asc nulls last`, asc(actions.createdAt), asc(actions.id))
        .limit(200),
    );
    return { approvals, actions: rows.map(toAction), count: approvals.length + rows.length };
  },
});
