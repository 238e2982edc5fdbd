import { and, eq } from 'drizzle-orm';
import { actions } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { actorKey, requirePermission } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { isActionKind, kindOf } from '../actions/kinds';
import { recordActivity } from '../activity/record-activity';
import { toAction } from './queries';
import { actionIdInput, actionOutput } from './schemas';

/** Dismisses an action without an answer, if its kind allows that. */
export const dismissAction = defineVerb({
  verb: 'todo.dismiss',
  access: 'actions.complete',
  effect: 'change',
  input: actionIdInput,
  output: actionOutput,
  run: async (ctx, input) => {
    const { id } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [row] = await tx
        .select()
        .from(actions)
        .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.id, id)))
        .for('update');
      if (!row || !isActionKind(row.kind)) throw notFound('action');
      const { permission, mustAnswer } = kindOf(row);
      requirePermission(ctx, permission);
      if (row.state === 'dismissed') return toAction(tx, ctx, row);
      if (row.state !== 'open') throw new AppError('conflict', fact('todo.errors.doneAlready'));
      if (mustAnswer) throw new AppError('conflict', mustAnswer);
      const [after] = await tx
        .update(actions)
        .set({ state: 'dismissed', doneBy: actorKey(ctx.actor), doneAt: ctx.clock.now() })
        .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.id, id)))
        .returning();
      await recordActivity(tx, ctx, {
        verb: 'action.dismissed',
        subjectType: row.subjectType,
        subjectId: row.subjectId,
        summary: fact('todo.activity.dismissed', { title: row.title }),
      });
      return toAction(tx, ctx, after ?? row);
    });
  },
});
