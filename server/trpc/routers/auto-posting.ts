import { pausePosting } from '@/server/domains/posting-control/pause-posting';
import { getPosting } from '@/server/domains/posting-control/queries';
import { postingStateOutput, undoStopInput } from '@/server/domains/posting-control/schemas';
import { startPosting } from '@/server/domains/posting-control/start-posting';
import { stopEverything } from '@/server/domains/posting-control/stop-everything';
import { stopPosting } from '@/server/domains/posting-control/stop-posting';
import { undoStop } from '@/server/domains/posting-control/undo-stop';
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
