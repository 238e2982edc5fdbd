import { networkOf } from '../proxies';

interface Window {
  count: number;
  /** When it ends, in milliseconds since 1970. */
  until: number;
}
/** Networks that are remembered. Beyond that the oldest is forgotten. */
const MAX_NETWORKS = 10_000;

/**
 * Counts the failed attempts of each network in fixed windows, in the memory of this process: for routes that anybody may call and that
 * refuse without writing anything.
 */
export class AttemptLimit {
  readonly #windows = new Map<string, Window>();
  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    /** What is counted together: by default the network of an address. */
    private readonly keyOf: (who: string) => string = networkOf,
  ) {}

  /** Returns for how many more seconds the network of an address is refused, 0 if it is not. */
  wait(ip: string, now: Date): number {
    const window = this.#windows.get(this.keyOf(ip));
    const left = window && window.count >= this.most ? window.until - now.getTime() : 0;
    // A clock that was set back must not refuse for longer than a window.
    return left > 0 && left <= this.windowMs ? Math.ceil(left / 1000) : 0;
  }

  fail(ip: string, now: Date): void {
    const key = this.keyOf(ip);
    const at = now.getTime();
    const window = this.#windows.get(key);
    if (window && window.until > at && window.until <= at + this.windowMs) {
      window.count++;
      return;
    }
    this.#windows.delete(key);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= MAX_NETWORKS && oldest !== undefined) this.#windows.delete(oldest);
    this.#windows.set(key, { count: 1, until: at + this.windowMs });
  }
}
