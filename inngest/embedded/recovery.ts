import type { Db } from '@/db/client';
import { leasesOf } from '@/db/leases';
import { checkForStuck } from '@/server/domains/publisher/check-for-stuck';
import type { Clock } from '@/server/foundation/clock';

/** Interval between checks for interrupted work, in milliseconds. Together with a lease it stays below 20 s. */
const EVERY_MS = 4_000;
const SOONEST_MS = 250;

export interface WatchOptions {
  db: Db;
  clock: Clock;
  /** No checks are made while this returns false. */
  active(): boolean;
  /** Requests the recovery of interrupted work. */
  request(): Promise<void>;
  onError(error: unknown): void;
}

/**
 * Checks every few seconds for interrupted work, so that it does not wait for the next minute. On the embedded database no other process
 * can leave any behind, so it checks only while this process has work in progress.
 */
export class RecoveryWatch {
  readonly #o: WatchOptions;
  /** This process's count of leases taken when nothing was left in progress. */
  #restedAt: number | null = null;

  constructor(options: WatchOptions) {
    this.#o = options;
  }

  start(): void {
    this.#next(0);
  }

  /** Checks once. Returns the number of milliseconds until the next check. Never throws. */
  async look(): Promise<number> {
    const { db, clock, active, request, onError } = this.#o;
    const { taken } = leasesOf(db);
    if (!active() || (db.kind === 'pglite' && taken === this.#restedAt)) return EVERY_MS;
    try {
      const { found, nextEnd } = await checkForStuck({ db, clock });
      this.#restedAt = nextEnd === null ? taken : null;
      if (found) await request();
      else if (nextEnd)
        return Math.min(EVERY_MS, Math.max(SOONEST_MS, nextEnd.getTime() - clock.now().getTime() + 1));
    } catch (error) {
      onError(error);
    }
    return EVERY_MS;
  }

  #next(afterMs: number): void {
    setTimeout(() => void this.look().then((ms) => this.#next(ms)), afterMs).unref();
  }
}
