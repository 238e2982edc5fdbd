import { decideApproval } from '@/server/domains/approvals/decide-approval';
import { listApprovals } from '@/server/domains/approvals/queries';
import {
  approvalListOutput,
  approvalOutput,
  decideInput,
  listApprovalsInput,
} from '@/server/domains/approvals/schemas';
import { memberProcedure, router } from '../init';

export const approvalsRouter = router({
  list: memberProcedure('viewer')
    .input(listApprovalsInput.prefault({}))
    .output(approvalListOutput)
    .query(({ ctx, input }) => listApprovals({ ctx: ctx.verb, input })),
  decide: memberProcedure('manager')
    .input(decideInput)
    .output(approvalOutput)
    .mutation(({ ctx, input }) => decideApproval({ ctx: ctx.verb, input })),
});
