import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { throttles } from '@/db/schema';
import { at } from '@/db/statements';
import { latestStored } from '@/server/foundation/clock';
import { sha256 } from '@/server/foundation/crypto';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { AccountCtx } from './account-ctx';

export interface Throttle {
  /** Name of the throttle. `subject` is hashed, so that the table contains no address. */
  name: string;
  subject: string;
  limit: number;
  windowMs: number;
}

/** An attempt that was counted. `over`: it exceeded the limit. */
export interface CountedAttempt {
  key: string;
  count: number;
  resetsAt: Date;
  over: boolean;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const keyOf = (t: Pick<Throttle, 'name' | 'subject'>) => `${t.name}:${sha256(t.subject).slice(0, 32)}`;

export { networkOf } from '@/server/foundation/proxies';

/** Returns the mailbox of an address: many providers deliver `name+anything` to `name`, and Gmail ignores dots. */
function mailboxOf(email: string): string {
  const [local = '', domain = ''] = email.trim().toLowerCase().split('@');
  const base = local.replace(/\+.*$/, '');
  return /^(gmail|googlemail)\.com$/.test(domain)
    ? `${base.replaceAll('.', '')}@gmail.com`
    : `${base}@${domain}`;
}

/** Describes how long a client has to wait. */
export function waitUntil(now: Date, until: Date): Fact {
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  if (seconds < 60) return fact('accounts.errors.waitSeconds', { seconds });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return fact('accounts.errors.waitMinutes', { minutes });
  return fact('accounts.errors.waitHours', { hours: Math.ceil(minutes / 60) });
}

/** Returns the error for a client that has to wait. */
export const rateLimitedError = (now: Date, until: Date): AppError =>
  new AppError('rate_limited', fact('accounts.errors.tooManyTries', { wait: waitUntil(now, until) }));

/**
 * Counts one attempt in each fixed window, in the caller's transaction, and returns their counts in the order of `all`. A window begins
 * with its first attempt; attempts beyond the limit do not extend it.
 */
export async function countAttempts(tx: Tx, now: Date, all: readonly Throttle[]): Promise<CountedAttempt[]> {
  const taken = new Map<Throttle, CountedAttempt>();
  // Always in key order, so that two requests cannot deadlock.
  for (const one of [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    const key = keyOf(one);
    const latest = latestStored(now, one.windowMs);
    const over = sql`(${throttles.resetsAt} <= ${at(now)} or ${throttles.resetsAt} > ${at(latest)})`;
    const [row] = await tx
      .insert(throttles)
      .values({ key, count: 1, resetsAt: new Date(now.getTime() + one.windowMs) })
      .onConflictDoUpdate({
        target: throttles.key,
        set: {
          count: sql`case when ${over} then 1 else ${throttles.count} + 1 end`,
          resetsAt: sql`case when ${over} then excluded.resets_at else ${throttles.resetsAt} end`,
        },
      })
      .returning();
    if (!row) throw new Error('Counting the attempt returned no row');
    taken.set(one, { key, count: row.count, resetsAt: row.resetsAt, over: row.count > one.limit });
  }
  return all.flatMap((one) => taken.get(one) ?? []);
}

/**
 * Counts one attempt in each fixed window and throws `rate_limited` if one is used up. Runs in its own transaction, so that an attempt
 * counts even if the following work fails.
 */
export async function countAttemptOrThrow(
  ctx: AccountCtx,
  all: readonly Throttle[],
): Promise<CountedAttempt[]> {
  const now = ctx.clock.now();
  const taken = await ctx.db.asSystem((tx) => countAttempts(tx, now, all));
  refuseIfOver(now, taken);
  return taken;
}

/** Throws `rate_limited` with the longest wait if a limit is exceeded. */
export function refuseIfOver(now: Date, taken: readonly CountedAttempt[]): void {
  const until = taken.filter((t) => t.over).map((t) => t.resetsAt.getTime());
  if (until.length > 0) throw rateLimitedError(now, new Date(Math.max(...until)));
}

/** Maximum number of unsolicited e-mails a day to a mailbox whose owner has not confirmed, counted across all spellings of the address. */
const UNASKED_A_DAY = 20;

/** Counts one more e-mail to that mailbox and returns whether it may be sent. */
export async function countUnsolicitedMail(tx: Tx, input: { email: string; now: Date }): Promise<boolean> {
  const subject = mailboxOf(input.email);
  const [mails] = await countAttempts(tx, input.now, [
    { name: 'unasked-mail', subject, limit: UNASKED_A_DAY, windowMs: DAY },
  ]);
  return mails?.over === false;
}

/** Returns attempts that turned out to be legitimate. A window that has restarted since keeps its count. */
export async function returnAttempts(ctx: AccountCtx, taken: readonly CountedAttempt[]): Promise<void> {
  await ctx.db.asSystem(async (tx) => {
    for (const { key, resetsAt } of [...taken].sort((a, b) => (a.key < b.key ? -1 : 1)))
      await tx
        .update(throttles)
        .set({ count: sql`${throttles.count} - 1` })
        .where(and(eq(throttles.key, key), eq(throttles.resetsAt, resetsAt), gt(throttles.count, 0)));
  });
}

/** Resets the attempts, because the user has proven their identity. */
export async function resetAttempts(
  ctx: AccountCtx,
  which: Pick<Throttle, 'name' | 'subject'>,
): Promise<void> {
  await ctx.db.asSystem((tx) => tx.delete(throttles).where(eq(throttles.key, keyOf(which))));
}

/** Removes expired windows. Called by the daily clean-up. */
export async function removeExpiredWindows(ctx: AccountCtx): Promise<void> {
  await ctx.db.asSystem((tx) => tx.delete(throttles).where(lt(throttles.resetsAt, ctx.clock.now())));
}
