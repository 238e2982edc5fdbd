import { parseCondition } from './conditions';
import type { Op, StepResponse } from './protocol';
import { plainError } from './protocol';
import type { Registered } from './registry';
import { backoff, retryAfter, waitUntil } from './time';

/** A job whose lease this process holds. */
export interface Job {
  id: string;
  token: string;
  runId: string;
  functionId: string;
  kind: 'discover' | 'step' | 'sleep' | 'wait';
  stepId: string | null;
  attempt: number;
  dueAt: number;
  event: string;
  planned: boolean;
}

export interface NewJob {
  kind: Job['kind'];
  stepId: string | null;
  dueAt: Date;
  attempt: number;
  waitEvent?: string;
  waitIf?: string;
}

/** The changes of a finished call. They are stored all or nothing. */
export interface Outcome {
  job: Job;
  memos: { stepId: string; kind: 'data' | 'error'; value: string }[];
  jobs: NewJob[];
  /** Call the function again once the run has nothing pending. */
  resumeWhenIdle: boolean;
  /** The call found parallel steps. */
  planned: boolean;
  ended?: { status: 'completed' | 'failed'; output: string };
  /** A run of the function's `onFailure`, with its event. */
  failure?: { functionId: string; event: string };
}

interface OutcomeContext {
  job: Job;
  fn: Registered;
  now: Date;
  random: () => number;
}

const nothing = (job: Job): Outcome => ({ job, memos: [], jobs: [], resumeWhenIdle: false, planned: false });
const discover = (now: Date): NewJob => ({ kind: 'discover', stepId: null, dueAt: now, attempt: 0 });

/** Converts the app's response into the changes to store. */
export function outcomeOf(answer: StepResponse, around: OutcomeContext): Outcome {
  const { job } = around;
  if (answer.kind === 'done')
    return { ...nothing(job), ended: { status: 'completed', output: JSON.stringify(answer.output ?? null) } };
  if (answer.kind === 'error') return retryOrFail(answer.error, answer.noRetry, answer.retryAfter, around);
  try {
    return fromOps(answer.ops, answer, around);
  } catch (error) {
    return failed(plainError(error), around);
  }
}

/** The outcome of a sleep that is over or of a wait that timed out. */
export function lapsed(job: Job): Outcome {
  return {
    ...nothing(job),
    memos: [{ stepId: job.stepId ?? '', kind: 'data', value: 'null' }],
    resumeWhenIdle: true,
  };
}

function fromOps(
  ops: Op[],
  answer: { noRetry: boolean; retryAfter: string | null },
  around: OutcomeContext,
): Outcome {
  const { job, now } = around;
  const [only] = ops;
  if (!only) throw new Error('The function returned no step');
  if (ops.length === 1 && (only.op === 'StepRun' || only.op === 'Step'))
    return {
      ...nothing(job),
      memos: [{ stepId: only.id, kind: 'data', value: JSON.stringify(only.data ?? null) }],
      ...(job.kind === 'step' ? { resumeWhenIdle: true } : { jobs: [discover(now)] }),
    };
  if (ops.length === 1 && only.op === 'StepError')
    return retryOrFail(only.error, answer.noRetry, answer.retryAfter, around);
  if (ops.length === 1 && only.op === 'StepFailed')
    return {
      ...nothing(job),
      memos: [{ stepId: only.id, kind: 'error', value: JSON.stringify(only.error ?? null) }],
      ...(job.kind === 'step' ? { resumeWhenIdle: true } : { jobs: [discover(now)] }),
    };
  if (ops.length === 1 && only.op === 'Sleep')
    // A single sleep needs no job of its own: its memo is stored right away, and the function is called when the sleep is over.
    return {
      ...nothing(job),
      memos: [{ stepId: only.id, kind: 'data', value: 'null' }],
      jobs: [{ ...discover(now), dueAt: waitUntil(only.name ?? '', now) }],
    };
  return { ...nothing(job), jobs: ops.map((op) => pending(op, now)), planned: ops.length > 1 };
}

function pending(op: Op, now: Date): NewJob {
  const at = { stepId: op.id, attempt: 0 };
  if (op.opts?.parallelMode === 'race') throw unsupported('group.parallel() in race mode');
  switch (op.op) {
    case 'StepPlanned':
      return { ...at, kind: 'step', dueAt: now };
    case 'Sleep':
      return { ...at, kind: 'sleep', dueAt: waitUntil(op.name ?? '', now) };
    case 'WaitForEvent': {
      const wait: NewJob = {
        ...at,
        kind: 'wait',
        dueAt: waitUntil(op.opts?.timeout ?? '', now),
        waitEvent: op.name ?? '',
      };
      if (op.opts?.if) {
        parseCondition(op.opts.if);
        wait.waitIf = op.opts.if;
      }
      return wait;
    }
    default:
      throw unsupported(`the step "${op.displayName ?? op.id}" of kind ${op.op}`);
  }
}

const unsupported = (what: string) => new Error(`The embedded runner does not support ${what}`);

function retryOrFail(
  error: unknown,
  noRetry: boolean,
  after: string | null,
  around: OutcomeContext,
): Outcome {
  const { job, fn, now, random } = around;
  if (noRetry || job.attempt + 1 >= fn.maxAttempts) return failed(error, around);
  const dueAt = retryAfter(after, now) ?? new Date(now.getTime() + backoff(job.attempt, random));
  const again: NewJob = { kind: job.kind, stepId: job.stepId, dueAt, attempt: job.attempt + 1 };
  return { ...nothing(job), jobs: [again] };
}

function failed(error: unknown, { job, fn, now }: OutcomeContext): Outcome {
  const outcome: Outcome = {
    ...nothing(job),
    ended: { status: 'failed', output: JSON.stringify(error ?? null) },
  };
  if (!fn.failureId) return outcome;
  const event = {
    id: `${job.runId}-failed`,
    name: 'inngest/function.failed',
    ts: now.getTime(),
    data: { function_id: fn.id, run_id: job.runId, error, event: JSON.parse(job.event) },
  };
  return { ...outcome, failure: { functionId: fn.failureId, event: JSON.stringify(event) } };
}
