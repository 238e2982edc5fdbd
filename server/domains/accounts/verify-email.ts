import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb, nothing } from '@/server/verbs/define';
import { newEmailToken, spendEmailToken, storeEmailToken } from './email-tokens';
import { tokenInput, VERIFY_HOURS } from './schemas';
import { countAttemptOrThrow, countUnsolicitedMail, DAY, HOUR } from './throttle';

/** Confirms an address with the token from the e-mail. A token works once. */
export const verifyEmail = defineVerb({
  verb: 'account.verifyEmail',
  access: 'visitor',
  effect: 'change',
  input: tokenInput,
  output: z.object({ userId: z.string() }),
  run: async (ctx, input) => {
    const now = ctx.clock.now();
    return ctx.db.asSystem(async (tx) => {
      const { userId } = await spendEmailToken(tx, { token: input.token, purpose: 'verify', now });
      await tx
        .update(users)
        .set({ emailVerifiedAt: now })
        .where(and(eq(users.id, userId), isNull(users.emailVerifiedAt)));
      return { userId };
    });
  },
});

/** Sends the confirmation again with a new token; the previous one stops working. */
export const resendVerification = defineVerb({
  verb: 'account.resendVerification',
  access: 'person',
  effect: 'change',
  input: nothing,
  output: z.object({ sent: z.boolean() }),
  run: async (ctx) => {
    await countAttemptOrThrow(ctx, [
      { name: 'verify', subject: ctx.userId, limit: 5, windowMs: HOUR },
      { name: 'verify-day', subject: ctx.userId, limit: 15, windowMs: DAY },
    ]);
    const [user] = await ctx.db.asSystem((tx) => tx.select().from(users).where(eq(users.id, ctx.userId)));
    if (!user) throw new AppError('unauthenticated', fact('accounts.errors.signInFirst'));
    if (user.emailVerifiedAt) return { sent: false };
    const now = ctx.clock.now();
    const token = newEmailToken();
    await ctx.db.asSystem(async (tx) => {
      if (!(await countUnsolicitedMail(tx, { email: user.email, now })))
        throw new AppError('rate_limited', fact('accounts.errors.mailboxFullLook'));
      await storeEmailToken(tx, {
        ...token,
        userId: user.id,
        purpose: 'verify',
        now,
        ttlMs: VERIFY_HOURS * HOUR,
      });
      await queueEmail(tx, {
        key: `verify:${token.id}`,
        to: user.email,
        template: 'verify-email',
        props: { url: `${env().appUrl}/verify?token=${token.token}`, hours: VERIFY_HOURS },
        locale: user.locale,
        at: now,
        toUnconfirmed: true,
      });
    });
    await ctx.events.publish('email/queued', {});
    return { sent: true };
  },
});
