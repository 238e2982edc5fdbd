import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  index,
  integer,
  pgSchema,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';

/** The embedded runner's own queue and state. Losing it loses no work, because the domain rows are authoritative. */
export const runner = pgSchema('tributary_runner');

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

// Payloads are JSON stored as text, because jsonb rejects NUL characters and no SQL looks inside them.

/** Events that were sent. The id makes a second delivery within 24 hours harmless. */
export const events = runner.table(
  'events',
  {
    id: text('id').primaryKey(),
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    name: text('name').notNull(),
    payload: text('payload').notNull(),
    receivedAt: at('received_at').notNull(),
    fannedOutAt: at('fanned_out_at'),
  },
  (t) => [
    index('events_waiting').on(t.seq).where(sql`fanned_out_at is null`),
    index('events_received').on(t.receivedAt),
  ],
);

export const runs = runner.table(
  'runs',
  {
    id: text('id').primaryKey(),
    functionId: text('function_id').notNull(),
    /** The event that started the run. */
    event: text('event').notNull(),
    status: text('status', { enum: ['running', 'completed', 'failed'] })
      .notNull()
      .default('running'),
    /** Set once parallel steps are found. From then on each step is planned and called by its id. */
    planned: boolean('planned').notNull().default(false),
    output: text('output'),
    /** Concurrency: at most `limits[i]` calls with `slots[i]` run at once. */
    slots: text('slots').array().notNull().default(sql`'{}'`),
    limits: integer('limits').array().notNull().default(sql`'{}'`),
    startedAt: at('started_at').notNull(),
    endedAt: at('ended_at'),
  },
  (t) => [index('runs_ended').on(t.endedAt).where(sql`ended_at is not null`)],
);

/** The result of each finished step. */
export const memos = runner.table(
  'memos',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    stepId: text('step_id').notNull(),
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    kind: text('kind', { enum: ['data', 'error'] }).notNull(),
    value: text('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.stepId] })],
);

/** Pending work of a run. A run without a row here has ended. */
export const jobs = runner.table(
  'jobs',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    functionId: text('function_id').notNull(),
    /** discover: call the function; step: call one planned step; sleep, wait: a step that ends at `dueAt` without a call. */
    kind: text('kind', { enum: ['discover', 'step', 'sleep', 'wait'] }).notNull(),
    stepId: text('step_id'),
    dueAt: at('due_at').notNull(),
    attempt: integer('attempt').notNull().default(0),
    /** For a wait: the name of the event and the condition that it must meet. */
    waitEvent: text('wait_event'),
    waitIf: text('wait_if'),
    /** The slots and limits of the run, for jobs that make a call. */
    slots: text('slots').array().notNull().default(sql`'{}'`),
    limits: integer('limits').array().notNull().default(sql`'{}'`),
    /** The process that holds this token may run the job and store its result until the lease ends. */
    leaseToken: text('lease_token'),
    leaseUntil: at('lease_until'),
  },
  (t) => [
    index('jobs_due').on(t.dueAt, t.id),
    index('jobs_run').on(t.runId),
    index('jobs_wait').on(t.waitEvent).where(sql`wait_event is not null`),
    index('jobs_leased').on(t.leaseUntil).where(sql`lease_until is not null`),
  ],
);

/** Cron firings, at most one per minute across all processes. */
export const cronSlots = runner.table(
  'cron_slots',
  { functionId: text('function_id').notNull(), slot: at('slot').notNull() },
  (t) => [primaryKey({ columns: [t.functionId, t.slot] })],
);
