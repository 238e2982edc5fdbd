import { eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { sessions, users } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import type { AccountCtx } from './account-ctx';
import { checkPassword } from './password';
import { SESSION_DAYS, type signInInput } from './schemas';
import { countTry, forgetTries, MINUTE, waitMessage } from './throttle';

const LOCK_AFTER = 8;
const LOCK_MINUTES = 15;
const wrong = () => new AppError('unauthenticated', 'The e-mail address or the password is not right.');

/**
 * Checks a password and opens a session. An unknown address takes as long and gets the same answer as a wrong password.
 * Tries are counted by address and by network address; an account is locked for a while after eight wrong ones in a row.
 */
export async function signIn({
  ctx,
  input,
}: {
  ctx: AccountCtx;
  input: z.output<typeof signInInput>;
}): Promise<{ userId: string; sessionId: string }> {
  const email = input.email.trim().toLowerCase();
  const byAddress = { name: 'sign-in', subject: email };
  await countTry(ctx, [
    { ...byAddress, limit: 20, windowMs: LOCK_MINUTES * MINUTE },
    { name: 'sign-in-from', subject: input.ip, limit: 100, windowMs: LOCK_MINUTES * MINUTE },
  ]);
  const now = ctx.clock.now();
  const [user] = await ctx.db.asSystem((tx) =>
    tx
      .select({ id: users.id, passwordHash: users.passwordHash, lockedUntil: users.lockedUntil })
      .from(users)
      .where(eq(sql`lower(${users.email})`, email)),
  );
  // Hashing stays outside the transactions: it takes long, and the embedded database has one connection.
  const right = await checkPassword(user?.passwordHash ?? null, input.password);
  if (!user) throw wrong();
  if (user.lockedUntil && user.lockedUntil > now)
    throw new AppError('rate_limited', waitMessage(now, user.lockedUntil));
  if (!right) {
    const lockedUntil = new Date(now.getTime() + LOCK_MINUTES * MINUTE);
    await ctx.db.asSystem((tx) =>
      tx
        .update(users)
        .set({
          failedSignIns: sql`(${users.failedSignIns} + 1) % ${LOCK_AFTER}`,
          lockedUntil: sql`case when ${users.failedSignIns} + 1 >= ${LOCK_AFTER} then ${lockedUntil.toISOString()}::timestamptz else ${users.lockedUntil} end`,
        })
        .where(eq(users.id, user.id)),
    );
    throw wrong();
  }
  const sessionId = newId('session');
  const opened = await ctx.db.asSystem(async (tx) => {
    // The password was read before: if it was changed meanwhile, it no longer opens anything.
    const [same] = await tx.select().from(users).where(eq(users.id, user.id)).for('update');
    if (same?.passwordHash !== user.passwordHash) return false;
    await tx.update(users).set({ failedSignIns: 0, lockedUntil: null }).where(eq(users.id, user.id));
    await tx.insert(sessions).values({
      id: sessionId,
      userId: user.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + SESSION_DAYS * 86_400_000),
      userAgent: input.userAgent,
    });
    return true;
  });
  if (!opened) throw wrong();
  await forgetTries(ctx, byAddress);
  return { userId: user.id, sessionId };
}
