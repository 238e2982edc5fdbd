import { z } from 'zod';
import { getRun, listRuns, listSystemRuns } from '@/server/domains/runs/queries';
import {
  listRunsInput,
  runDetail,
  runIdInput,
  runList,
  systemRun,
  systemRunsInput,
} from '@/server/domains/runs/schemas';
import { memberProcedure, operatorProcedure, router } from '../init';

export const runsRouter = router({
  list: memberProcedure('viewer')
    .input(listRunsInput)
    .output(runList)
    .query(({ ctx, input }) => listRuns({ ctx: ctx.verb, input })),
  get: memberProcedure('viewer')
    .input(runIdInput)
    .output(runDetail)
    .query(({ ctx, input }) => getRun({ ctx: ctx.verb, input })),
  system: operatorProcedure
    .input(systemRunsInput)
    .output(z.array(systemRun))
    .query(({ ctx, input }) => listSystemRuns({ db: ctx.db, input })),
});
