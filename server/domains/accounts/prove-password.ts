import { eq } from 'drizzle-orm';
import { users } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { AccountCtx } from './account-ctx';
import { checkPassword } from './password';
import { countAttemptOrThrow, MINUTE, resetAttempts } from './throttle';

/** Number of wrong passwords a signed-in user may enter per quarter of an hour, across all forms that ask for the password again. */
export const PROOF_ATTEMPTS = 8;

/**
 * Checks the password of a signed-in user who has to enter it again, and returns their row. All forms share one throttle that nothing else
 * uses, so a stolen session grants no second set of guesses. The right password resets the count. Throws `invalid`, or `rate_limited` with
 * the time of the next attempt.
 */
export async function provePassword(
  ctx: AccountCtx & { userId: string },
  current: string,
): Promise<typeof users.$inferSelect> {
  // Counted before the check, so that concurrent guesses all count.
  const tries = { name: 'prove-password', subject: ctx.userId };
  await countAttemptOrThrow(ctx, [{ ...tries, limit: PROOF_ATTEMPTS, windowMs: 15 * MINUTE }]);
  const [user] = await ctx.db.asSystem((tx) => tx.select().from(users).where(eq(users.id, ctx.userId)));
  if (!user || !(await checkPassword(user.passwordHash, current)))
    throw new AppError('invalid', fact('accounts.errors.currentWrong'), {
      fields: { current: fact('accounts.errors.currentWrongHere') },
    });
  await resetAttempts(ctx, tries);
  return user;
}
