import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { settings } from './schema';

export interface SandboxSettings {
  /** How far the crowd time runs ahead of the clock, in milliseconds. */
  crowdAhead: number;
  /** Whether X refuses a text that the account has posted before. */
  refuseDuplicates: boolean;
  /** Rate limits changed by a user or a test. */
  limits: Record<string, { limit: number; windowSeconds: number }>;
  /** Whether Etsy's buyers arrive automatically. */
  buyers: boolean;
  /** Seed of all simulated people. */
  seed: number;
}

const DEFAULTS: SandboxSettings = {
  crowdAhead: 0,
  refuseDuplicates: true,
  limits: {},
  buyers: true,
  seed: 1,
};
const FRESH_MS = 3_000;

/** The sandbox's settings, stored in the database and read at most every few seconds. */
export class SettingsBook {
  #read: { value: SandboxSettings; at: number } | undefined;
  constructor(
    private readonly db: Db['raw'],
    private readonly clock: Clock,
  ) {}

  async get(): Promise<SandboxSettings> {
    const now = this.clock.now().getTime();
    if (this.#read && Math.abs(now - this.#read.at) < FRESH_MS) return this.#read.value;
    const rows = await this.db.select().from(settings);
    const value = {
      ...DEFAULTS,
      ...Object.fromEntries(rows.map((r) => [r.key, r.value])),
    } as SandboxSettings;
    this.#read = { value, at: now };
    return value;
  }

  async set<K extends keyof SandboxSettings>(key: K, value: SandboxSettings[K]): Promise<void> {
    await this.db
      .insert(settings)
      .values({ key, value })
      .onConflictDoUpdate({ target: settings.key, set: { value } });
    this.#read = undefined;
  }

  forget(): void {
    this.#read = undefined;
  }

  /** Returns the current crowd time. */
  async crowdNow(): Promise<Date> {
    return new Date(this.clock.now().getTime() + (await this.get()).crowdAhead);
  }
}
