import { and, eq, gt, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { emailTokens, users } from '@/db/schema';
import { sha256 } from '@/server/foundation/crypto';
import { newId } from '@/server/foundation/ids';
import { defineVerb } from '@/server/verbs/define';
import { rememberDevice } from './devices';
import { linkIsSpent, spendEmailToken } from './email-tokens';
import { lockUser } from './lock-user';
import { hashPassword } from './password';
import { assertNotGuessable } from './password-strength';
import { resetPasswordInput, tokenInput } from './schemas';
import { notify } from './security-notice';
import { setPassword } from './set-password';
import { SIGN_IN } from './sign-in';
import { countAttemptOrThrow, HOUR, networkOf, resetAttempts } from './throttle';

/** Returns whether a token is still valid, so that the page can tell before the user enters a password. */
export const checkResetLink = defineVerb({
  verb: 'account.checkResetLink',
  access: 'visitor',
  effect: 'check',
  input: tokenInput,
  output: z.object({ works: z.boolean() }),
  run: async (ctx, { token }) => ({
    works: (await ctx.db.asSystem((tx) => ownerOf(tx, token, ctx.clock.now()))) !== null,
  }),
});

async function ownerOf(tx: Tx, token: string, now: Date) {
  const [row] = await tx
    .select({ name: users.name, email: users.email })
    .from(emailTokens)
    .innerJoin(users, eq(users.id, emailTokens.userId))
    .where(
      and(
        eq(emailTokens.tokenHash, sha256(token)),
        eq(emailTokens.purpose, 'reset'),
        isNull(emailTokens.usedAt),
        gt(emailTokens.expiresAt, now),
      ),
    );
  return row ?? null;
}

/**
 * Sets a new password with the token from the e-mail, ends every session and notifies the user by e-mail. Whoever received the link
 * controls the mailbox, so the address counts as confirmed and this browser needs no code. `device` is the token for its cookie.
 */
export const resetPassword = defineVerb({
  verb: 'account.resetPassword',
  access: 'visitor',
  effect: 'change',
  input: resetPasswordInput,
  output: z.object({ email: z.string(), device: z.string() }),
  run: async (ctx, input) => {
    await countAttemptOrThrow(ctx, [
      { name: 'reset-set', subject: networkOf(ctx.client.ip), limit: 30, windowMs: HOUR },
    ]);
    const owner = await ctx.db.asSystem((tx) => ownerOf(tx, input.token, ctx.clock.now()));
    if (!owner) throw linkIsSpent();
    // Before the token is used up, so that the link still works if the password is rejected.
    await assertNotGuessable(input.password, owner);
    const passwordHash = await hashPassword(input.password);
    const now = ctx.clock.now();
    const done = await ctx.db.asSystem(async (tx) => {
      const { userId } = await spendEmailToken(tx, { token: input.token, purpose: 'reset', now });
      const user = await lockUser(tx, userId);
      if (!user) throw linkIsSpent();
      await setPassword(tx, { userId, passwordHash, now });
      if (!user.emailVerifiedAt)
        await tx.update(users).set({ emailVerifiedAt: now }).where(eq(users.id, userId));
      const { token } = await rememberDevice(tx, { id: null, userId, now });
      await notify(tx, 'password_reset', {
        key: `password-reset:${newId('event')}`,
        to: user,
        at: now,
        userAgent: ctx.client.userAgent,
      });
      return { email: user.email, device: token };
    });
    const subject = done.email.toLowerCase();
    await resetAttempts(ctx, { name: SIGN_IN, subject });
    await ctx.events.publish('email/queued', {});
    return done;
  },
});
