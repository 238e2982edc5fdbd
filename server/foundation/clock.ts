/** Where the time comes from. Injected everywhere, so that tests decide what time it is. */
export interface Clock {
  now(): Date;
}

/** What to add to the monotonic timer to get the time of day; shared between bundles. */
const shared = globalThis as typeof globalThis & { __tributaryClock?: number };

/** The machine's clock, or the one that `keepTime` was told. */
export const systemClock: Clock = {
  now: () =>
    new Date(
      shared.__tributaryClock === undefined ? Date.now() : shared.__tributaryClock + performance.now(),
    ),
};

/** Smaller differences are those of the network between us and the time source. Milliseconds. */
const NOISE_MS = 100;

/**
 * Makes `systemClock` go by the monotonic timer from this instant on (milliseconds since 1970). Several processes that are
 * told the time by one database agree on it, however wrong their machines' clocks are or become.
 */
export function keepTime(now: number): void {
  const offset = now - performance.now();
  const before = shared.__tributaryClock;
  if (before === undefined || Math.abs(offset - before) > NOISE_MS) shared.__tributaryClock = offset;
}
/** For tests: go by the machine's clock again. */
export function releaseTime(): void {
  delete shared.__tributaryClock;
}

/** A clock that stands still until it is moved. For tests and simulations. */
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
