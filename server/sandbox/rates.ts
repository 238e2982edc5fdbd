export interface RateLimit {
  limit: number;
  windowSeconds: number;
}

export interface RateState {
  limit: number;
  remaining: number;
  /** Start of the next window, in Unix seconds. */
  reset: number;
  allowed: boolean;
}

/** Counts calls in fixed windows, in memory. A restart resets them, as a new window would. */
export class RateBook {
  readonly #windows = new Map<string, { started: number; count: number }>();
  #override: Record<string, RateLimit> = {};
  constructor(private readonly fixed: Record<string, RateLimit>) {}

  override(limits: Record<string, RateLimit>): void {
    this.#override = limits;
  }

  /** Counts one call of `subject` and reports whether it is allowed. */
  take(name: string, subject: string, standard: RateLimit, now: Date): RateState {
    const { limit, windowSeconds } = this.#override[name] ?? this.fixed[name] ?? standard;
    const seconds = Math.floor(now.getTime() / 1000);
    const key = `${name}\n${subject}`;
    let window = this.#windows.get(key);
    if (!window || seconds >= window.started + windowSeconds || seconds < window.started) {
      if (this.#windows.size > 50_000) this.#windows.clear();
      window = { started: seconds, count: 0 };
      this.#windows.set(key, window);
    }
    const allowed = window.count < limit;
    if (allowed) window.count++;
    return { limit, remaining: limit - window.count, reset: window.started + windowSeconds, allowed };
  }

  clear(): void {
    this.#windows.clear();
  }
}
