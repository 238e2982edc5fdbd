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

/** The embedded runner's own queue and state. Losing it loses no work: the domain rows are the authority. */
export const runner = pgSchema('tributary_runner');

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

// Payloads are JSON kept as text: jsonb refuses a NUL character, and nothing here looks inside with SQL.

/** What was sent. The id makes a second delivery within 24 hours harmless. */
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
    /** The event that started it. */
    event: text('event').notNull(),
    status: text('status', { enum: ['running', 'completed', 'failed'] })
      .notNull()
      .default('running'),
    /** Set once steps were found in parallel: from then on each step is planned and called by its id. */
    planned: boolean('planned').notNull().default(false),
    output: text('output'),
    /** Concurrency: at most `limits[i]` calls run at once of those with `slots[i]`. */
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

/** What is still to do for a run: its pending set. A run without a row here has ended. */
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
    /** Of a wait: the event's name, and what must hold for it. */
    waitEvent: text('wait_event'),
    waitIf: text('wait_if'),
    /** Those of the run, for jobs that make a call. */
    slots: text('slots').array().notNull().default(sql`'{}'`),
    limits: integer('limits').array().notNull().default(sql`'{}'`),
    /** Whoever holds this token until then may run the job and store its result. */
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

/** One firing of a cron for each minute, over all processes. */
export const cronSlots = runner.table(
  'cron_slots',
  { functionId: text('function_id').notNull(), slot: at('slot').notNull() },
  (t) => [primaryKey({ columns: [t.functionId, t.slot] })],
);
