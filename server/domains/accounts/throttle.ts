import { eq, lt, sql } from 'drizzle-orm';
import { throttles } from '@/db/schema';
import { sha256 } from '@/server/foundation/crypto';
import { AppError } from '@/server/foundation/errors';
import type { AccountCtx } from './account-ctx';

export interface Throttle {
  /** What is counted; `subject` is hashed, so that the table holds no address. */
  name: string;
  subject: string;
  limit: number;
  windowMs: number;
}

export const MINUTE = 60_000;
const keyOf = (t: Pick<Throttle, 'name' | 'subject'>) => `${t.name}:${sha256(t.subject).slice(0, 32)}`;

/** A sentence for somebody who has to wait until `until`. */
export function waitMessage(now: Date, until: Date): string {
  const minutes = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / MINUTE));
  return `There were too many tries. Wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} and try again.`;
}

/**
 * Counts one try in each fixed window and throws `rate_limited` when one is used up. In a transaction of its own, so that
 * a try counts also when what follows fails.
 */
export async function countTry(ctx: AccountCtx, all: readonly Throttle[]): Promise<void> {
  const now = ctx.clock.now();
  const refused = await ctx.db.asSystem(async (tx) => {
    let wait: Date | null = null;
    // Always in the order of the keys, so that two requests never wait for each other's row.
    for (const one of [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
      const [row] = await tx
        .insert(throttles)
        .values({ key: keyOf(one), count: 1, resetsAt: new Date(now.getTime() + one.windowMs) })
        .onConflictDoUpdate({
          target: throttles.key,
          set: {
            count: sql`case when ${throttles.resetsAt} <= ${now.toISOString()}::timestamptz then 1 else ${throttles.count} + 1 end`,
            resetsAt: sql`case when ${throttles.resetsAt} <= ${now.toISOString()}::timestamptz then excluded.resets_at else ${throttles.resetsAt} end`,
          },
        })
        .returning();
      if (row && row.count > one.limit && (!wait || row.resetsAt > wait)) wait = row.resetsAt;
    }
    return wait;
  });
  if (refused) throw new AppError('rate_limited', waitMessage(now, refused));
}

/** Forgets the tries: the person has shown that they are the right one. */
export async function forgetTries(ctx: AccountCtx, which: Pick<Throttle, 'name' | 'subject'>): Promise<void> {
  await ctx.db.asSystem((tx) => tx.delete(throttles).where(eq(throttles.key, keyOf(which))));
}

/** Removes windows that have ended. Called by the daily clean-up. */
export async function removeOldTries(ctx: AccountCtx): Promise<void> {
  await ctx.db.asSystem((tx) => tx.delete(throttles).where(lt(throttles.resetsAt, ctx.clock.now())));
}
