import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';

/** How a publication does, for screens; null while nothing was read. */
export const resultsOutput = z
  .object({
    likes: z.number().nullable(),
    replies: z.number().nullable(),
    reposts: z.number().nullable(),
    views: z.number().nullable(),
    readAt: z.date().nullable(),
    gone: z.boolean(),
    /** It is not asked about any more. */
    over: z.boolean(),
    problem: factOutput.nullable(),
    followUpState: z.enum(['reached', 'completed', 'over']).nullable(),
    followUpNote: factOutput.nullable(),
  })
  .nullable();
