import { isConnectorFault, isStoppedFault, type UploadOutput } from '@/server/connectors/kit/types';
import { isAppError } from '@/server/foundation/errors';
import { type Fact, fact, nameOf } from '@/server/foundation/facts';
import { KEPT_MS, MAX_RESTARTS, SHORTEST_CHECK_MS, uploadLimitDelay, uploadRetryDelay } from './policy';

/** The result of an upload step. */
export type Answer = UploadOutput | { state: 'fault'; error: unknown };

/** The progress of a row before the step. */
export interface Reached {
  /** The connector's position; null before the first step and after a restart. */
  progress: unknown;
  bytesSent: number;
  percent: number | null;
  /** Failures since the last progress. */
  failures: number;
  /** Number of restarts that the platform caused. */
  restarts: number;
  /** Size of the file. */
  bytes: number;
}

export interface Change {
  state?: 'uploading' | 'processing' | 'ready' | 'failed' | 'waiting';
  progress?: unknown;
  sent?: number;
  percent?: number | null;
  remoteId?: string;
  expiresAt?: Date;
  failures: number;
  restarts?: number;
  /** Milliseconds until the next step is allowed. */
  wait: number;
  problem?: Fact | null;
  /** The upload cannot continue automatically, and a user is notified. */
  tell?: boolean;
}

/** Number of steps without progress that are not delayed. A description is such a step. */
const IDLE_STEPS = 2;
const highest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/**
 * Translates the result of a step into a change of the row. `name` is that of the platform. Progress resets the failures but never the
 * restarts, which are limited, so an upload ends whatever the platform responds. Pure.
 */
export function changeFor(answer: Answer, at: Reached, now: Date, name: string): Change {
  const { failures, bytes } = at;
  switch (answer.state) {
    case 'uploading': {
      // A platform may request a piece again; the connector's position tells which.
      const sent = Math.max(at.bytesSent, answer.sent);
      const change = { state: 'uploading', progress: answer.progress, sent } as const;
      const further = at.progress === null || answer.sent > at.bytesSent;
      if (further) return { ...change, failures: 0, wait: 0 };
      const delay = uploadRetryDelay(failures + 1);
      if (delay === null) return failed(failures, fact('uploads.problems.stalled', { platform: name }));
      return {
        ...change,
        failures: failures + 1,
        wait: failures < IDLE_STEPS ? 0 : delay,
      };
    }
    case 'processing': {
      const further = at.bytesSent < bytes || (answer.percent ?? -1) > (at.percent ?? -1);
      return {
        state: 'processing',
        progress: answer.progress,
        sent: bytes,
        // A percentage that is missing or lower this time does not replace the earlier one.
        percent: highest(at.percent, answer.percent),
        failures: further ? 0 : failures,
        wait: Math.max(SHORTEST_CHECK_MS, answer.checkAfterSeconds * 1000),
      };
    }
    case 'ready':
      return {
        state: 'ready',
        remoteId: answer.remoteId,
        expiresAt: answer.expiresAt ?? new Date(now.getTime() + KEPT_MS),
        failures: 0,
        wait: 0,
      };
    case 'failed':
      return failed(failures, answer.problem);
    case 'again': {
      const restarts = at.restarts + 1;
      const delay = uploadRetryDelay(restarts);
      if (delay === null || restarts > MAX_RESTARTS)
        return failed(failures, fact('uploads.problems.lost', { platform: name }));
      return {
        state: 'waiting',
        progress: null,
        sent: 0,
        percent: null,
        failures: 0,
        restarts,
        wait: delay,
      };
    }
    case 'fault':
      return changeForFault(answer.error, failures, name);
  }
}

const failed = (failures: number, problem: Fact): Change => ({
  state: 'failed',
  problem,
  failures,
  wait: 0,
  tell: true,
});

function changeForFault(error: unknown, failures: number, name: string): Change {
  // Continues automatically when posting is started again.
  if (isStoppedFault(error)) return { failures, wait: 60_000 };
  const fault = isConnectorFault(error) ? error : null;
  const problem =
    fault?.fact ?? (isAppError(error) ? error.fact : fact('uploads.problems.notBrought', { platform: name }));
  if (fault?.kind === 'rate_limited')
    return { failures, wait: uploadLimitDelay(fault.options.retryAfter), problem };
  // Continues automatically once the account is connected again.
  if (fault?.kind === 'reauth') return { failures, wait: 60_000, problem, tell: true };
  if (isAppError(error) && PASSING.includes(nameOf(error.fact) ?? '')) return again(failures, problem);
  if (!fault || fault.kind === 'rejected') return failed(failures, problem);
  return again(failures, problem);
}

/** Our own reasons why a picture could not be made to fit now. */
const PASSING: readonly string[] = ['files.errors.tookTooLong', 'files.errors.diskFull'];

/** Tries again later, a limited number of times. */
function again(failures: number, problem: Fact): Change {
  const delay = uploadRetryDelay(failures + 1);
  return delay === null ? failed(failures, problem) : { failures: failures + 1, wait: delay, problem };
}
