import { and, eq, gt, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import { emailTokens, users } from '@/db/schema';
import { sha256 } from '@/server/foundation/crypto';
import type { AccountCtx } from './account-ctx';
import { spendEmailToken } from './email-tokens';
import { hashPassword } from './password';
import { revokeSessions } from './revoke-session';
import type { resetPasswordInput } from './schemas';
import { countTry, forgetTries, MINUTE } from './throttle';

/** Whether a token would still work, so that the page can say so before anybody types a password. */
export async function resetTokenWorks(ctx: AccountCtx, token: string): Promise<boolean> {
  const rows = await ctx.db.asSystem((tx) =>
    tx
      .select({ id: emailTokens.id })
      .from(emailTokens)
      .where(
        and(
          eq(emailTokens.tokenHash, sha256(token)),
          eq(emailTokens.purpose, 'reset'),
          isNull(emailTokens.usedAt),
          gt(emailTokens.expiresAt, ctx.clock.now()),
        ),
      ),
  );
  return rows.length > 0;
}

/**
 * Sets a new password with the token of the e-mail, ends every session and lifts a lock. Whoever got the e-mail owns the
 * address, so it counts as confirmed.
 */
export async function resetPassword({
  ctx,
  input,
}: {
  ctx: AccountCtx;
  input: z.output<typeof resetPasswordInput>;
}): Promise<{ email: string }> {
  await countTry(ctx, [{ name: 'reset-set', subject: input.ip, limit: 30, windowMs: 60 * MINUTE }]);
  const passwordHash = await hashPassword(input.password);
  const now = ctx.clock.now();
  const email = await ctx.db.asSystem(async (tx) => {
    const userId = await spendEmailToken(tx, { token: input.token, purpose: 'reset', now });
    const [user] = await tx.select().from(users).where(eq(users.id, userId)).for('update');
    await tx
      .update(users)
      .set({
        passwordHash,
        failedSignIns: 0,
        lockedUntil: null,
        emailVerifiedAt: user?.emailVerifiedAt ?? now,
      })
      .where(eq(users.id, userId));
    await revokeSessions(tx, { userId, now });
    return user?.email ?? '';
  });
  await forgetTries(ctx, { name: 'sign-in', subject: email.toLowerCase() });
  return { email };
}
