import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { settings } from './schema';

export interface SandboxSettings {
  /** How far the crowd time runs ahead of the clock, in milliseconds. */
  crowdAhead: number;
  /** Rate limits changed by a user or a test. */
  limits: Record<string, { limit: number; windowSeconds: number }>;
  /** Seed of all simulated people. */
  seed: number;
}

const DEFAULTS: SandboxSettings = { crowdAhead: 0, limits: {}, seed: 1 };
const FRESH_MS = 3_000;

/** The sandbox's settings, stored in the database and read at most every few seconds. `switches` are those of the stand-ins. */
export class SettingsBook {
  #read: { value: SandboxSettings & Record<string, unknown>; at: number } | undefined;
  constructor(
    private readonly db: Db['raw'],
    private readonly clock: Clock,
    private readonly switches: Readonly<Record<string, boolean>>,
  ) {}

  /** Returns the settings with every switch by its key. */
  async get(): Promise<SandboxSettings & Record<string, unknown>> {
    const now = this.clock.now().getTime();
    if (this.#read && Math.abs(now - this.#read.at) < FRESH_MS) return this.#read.value;
    const rows = await this.db.select().from(settings);
    const value = {
      ...DEFAULTS,
      ...this.switches,
      ...Object.fromEntries(rows.map((r) => [r.key, r.value])),
    } as SandboxSettings & Record<string, unknown>;
    this.#read = { value, at: now };
    return value;
  }

  /** Whether a stand-in's switch is on. */
  async isOn(key: string): Promise<boolean> {
    return (await this.get())[key] === true;
  }

  async set<K extends keyof SandboxSettings>(key: K, value: SandboxSettings[K]): Promise<void> {
    await this.#write(key, value);
  }

  async turn(key: string, on: boolean): Promise<void> {
    if (key in this.switches) await this.#write(key, on);
  }

  async #write(key: string, value: unknown): Promise<void> {
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
