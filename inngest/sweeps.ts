import { randomUUID } from 'node:crypto';
import type { EventData } from '@/server/verbs/events';

/** The state of sweeps in this process, shared between bundles: the id of the process, and when the last completed sweep began. */
const shared = globalThis as typeof globalThis & { __tributarySweeps?: { process: string; began: number } };
const sweeps = () => {
  shared.__tributarySweeps ??= { process: randomUUID(), began: Number.NEGATIVE_INFINITY };
  return shared.__tributarySweeps;
};

export type SweepRequest = EventData<'publishing/sweep.requested'>;

/** Identifies the process that requests a sweep, and the time on its own monotonic clock. */
export const sweepRequest = (): SweepRequest => ({ process: sweeps().process, asked: performance.now() });

/**
 * Whether a sweep that began after this request has already completed, and so saw every row that existed. This is known only for requests
 * of this process. Many posts created at once then cost one sweep instead of one each.
 */
export const alreadySwept = ({ process, asked }: SweepRequest): boolean =>
  process === sweeps().process && asked !== undefined && asked < sweeps().began;

/** Records a completed sweep. `began` is its start by `performance.now()`. */
export function recordSweep(began: number): void {
  sweeps().began = Math.max(sweeps().began, began);
}
