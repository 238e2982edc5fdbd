import { completeAction } from '@/server/domains/todo/complete-action';
import { dismissAction } from '@/server/domains/todo/dismiss-action';
import { listTodo } from '@/server/domains/todo/queries';
import { actionIdInput, actionOutput, completeActionInput, todoOutput } from '@/server/domains/todo/schemas';
import { memberProcedure, router } from '../init';

export const todoRouter = router({
  list: memberProcedure('viewer')
    .output(todoOutput)
    .query(({ ctx }) => listTodo({ ctx: ctx.verb })),
  complete: memberProcedure('operator')
    .input(completeActionInput)
    .output(actionOutput)
    .mutation(({ ctx, input }) => completeAction({ ctx: ctx.verb, input })),
  dismiss: memberProcedure('operator')
    .input(actionIdInput)
    .output(actionOutput)
    .mutation(({ ctx, input }) => dismissAction({ ctx: ctx.verb, input })),
});
