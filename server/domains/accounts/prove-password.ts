import { eq } from 'drizzle-orm';
import { users } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { AccountCtx } from './account-ctx';
import { checkPassword } from './password';
import { countTry, forgetTries, MINUTE } from './throttle';

/** Wrong passwords of a signed-in person in a quarter of an hour, over all forms that ask for it again. */
export const PROOF_TRIES = 8;

/**
 * Checks the password of a signed-in person who is asked for it again, and answers their row. All forms count on one throttle, so that
 * whoever has a session gets no second set of guesses, and on no other one; the right password ends the count. Throws `invalid`,
 * or `rate_limited` with when to try again.
 */
export async function provePassword(
  ctx: AccountCtx & { userId: string },
  current: string,
): Promise<typeof users.$inferSelect> {
  // Counted before the check, so that guesses at the same time all count.
  const tries = { name: 'prove-password', subject: ctx.userId };
  await countTry(ctx, [{ ...tries, limit: PROOF_TRIES, windowMs: 15 * MINUTE }]);
  const [user] = await ctx.db.asSystem((tx) => tx.select().from(users).where(eq(users.id, ctx.userId)));
  if (!user || !(await checkPassword(user.passwordHash, current)))
    throw new AppError('invalid', fact('accounts.errors.currentWrong'), {
      fields: { current: fact('accounts.errors.currentWrongHere') },
    });
  await forgetTries(ctx, tries);
  return user;
}
