import { and, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { emailTokens, sessions, signInCodes, users } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { isDuplicate } from '@/server/foundation/refusal';
import { defineVerb, nothing } from '@/server/verbs/define';
import { newEmailToken, spendEmailToken, storeEmailToken } from './email-tokens';
import { lockUser } from './lock-user';
import { provePassword } from './prove-password';
import { changeEmailInput, pendingEmailOutput, tokenInput, VERIFY_HOURS } from './schemas';
import { notify } from './security-notice';
import { countTry, DAY, HOUR, mayMail, refuseIfOver, type Throttle, takeTries } from './throttle';

const taken = () =>
  new AppError('conflict', fact('accounts.errors.emailTaken'), {
    fields: { email: fact('accounts.errors.emailTakenHere') },
  });

/**
 * Begins to change the address of a signed-in person who knows the password: a link goes to the new address, and the account keeps its old
 * one until the link was used. The old address is told at once.
 */
export const requestEmailChange = defineVerb({
  verb: 'account.changeEmail',
  permission: 'person',
  effect: 'change',
  input: changeEmailInput,
  output: z.object({ sentTo: z.string() }),
  run: async (ctx, input) => {
    const user = await provePassword(ctx, input.current);
    const now = ctx.clock.now();
    const email = input.email;
    if (email.toLowerCase() === user.email.toLowerCase())
      throw new AppError('invalid', fact('accounts.errors.emailSame'), {
        fields: { email: fact('accounts.errors.emailSame') },
      });
    // Also when somebody else has the address: whoever knows one password could else ask for many addresses.
    await countTry(ctx, [changesADay(ctx.userId)]);
    const [session] = await ctx.db.asSystem((tx) =>
      tx.select().from(sessions).where(eq(sessions.id, ctx.sessionId)),
    );
    const token = newEmailToken();
    await ctx.db.asSystem(async (tx) => {
      // Under the lock: a password that was replaced meanwhile ended what rested on the old one.
      const still = await lockUser(tx, user.id);
      if (still?.passwordHash !== user.passwordHash)
        throw new AppError('conflict', fact('accounts.errors.passwordChangedJustNow'));
      await mailConfirmation(tx, { ...token, user: still, email, now });
      await notify(tx, 'email_asked', {
        key: `email-asked:${token.id}`,
        to: still,
        at: now,
        userAgent: session?.userAgent ?? null,
      });
    });
    await ctx.events.publish('email/queued', {});
    return { sentTo: email };
  },
});

/** E-mails with a link to a new address. */
const changesADay = (userId: string): Throttle => ({
  name: 'change-email',
  subject: userId,
  limit: 10,
  windowMs: DAY,
});

/** Stores the token and queues the e-mail with it to the new address; the link before it stops working. */
async function mailConfirmation(
  tx: Tx,
  input: {
    id: string;
    token: string;
    user: Pick<typeof users.$inferSelect, 'id' | 'locale'>;
    email: string;
    now: Date;
  },
): Promise<void> {
  const { id, token, user, email, now } = input;
  if (await isTaken(tx, email, user.id)) throw taken();
  if (!(await mayMail(tx, { email, now })))
    throw new AppError('rate_limited', fact('accounts.errors.mailboxFull'));
  await storeEmailToken(tx, {
    id,
    token,
    userId: user.id,
    purpose: 'change',
    newEmail: email,
    now,
    ttlMs: VERIFY_HOURS * HOUR,
  });
  await queueEmail(tx, {
    key: `change:${id}`,
    to: email,
    template: 'confirm-new-email',
    props: { url: `${env().appUrl}/verify?token=${token}`, hours: VERIFY_HOURS },
    locale: user.locale,
    at: now,
    toUnconfirmed: true,
  });
}

/** The token of a change that waits for its link to be used. */
const waiting = (userId: string, now: Date) =>
  and(
    eq(emailTokens.userId, userId),
    eq(emailTokens.purpose, 'change'),
    isNull(emailTokens.usedAt),
    gt(emailTokens.expiresAt, now),
  );

/** The address that the person's account gets when the link in the e-mail to it is used; null when no change is under way. */
export const pendingEmail = defineVerb({
  verb: 'account.pendingEmail',
  permission: 'person',
  effect: 'read',
  input: nothing,
  output: pendingEmailOutput,
  run: async (ctx) => {
    const [row] = await ctx.db.asSystem((tx) =>
      tx
        .select({ email: emailTokens.newEmail, expiresAt: emailTokens.expiresAt })
        .from(emailTokens)
        .where(waiting(ctx.userId, ctx.clock.now())),
    );
    return row?.email ? { email: row.email, expiresAt: row.expiresAt } : null;
  },
});

/** Gives a change of address up: its link no longer works. Answers false when none was under way. */
export const cancelEmailChange = defineVerb({
  verb: 'account.cancelEmailChange',
  permission: 'person',
  effect: 'change',
  input: nothing,
  output: z.object({ cancelled: z.boolean() }),
  run: async (ctx) => {
    const now = ctx.clock.now();
    return ctx.db.asSystem(async (tx) => {
      // Under the lock: of a new link that is made at this moment, none is left.
      await lockUser(tx, ctx.userId);
      const rows = await tx
        .update(emailTokens)
        .set({ usedAt: now })
        .where(waiting(ctx.userId, now))
        .returning({ id: emailTokens.id });
      return { cancelled: rows.length > 0 };
    });
  },
});

/**
 * Sends the e-mail to the new address again, with a new link that works as long as the first one did; the older one stops working. The
 * password was entered when the change was asked for. Throws `conflict` when no change is under way.
 */
export const resendEmailChange = defineVerb({
  verb: 'account.resendEmailChange',
  permission: 'person',
  effect: 'change',
  input: nothing,
  output: z.object({ sentTo: z.string() }),
  run: async (ctx) => {
    await countTry(ctx, [{ name: 'resend-change', subject: ctx.userId, limit: 5, windowMs: HOUR }]);
    const now = ctx.clock.now();
    const token = newEmailToken();
    const sentTo = await ctx.db.asSystem(async (tx) => {
      // Under the lock: a password that is replaced at this moment ends the old link and the new one.
      const user = await lockUser(tx, ctx.userId);
      const [spent] = await tx
        .update(emailTokens)
        .set({ usedAt: now })
        .where(waiting(ctx.userId, now))
        .returning({ email: emailTokens.newEmail });
      if (!user || !spent?.email) throw new AppError('conflict', fact('accounts.errors.noChangeUnderWay'));
      refuseIfOver(now, await takeTries(tx, now, [changesADay(ctx.userId)]));
      await mailConfirmation(tx, { ...token, user, email: spent.email, now });
      return spent.email;
    });
    await ctx.events.publish('email/queued', {});
    return { sentTo };
  },
});

async function isTaken(tx: Tx, email: string, by: string): Promise<boolean> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(sql`lower(${users.email})`, email.toLowerCase()), ne(users.id, by)));
  return rows.length > 0;
}

/**
 * Finishes the change with the token of the e-mail to the new address. What was sent to the old mailbox (links to set a password, codes)
 * no longer works, and both addresses are told. Throws `invalid` for a token that does not work, `conflict` when somebody took the address.
 */
export const confirmEmailChange = defineVerb({
  verb: 'account.confirmEmailChange',
  permission: 'visitor',
  effect: 'change',
  input: tokenInput,
  output: z.object({ userId: z.string() }),
  run: async (ctx, input) => {
    const now = ctx.clock.now();
    const userId = await ctx.db.asSystem(async (tx) => {
      const spent = await spendEmailToken(tx, { token: input.token, purpose: 'change', now });
      const user = await lockUser(tx, spent.userId);
      if (!user || !spent.newEmail || (await isTaken(tx, spent.newEmail, user.id))) throw taken();
      await tx
        .update(users)
        .set({ email: spent.newEmail, emailVerifiedAt: now })
        .where(eq(users.id, user.id))
        .catch((error: unknown) => {
          // Taken after it was looked for. The transaction is over with, so the link still works should the address become free.
          throw isDuplicate(error) ? taken() : error;
        });
      await tx
        .update(emailTokens)
        .set({ usedAt: now })
        .where(
          and(
            eq(emailTokens.userId, user.id),
            inArray(emailTokens.purpose, ['verify', 'reset']),
            isNull(emailTokens.usedAt),
          ),
        );
      await tx
        .update(signInCodes)
        .set({ usedAt: now })
        .where(and(eq(signInCodes.userId, user.id), isNull(signInCodes.usedAt)));
      for (const to of [user.email, spent.newEmail])
        await notify(tx, 'email_changed', {
          key: `email-changed:${spent.id}:${to === user.email ? 'old' : 'new'}`,
          to: { email: to, locale: user.locale },
          at: now,
          userAgent: ctx.client.userAgent,
        });
      return user.id;
    });
    await ctx.events.publish('email/queued', {});
    return { userId };
  },
});
