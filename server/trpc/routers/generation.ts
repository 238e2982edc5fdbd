import { generationStatus } from '@/server/domains/generation/queries';
import { generationStatusOutput } from '@/server/domains/generation/schemas';
import { memberProcedure, router } from '../init';

/** Texts themselves are streamed by POST /api/generate. */
export const generationRouter = router({
  status: memberProcedure('viewer')
    .output(generationStatusOutput)
    .query(({ ctx }) => generationStatus({ ctx: ctx.verb })),
});
