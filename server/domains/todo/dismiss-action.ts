import { and, eq } from 'drizzle-orm';
import { actions } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { actorKey } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { MISSED_ACTION } from '../publications/missed';
import { UNKNOWN_ACTION } from '../publications/question';
import { toAction } from './queries';
import { actionIdInput, actionOutput } from './schemas';

/** Takes an action off the list undone. A question about a publication has to be answered: nobody else can. */
export const dismissAction = defineVerb({
  verb: 'todo.dismiss',
  permission: 'actions.complete',
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
      if (!row) throw notFound('action');
      if (row.state === 'dismissed') return toAction(row);
      if (row.state !== 'open') throw new AppError('conflict', 'Somebody has done this already.');
      if (row.kind === UNKNOWN_ACTION)
        throw new AppError('conflict', 'Please look and answer: otherwise nobody knows whether it went out.');
      if (row.kind === MISSED_ACTION)
        throw new AppError(
          'conflict',
          'Please choose: what was missed waits for your word. Skip gives it up.',
        );
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
      return toAction(after ?? row);
    });
  },
});
