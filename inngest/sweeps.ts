import { randomUUID } from 'node:crypto';
import type { EventData } from '@/server/verbs/events';

/** This process's sweeps, shared between bundles: which process it is, and when the last sweep that came to its end began. */
const shared = globalThis as typeof globalThis & { __tributarySweeps?: { process: string; began: number } };
const sweeps = () => {
  shared.__tributarySweeps ??= { process: randomUUID(), began: Number.NEGATIVE_INFINITY };
  return shared.__tributarySweeps;
};

export type Asked = EventData<'publishing/sweep.requested'>;

/** Who asks for a sweep, and when on this process's own clock, which never goes back. */
export const asked = (): Asked => ({ process: sweeps().process, asked: performance.now() });

/**
 * Whether a sweep that began after this was asked for has already come to its end: it saw every row that was there. Only of
 * this process's own requests can that be known; many posts that are made at once then cost one sweep and not as many.
 */
export const alreadySwept = ({ process, asked }: Asked): boolean =>
  process === sweeps().process && asked !== undefined && asked < sweeps().began;

/** Notes a sweep that came to its end. `began` is its beginning by `performance.now()`. */
export function swept(began: number): void {
  sweeps().began = Math.max(sweeps().began, began);
}
