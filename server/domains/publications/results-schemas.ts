import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';

/** The results of a publication, for screens; null until the first ones are read. */
export const resultsOutput = z
  .object({
    likes: z.number().nullable(),
    replies: z.number().nullable(),
    reposts: z.number().nullable(),
    views: z.number().nullable(),
    readAt: z.date().nullable(),
    gone: z.boolean(),
    /** Its results are no longer requested. */
    over: z.boolean(),
    problem: factOutput.nullable(),
    followUpState: z.enum(['reached', 'completed', 'over']).nullable(),
    followUpNote: factOutput.nullable(),
  })
  .nullable();
