import { index, integer, jsonb, text, unique } from 'drizzle-orm/pg-core';
import { id, instant, workspaceId } from './_columns';
import { tributary } from './_schema';
import { workspaces } from './workspaces';

const runColumns = {
  id: id(),
  /** The run's id at the runner. */
  runId: text('run_id').notNull(),
  function: text('function').notNull(),
  status: text('status', { enum: ['running', 'completed', 'failed', 'cancelled'] }).notNull(),
  attempt: integer('attempt').notNull().default(0),
  subject: text('subject'),
  error: text('error'),
  /** Finished steps: name, attempt, duration in milliseconds, error. */
  steps: jsonb('steps')
    .$type<{ name: string; attempt: number; ms: number; error?: string; at: string }[]>()
    .notNull()
    .default([]),
  startedAt: instant('started_at').notNull(),
  endedAt: instant('ended_at'),
};

/** One run of a background function for a workspace. Written by the functions' middleware, whichever runner executes them. */
export const jobRuns = tributary.table(
  'job_runs',
  {
    ...runColumns,
    workspaceId: workspaceId().references(() => workspaces.id, { onDelete: 'cascade' }),
  },
  (t) => [unique('job_runs_run').on(t.runId), index('job_runs_recent').on(t.workspaceId, t.startedAt)],
);

/** Runs that belong to no workspace: sweeps and clean-ups. */
export const systemRuns = tributary.table('system_runs', runColumns, (t) => [
  unique('system_runs_run').on(t.runId),
  index('system_runs_recent').on(t.startedAt),
]);

/** Last heartbeat of a part of the process (the runner), for the health check. */
export const heartbeats = tributary.table('heartbeats', {
  part: text('part').notNull().primaryKey(),
  at: instant('at').notNull(),
  detail: text('detail'),
});
