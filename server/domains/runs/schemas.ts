import { z } from 'zod';

export const runStatus = z.enum(['running', 'completed', 'failed', 'cancelled']);

export const listRunsInput = z
  .object({
    status: runStatus.optional(),
    function: z.string().max(120).optional(),
    cursor: z.string().max(120).optional(),
    limit: z.number().int().min(1).max(100).default(25),
  })
  .prefault({});
export const systemRunsInput = z.object({ limit: z.number().int().min(1).max(100).default(25) }).prefault({});
export const runIdInput = z.object({ id: z.string().min(1).max(64) });

export const runSummary = z.object({
  id: z.string(),
  function: z.string(),
  status: runStatus,
  /** How often it was tried, from 1. */
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

export type RunSummary = z.output<typeof runSummary>;
export type RunDetail = z.output<typeof runDetail>;
export type SystemRun = z.output<typeof systemRun>;
