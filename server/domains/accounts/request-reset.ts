import { eq, sql } from 'drizzle-orm';
import { users } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb, nothing } from '@/server/verbs/define';
import { newEmailToken, storeEmailToken } from './email-tokens';
import { RESET_MINUTES, requestResetInput } from './schemas';
import { countAttempts, HOUR, MINUTE, networkOf, refuseIfOver, waitUntil } from './throttle';

/**
 * Sends a link to set a new password if the account exists. The response and the work are the same either way: for an unknown address, the
 * same rows are written without a recipient. The per-account limit never outlasts the links that used it up, so a user who reaches the
 * limit still has a working link.
 */
export const requestReset = defineVerb({
  verb: 'account.requestReset',
  access: 'visitor',
  effect: 'change',
  input: requestResetInput,
  output: nothing,
  run: async (ctx, input) => {
    const email = input.email.toLowerCase();
    const now = ctx.clock.now();
    const [byAccount, byPlace] = await ctx.db.asSystem((tx) =>
      countAttempts(tx, now, [
        { name: 'reset', subject: email, limit: 5, windowMs: RESET_MINUTES * MINUTE },
        { name: 'reset-from', subject: networkOf(ctx.client.ip), limit: 30, windowMs: HOUR },
      ]),
    );
    refuseIfOver(now, byPlace ? [byPlace] : []);
    if (byAccount?.over)
      throw new AppError(
        'rate_limited',
        fact('accounts.errors.linksAsked', { wait: waitUntil(now, byAccount.resetsAt) }),
      );
    const [user] = await ctx.db.asSystem((tx) =>
      tx
        .select({ id: users.id, email: users.email, locale: users.locale })
        .from(users)
        .where(eq(sql`lower(${users.email})`, email)),
    );
    const token = newEmailToken();
    await ctx.db.asSystem(async (tx) => {
      await storeEmailToken(tx, {
        ...token,
        userId: user?.id ?? null,
        purpose: 'reset',
        now,
        ttlMs: RESET_MINUTES * MINUTE,
      });
      await queueEmail(tx, {
        key: `reset:${token.id}`,
        to: user?.email ?? null,
        template: 'reset-password',
        props: { url: `${env().appUrl}/reset?token=${token.token}`, minutes: RESET_MINUTES },
        locale: user?.locale,
        at: now,
        toUnconfirmed: true,
      });
    });
    await ctx.events.publish('email/queued', {});
  },
});
