import { eq, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import { seeded } from './random';
import { faults } from './schema';

export const FAULT_KINDS = [
  'latency',
  '429',
  'day_limit',
  'app_limit',
  'too_fast',
  'other_error',
  'forbidden',
  '500_before',
  '500_after',
  'reset_after',
  'timeout_after',
  'nonsense',
  'revoke_tokens',
  'clock_skew',
  'processing_fails',
  'processing_slow',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];
export type Fault = typeof faults.$inferSelect;

export interface NewFault {
  platform: string;
  operation: string;
  kind: FaultKind;
  probability?: number | undefined;
  count?: number | undefined;
  ms?: number | undefined;
  seed?: number | undefined;
}

/** Thrown after the effect, when no response must arrive. The sandbox server then drops the connection. */
export class ConnectionDropped extends TypeError {
  override readonly cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  constructor() {
    super('fetch failed');
    this.name = 'ConnectionDropped';
  }
}

const FRESH_MS = 2_000;

/** The active faults. They are stored in the database so that they apply to every process. */
export class FaultBook {
  #list: { rows: Fault[]; at: number } | undefined;
  constructor(
    private readonly db: Db['raw'],
    private readonly clock: Clock,
  ) {}

  async list(): Promise<Fault[]> {
    const now = this.clock.now().getTime();
    if (!this.#list || Math.abs(now - this.#list.at) >= FRESH_MS)
      this.#list = {
        rows: await this.db.select().from(faults).orderBy(faults.createdAt, faults.id),
        at: now,
      };
    return this.#list.rows;
  }

  async add(fault: NewFault): Promise<string> {
    const id = newId('sandbox');
    await this.db.insert(faults).values({
      id,
      platform: fault.platform,
      operation: fault.operation,
      kind: fault.kind,
      probability: fault.probability ?? 1,
      remaining: fault.count ?? null,
      ms: fault.ms ?? 0,
      seed: fault.seed ?? 1,
      createdAt: this.clock.now(),
    });
    this.#list = undefined;
    return id;
  }

  async clear(id?: string): Promise<void> {
    await (id ? this.db.delete(faults).where(eq(faults.id, id)) : this.db.delete(faults));
    this.#list = undefined;
  }

  forget(): void {
    this.#list = undefined;
  }

  /** Returns the faults that affect this call. Each draw uses the next number of the fault's own seed. */
  async strike(platform: string, operation: string): Promise<Fault[]> {
    const rows = await this.list();
    if (rows.length === 0) return rows;
    const struck: Fault[] = [];
    for (const fault of rows) {
      if (fault.platform !== '*' && fault.platform !== platform) continue;
      if (fault.operation !== '*' && fault.operation !== operation) continue;
      if (fault.remaining !== null && fault.remaining <= 0) continue;
      const drawn = fault.drawn++;
      const hit = fault.probability >= 1 || seeded(fault.seed + drawn * 7919)() < fault.probability;
      if (hit) {
        fault.struck++;
        if (fault.remaining !== null) fault.remaining--;
        struck.push(fault);
      }
      await this.db
        .update(faults)
        .set({
          drawn: sql`${faults.drawn} + 1`,
          ...(hit ? { struck: sql`${faults.struck} + 1`, remaining: sql`${faults.remaining} - 1` } : {}),
        })
        .where(eq(faults.id, fault.id));
    }
    return struck;
  }
}
