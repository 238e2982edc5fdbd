import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { throttles } from '@/db/schema';
import { sha256 } from '@/server/foundation/crypto';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { AccountCtx } from './account-ctx';

export interface Throttle {
  /** What is counted; `subject` is hashed, so that the table holds no address. */
  name: string;
  subject: string;
  limit: number;
  windowMs: number;
}

/** An attempt that was counted. `over`: it was one more than the limit. */
export interface Taken {
  key: string;
  count: number;
  resetsAt: Date;
  over: boolean;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const keyOf = (t: Pick<Throttle, 'name' | 'subject'>) => `${t.name}:${sha256(t.subject).slice(0, 32)}`;

export { networkOf as placeOf } from '@/server/foundation/proxies';

/** Whose mailbox an address is: many providers deliver `name+anything` to `name`, and Gmail leaves dots out. */
function mailboxOf(email: string): string {
  const [local = '', domain = ''] = email.trim().toLowerCase().split('@');
  const base = local.replace(/\+.*$/, '');
  return /^(gmail|googlemail)\.com$/.test(domain)
    ? `${base.replaceAll('.', '')}@gmail.com`
    : `${base}@${domain}`;
}

/** How long until then, for somebody who has to wait. */
export function waitUntil(now: Date, until: Date): Fact {
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  if (seconds < 60) return fact('accounts.errors.waitSeconds', { seconds });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return fact('accounts.errors.waitMinutes', { minutes });
  return fact('accounts.errors.waitHours', { hours: Math.ceil(minutes / 60) });
}

/** What somebody is told who has to wait. */
export const tooMany = (now: Date, until: Date): AppError =>
  new AppError('rate_limited', fact('accounts.errors.tooManyTries', { wait: waitUntil(now, until) }));

/**
 * Counts one attempt in each fixed window, in the caller's transaction, and answers how each stands, in the order of `all`. A window begins
 * with its first attempt; attempts beyond the limit do not make it longer.
 */
export async function takeTries(tx: Tx, now: Date, all: readonly Throttle[]): Promise<Taken[]> {
  const taken = new Map<Throttle, Taken>();
  // Always in the order of the keys, so that two requests never wait for each other's row.
  for (const one of [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    const key = keyOf(one);
    const [row] = await tx
      .insert(throttles)
      .values({ key, count: 1, resetsAt: new Date(now.getTime() + one.windowMs) })
      .onConflictDoUpdate({
        target: throttles.key,
        set: {
          count: sql`case when ${throttles.resetsAt} <= ${now.toISOString()}::timestamptz then 1 else ${throttles.count} + 1 end`,
          resetsAt: sql`case when ${throttles.resetsAt} <= ${now.toISOString()}::timestamptz then excluded.resets_at else ${throttles.resetsAt} end`,
        },
      })
      .returning();
    if (!row) throw new Error('An attempt was not counted');
    taken.set(one, { key, count: row.count, resetsAt: row.resetsAt, over: row.count > one.limit });
  }
  return all.flatMap((one) => taken.get(one) ?? []);
}

/**
 * Counts one attempt in each fixed window and throws `rate_limited` when one is used up. In a transaction of its own, so that
 * an attempt counts also when what follows fails.
 */
export async function countTry(ctx: AccountCtx, all: readonly Throttle[]): Promise<Taken[]> {
  const now = ctx.clock.now();
  const taken = await ctx.db.asSystem((tx) => takeTries(tx, now, all));
  refuseIfOver(now, taken);
  return taken;
}

/** Throws `rate_limited` when a limit is passed, with the longest of the waits. */
export function refuseIfOver(now: Date, taken: readonly Taken[]): void {
  const until = taken.filter((t) => t.over).map((t) => t.resetsAt.getTime());
  if (until.length > 0) throw tooMany(now, new Date(Math.max(...until)));
}

/** E-mails a day that anybody can cause to a mailbox whose owner has not shown to want them: registrations under all its spellings. */
const UNASKED_A_DAY = 20;

/** Whether one more may be sent there, and counts it. */
export async function mayMail(tx: Tx, input: { email: string; now: Date }): Promise<boolean> {
  const subject = mailboxOf(input.email);
  const [mails] = await takeTries(tx, input.now, [
    { name: 'unasked-mail', subject, limit: UNASKED_A_DAY, windowMs: DAY },
  ]);
  return mails?.over === false;
}

/** Gives tries back that were none: the person got it right. A window that has started over meanwhile keeps its count. */
export async function giveBack(ctx: AccountCtx, taken: readonly Taken[]): Promise<void> {
  await ctx.db.asSystem(async (tx) => {
    for (const { key, resetsAt } of [...taken].sort((a, b) => (a.key < b.key ? -1 : 1)))
      await tx
        .update(throttles)
        .set({ count: sql`${throttles.count} - 1` })
        .where(and(eq(throttles.key, key), eq(throttles.resetsAt, resetsAt), gt(throttles.count, 0)));
  });
}

/** Forgets the attempts: the person has shown that they are the right one. */
export async function forgetTries(ctx: AccountCtx, which: Pick<Throttle, 'name' | 'subject'>): Promise<void> {
  await ctx.db.asSystem((tx) => tx.delete(throttles).where(eq(throttles.key, keyOf(which))));
}

/** Removes windows that have ended. Called by the daily clean-up. */
export async function removeOldTries(ctx: AccountCtx): Promise<void> {
  await ctx.db.asSystem((tx) => tx.delete(throttles).where(lt(throttles.resetsAt, ctx.clock.now())));
}
