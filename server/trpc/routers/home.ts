import { overview, shell } from '@/server/domains/home/queries';
import { overviewOutput, shellOutput } from '@/server/domains/home/schemas';
import { memberProcedure, router } from '../init';

export const homeRouter = router({
  /** What stands around every page. */
  shell: memberProcedure('viewer')
    .output(shellOutput)
    .query(({ ctx }) => shell({ ctx: ctx.verb })),
  /** Today at a glance. */
  overview: memberProcedure('viewer')
    .output(overviewOutput)
    .query(({ ctx }) => overview({ ctx: ctx.verb })),
});
