/** Source of the current time. Injected everywhere so that tests control it. */
export interface Clock {
  now(): Date;
}

/** Maximum difference between the clocks of two processes that work correctly, in milliseconds. */
const MAX_SKEW_MS = 60_000;

/**
 * Returns the latest time that a process could have stored by `now`, if what it stores lies at most `aheadMs` in its future. A later time
 * comes from a clock that ran ahead and was set back since, and counts as not set.
 */
export const latestStored = (now: Date, aheadMs = 0): Date => new Date(now.getTime() + aheadMs + MAX_SKEW_MS);

/** Offset from the monotonic timer to the time of day, in milliseconds. Shared between bundles. */
const shared = globalThis as typeof globalThis & { __tributaryClock?: number };

/** The machine's clock, or the time set by `setSystemTime`. */
export const systemClock: Clock = {
  now: () =>
    new Date(
      shared.__tributaryClock === undefined ? Date.now() : shared.__tributaryClock + performance.now(),
    ),
};

/** Smaller differences are attributed to the network latency to the time source. In milliseconds. */
const NOISE_MS = 100;

/**
 * Sets `systemClock` to this instant (milliseconds since 1970) and lets it follow the monotonic timer from then on. Processes that get the
 * time from the same database agree on it, however wrong their machines' clocks are or become.
 */
export function setSystemTime(now: number): void {
  const offset = now - performance.now();
  const before = shared.__tributaryClock;
  if (before === undefined || Math.abs(offset - before) > NOISE_MS) shared.__tributaryClock = offset;
}
/** For tests: switches back to the machine's clock. */
export function resetSystemTime(): void {
  delete shared.__tributaryClock;
}

/** A clock that only moves when told to. For tests and simulations. */
export class ManualClock implements Clock {
  #now: number;
  constructor(start: Date | string) {
    this.#now = new Date(start).getTime();
  }
  now(): Date {
    return new Date(this.#now);
  }
  /** Moves forward by `ms` milliseconds (backwards when negative). */
  advance(ms: number): void {
    this.#now += ms;
  }
  set(at: Date | string): void {
    this.#now = new Date(at).getTime();
  }
}
