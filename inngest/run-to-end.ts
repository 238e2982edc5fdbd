import { newId } from '@/server/foundation/ids';
import { call, type Handler, type Op, type StepResponse } from './embedded/protocol';
import { waitUntil } from './embedded/time';

export interface RunMeasurements {
  /** Number of steps in the run, including sleeps and waits. */
  steps: number;
  /** Bytes: the largest output of a step or of the function, all outputs together with the event, and the largest call. */
  output: number;
  state: number;
  body: number;
  /** The longest sleep, in milliseconds. */
  sleep: number;
  end: StepResponse;
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));

/**
 * For tests: runs a function to its end as an Inngest server would, without waiting or retries, and measures the run. `event` starts it.
 */
export async function runToEnd(
  handler: Handler,
  signingKey: string,
  functionId: string,
  event: { name: string; id: string; ts: number; data: unknown },
): Promise<RunMeasurements> {
  const steps: Record<string, unknown> = {};
  const seen: RunMeasurements = {
    steps: 0,
    output: 0,
    state: bytes(event),
    body: 0,
    sleep: 0,
    end: failed('no end'),
  };
  const measured: Handler = async (request) => {
    seen.body = Math.max(seen.body, (await request.clone().arrayBuffer()).byteLength);
    return handler(request);
  };
  const runId = newId('jobRun');
  let planned = false;
  const ask = (stepId: string | null) =>
    call(measured, signingKey, {
      functionId,
      stepId,
      runId,
      event,
      steps,
      stack: Object.keys(steps),
      attempt: 0,
      maxAttempts: 1,
      planned,
    });
  const keep = (op: Op) => {
    const kind = op.error === undefined ? 'data' : 'error';
    const value = (kind === 'data' ? op.data : op.error) ?? null;
    steps[op.id] = { type: kind, [kind]: value };
    seen.steps++;
    seen.output = Math.max(seen.output, bytes(value));
    seen.state += bytes(value);
  };
  for (;;) {
    const answer = await ask(null);
    if (answer.kind !== 'ops') {
      const given = answer.kind === 'done' ? answer.output : answer.error;
      seen.output = Math.max(seen.output, bytes(given));
      seen.state += bytes(given);
      return { ...seen, end: answer };
    }
    planned ||= answer.ops.length > 1;
    for (const op of answer.ops) {
      if (op.op === 'Sleep') {
        const until = waitUntil(op.name ?? '', new Date(event.ts)).getTime();
        seen.sleep = Math.max(seen.sleep, until - event.ts);
        keep({ ...op, data: null });
      } else if (op.op === 'StepPlanned') {
        const done = await ask(op.id);
        if (done.kind === 'ops') for (const one of done.ops) keep(one);
        else return { ...seen, end: done.kind === 'error' ? done : failed(`the step ${op.id} gave no step`) };
      } else if (/^Step/.test(op.op)) keep(op);
      else return { ...seen, end: failed(`a step of kind ${op.op}`) };
    }
  }
}

const failed = (error: string): StepResponse => ({ kind: 'error', error, noRetry: true, retryAfter: null });
