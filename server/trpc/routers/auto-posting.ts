import { pausePosting } from '@/server/domains/holding/pause-posting';
import { getPosting } from '@/server/domains/holding/queries';
import { postingStateOutput, undoStopInput } from '@/server/domains/holding/schemas';
import { startPosting } from '@/server/domains/holding/start-posting';
import { stopEverything } from '@/server/domains/holding/stop-everything';
import { stopPosting } from '@/server/domains/holding/stop-posting';
import { undoStop } from '@/server/domains/holding/undo-stop';
import { memberProcedure, router } from '../init';

export const autoPostingRouter = router({
  get: memberProcedure('viewer')
    .output(postingStateOutput)
    .query(({ ctx }) => getPosting({ ctx: ctx.verb })),
  pause: memberProcedure('operator')
    .output(postingStateOutput)
    .mutation(({ ctx }) => pausePosting({ ctx: ctx.verb })),
  start: memberProcedure('operator')
    .output(postingStateOutput)
    .mutation(({ ctx }) => startPosting({ ctx: ctx.verb })),
  stop: memberProcedure('manager')
    .output(postingStateOutput)
    .mutation(({ ctx }) => stopPosting({ ctx: ctx.verb })),
  undoStop: memberProcedure('manager')
    .input(undoStopInput)
    .output(postingStateOutput)
    .mutation(({ ctx, input }) => undoStop({ ctx: ctx.verb, input })),
  emergencyStop: memberProcedure('operator')
    .output(postingStateOutput)
    .mutation(({ ctx }) => stopEverything({ ctx: ctx.verb })),
});
