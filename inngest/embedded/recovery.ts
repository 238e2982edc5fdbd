import type { Db } from '@/db/client';
import { leasesOf } from '@/db/leases';
import { lookForStuck } from '@/server/domains/publisher/look-for-stuck';
import type { Clock } from '@/server/foundation/clock';

/** How often it is looked whether something stopped half-way, in milliseconds: with a lease it makes less than 20 s. */
const EVERY_MS = 4_000;
const SOONEST_MS = 250;

export interface WatchOptions {
  db: Db;
  clock: Clock;
  /** While it says no, nothing is looked for. */
  active(): boolean;
  /** Asks for the recovery of what stopped half-way. */
  request(): Promise<void>;
  onError(error: unknown): void;
}

/**
 * Looks every few seconds whether something stopped half-way, so that it does not wait for the next minute. On the embedded database
 * nobody else can leave anything behind: there it looks only while this process has something in hand.
 */
export class RecoveryWatch {
  readonly #o: WatchOptions;
  /** What this process had taken when nothing was left in hand. */
  #restedAt: number | null = null;

  constructor(options: WatchOptions) {
    this.#o = options;
  }

  start(): void {
    this.#next(0);
  }

  /** One look. Answers after how many milliseconds the next one is due. Never throws. */
  async look(): Promise<number> {
    const { db, clock, active, request, onError } = this.#o;
    const { taken } = leasesOf(db);
    if (!active() || (db.kind === 'pglite' && taken === this.#restedAt)) return EVERY_MS;
    try {
      const { found, nextEnd } = await lookForStuck({ db, clock });
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
