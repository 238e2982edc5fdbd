import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { users } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import type { AccountCtx } from './account-ctx';
import { checkPassword, hashPassword } from './password';
import { revokeSessions } from './revoke-session';
import type { changePasswordInput } from './schemas';
import { countTry, forgetTries, MINUTE } from './throttle';

/** Changes the password of a signed-in person who knows the old one, and ends their other sessions. */
export async function changePassword({
  ctx,
  input,
}: {
  ctx: AccountCtx & { userId: string; sessionId: string };
  input: z.output<typeof changePasswordInput>;
}): Promise<{ endedSessions: number }> {
  const tries = { name: 'change-password', subject: ctx.userId };
  await countTry(ctx, [{ ...tries, limit: 8, windowMs: 15 * MINUTE }]);
  const [user] = await ctx.db.asSystem((tx) => tx.select().from(users).where(eq(users.id, ctx.userId)));
  if (!(await checkPassword(user?.passwordHash ?? null, input.current)))
    throw new AppError('invalid', 'The current password is not right.', {
      fields: { current: 'This is not your current password.' },
    });
  const passwordHash = await hashPassword(input.password);
  const now = ctx.clock.now();
  const endedSessions = await ctx.db.asSystem(async (tx) => {
    const [same] = await tx.select().from(users).where(eq(users.id, ctx.userId)).for('update');
    if (same?.passwordHash !== user?.passwordHash)
      throw new AppError('conflict', 'The password was changed meanwhile. Please try again.');
    await tx.update(users).set({ passwordHash }).where(eq(users.id, ctx.userId));
    return revokeSessions(tx, { userId: ctx.userId, except: ctx.sessionId, now });
  });
  await forgetTries(ctx, tries);
  return { endedSessions };
}
