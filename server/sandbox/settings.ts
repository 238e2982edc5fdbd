import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { settings } from './schema';

export interface SandboxSettings {
  /** How far the crowd's time runs ahead of the clock, in milliseconds. */
  crowdAhead: number;
  /** X refuses a text that the account posted before. */
  refuseDuplicates: boolean;
  /** Rate limits that a person or a test changed. */
  limits: Record<string, { limit: number; windowSeconds: number }>;
  /** Whether Etsy's buyers come by themselves. */
  buyers: boolean;
  /** The seed of every simulated person. */
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

/** The sandbox's settings, kept in the database and read at most every few seconds. */
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

  /** The crowd's time now. */
  async crowdNow(): Promise<Date> {
    return new Date(this.clock.now().getTime() + (await this.get()).crowdAhead);
  }
}
