import { isConnectorFault, isHeldFault, type UploadOutput } from '@/server/connectors/kit/types';
import { isAppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { KEPT_MS, MAX_RESTARTS, SHORTEST_CHECK_MS, uploadLimitDelay, uploadRetryDelay } from './policy';

/** What a step of an upload came to. */
export type Answer = UploadOutput | { state: 'fault'; error: unknown };

/** How far a row was before the step. */
export interface Reached {
  /** The connector's place; null before the first step, and when the upload starts over. */
  progress: unknown;
  bytesSent: number;
  percent: number | null;
  /** Troubles since it last got further. */
  failures: number;
  /** How often the platform made it start over. */
  restarts: number;
  /** The size of the file. */
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
  /** Milliseconds until it may be touched again. */
  wait: number;
  problem?: Fact | null;
  /** It cannot go on by itself, and a person is told. */
  tell?: boolean;
}

/** So many steps without getting further are taken as they come: a description is one. */
const IDLE_STEPS = 2;
const highest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/**
 * What an answer means for the row. Pure. `name` is the platform's. Getting further ends the troubles and never the restarts, which
 * are few: whatever a platform answers, an upload comes to an end.
 */
export function changeFor(answer: Answer, at: Reached, now: Date, name: string): Change {
  const { failures, bytes } = at;
  switch (answer.state) {
    case 'uploading': {
      // A platform may ask for a piece once more: the connector's own place tells which.
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
        // What it does not say this time, or takes back, it had said before.
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
  // Goes on by itself when the workspace is started again.
  if (isHeldFault(error)) return { failures, wait: 60_000 };
  const fault = isConnectorFault(error) ? error : null;
  const problem =
    fault?.fact ?? (isAppError(error) ? error.fact : fact('uploads.problems.notBrought', { platform: name }));
  if (fault?.kind === 'rate_limited')
    return { failures, wait: uploadLimitDelay(fault.options.retryAfter), problem };
  // It goes on by itself once the account is connected again.
  if (fault?.kind === 'reauth') return { failures, wait: 60_000, problem, tell: true };
  if (!fault || fault.kind === 'rejected') return failed(failures, problem);
  const delay = uploadRetryDelay(failures + 1);
  return delay === null ? failed(failures, problem) : { failures: failures + 1, wait: delay, problem };
}
