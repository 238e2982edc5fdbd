import { getWorkspace } from '@/server/domains/workspaces/queries';
import { updateWorkspaceInput, workspaceOutput } from '@/server/domains/workspaces/schemas';
import { updateWorkspace } from '@/server/domains/workspaces/update-workspace';
import { memberProcedure, router } from '../init';

export const workspaceRouter = router({
  get: memberProcedure('viewer')
    .output(workspaceOutput)
    .query(({ ctx }) => getWorkspace(ctx.verb)),
  update: memberProcedure('manager')
    .input(updateWorkspaceInput)
    .mutation(({ ctx, input }) => updateWorkspace({ ctx: ctx.verb, input })),
});
