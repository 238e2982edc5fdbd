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
import {
  countAttemptOrThrow,
  countAttempts,
  countUnsolicitedMail,
  DAY,
  HOUR,
  refuseIfOver,
  type Throttle,
} from './throttle';

const taken = () =>
  new AppError('conflict', fact('accounts.errors.emailTaken'), {
    fields: { email: fact('accounts.errors.emailTakenHere') },
  });

/**
 * Begins an address change for a signed-in user who knows the password. A link is sent to the new address; the account keeps the old one
 * until the link is used. The old address is notified immediately.
 */
export const requestEmailChange = defineVerb({
  verb: 'account.changeEmail',
  access: 'person',
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
    // Counted even if the address belongs to another account; otherwise anyone with one password could probe any number of addresses.
    await countAttemptOrThrow(ctx, [changesADay(ctx.userId)]);
    const [session] = await ctx.db.asSystem((tx) =>
      tx.select().from(sessions).where(eq(sessions.id, ctx.sessionId)),
    );
    const token = newEmailToken();
    await ctx.db.asSystem(async (tx) => {
      // Under the lock: a password change in the meantime invalidates everything that was authorized with the old password.
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

/** Limit on e-mails with a link to a new address. */
const changesADay = (userId: string): Throttle => ({
  name: 'change-email',
  subject: userId,
  limit: 10,
  windowMs: DAY,
});

/** Stores the token and queues the e-mail with it to the new address. The previous link stops working. */
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
  if (!(await countUnsolicitedMail(tx, { email, now })))
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

/** Matches the token of a pending address change. */
const waiting = (userId: string, now: Date) =>
  and(
    eq(emailTokens.userId, userId),
    eq(emailTokens.purpose, 'change'),
    isNull(emailTokens.usedAt),
    gt(emailTokens.expiresAt, now),
  );

/** Returns the address that the account gets once the e-mailed link is used, or null if no change is pending. */
export const pendingEmail = defineVerb({
  verb: 'account.pendingEmail',
  access: 'person',
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

/** Cancels a pending address change; its link stops working. Returns false if none was pending. */
export const cancelEmailChange = defineVerb({
  verb: 'account.cancelEmailChange',
  access: 'person',
  effect: 'change',
  input: nothing,
  output: z.object({ cancelled: z.boolean() }),
  run: async (ctx) => {
    const now = ctx.clock.now();
    return ctx.db.asSystem(async (tx) => {
      // Under the lock, so that a link being created concurrently is removed as well.
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
 * Sends the e-mail to the new address again with a new link of the same lifetime. The previous link stops working. The password was already
 * checked when the change was requested. Throws `conflict` if no change is pending.
 */
export const resendEmailChange = defineVerb({
  verb: 'account.resendEmailChange',
  access: 'person',
  effect: 'change',
  input: nothing,
  output: z.object({ sentTo: z.string() }),
  run: async (ctx) => {
    await countAttemptOrThrow(ctx, [
      { name: 'resend-change', subject: ctx.userId, limit: 5, windowMs: HOUR },
    ]);
    const now = ctx.clock.now();
    const token = newEmailToken();
    const sentTo = await ctx.db.asSystem(async (tx) => {
      // Under the lock, so that a concurrent password change invalidates both the old link and the new one.
      const user = await lockUser(tx, ctx.userId);
      const [spent] = await tx
        .update(emailTokens)
        .set({ usedAt: now })
        .where(waiting(ctx.userId, now))
        .returning({ email: emailTokens.newEmail });
      if (!user || !spent?.email) throw new AppError('conflict', fact('accounts.errors.noChangeUnderWay'));
      refuseIfOver(now, await countAttempts(tx, now, [changesADay(ctx.userId)]));
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
 * Completes the change with the token from the e-mail to the new address. Links to set a password and codes sent to the old mailbox stop
 * working, and both addresses are notified. Throws `invalid` for an invalid token, and `conflict` if another account now has the address.
 */
export const confirmEmailChange = defineVerb({
  verb: 'account.confirmEmailChange',
  access: 'visitor',
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
          // Another account took the address after the check. The transaction is rolled back, so the link still works if the address
          // becomes free.
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
          to: { id: user.id, email: to, locale: user.locale },
          at: now,
          userAgent: ctx.client.userAgent,
        });
      return user.id;
    });
    await ctx.events.publish('email/queued', {});
    return { userId };
  },
});
