import { z } from 'zod';
import { id, limit, timeCursor, token } from '@/server/foundation/inputs';

export const runStatus = z.enum(['running', 'completed', 'failed', 'cancelled']);

export const listRunsInput = z
  .object({
    status: runStatus.optional(),
    function: token({ max: 120 }).optional(),
    cursor: timeCursor('jobRun').optional(),
    limit: limit(100).default(25),
  })
  .prefault({});
export const systemRunsInput = z.object({ limit: limit(100).default(25) }).prefault({});
export const runIdInput = z.object({ id: id('jobRun') });

export const runSummary = z.object({
  id: z.string(),
  function: z.string(),
  status: runStatus,
  /** Number of attempts, from 1. */
  attempts: z.number(),
  subject: z.string().nullable(),
  error: z.string().nullable(),
  startedAt: z.date(),
  endedAt: z.date().nullable(),
  steps: z.number(),
});
export const runDetail = runSummary.omit({ steps: true }).extend({
  runId: z.string(),
  steps: z.array(
    z.object({
      name: z.string(),
      attempt: z.number(),
      ms: z.number(),
      error: z.string().optional(),
      at: z.string(),
    }),
  ),
});
export const systemRun = runSummary.omit({ subject: true, error: true });
export const runList = z.object({ items: z.array(runSummary), nextCursor: z.string().nullable() });
