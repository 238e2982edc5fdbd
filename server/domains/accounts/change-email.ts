import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { emailTokens, sessions, signInCodes, users } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { renderEmail } from '@/server/domains/emails/render-email';
import { env } from '@/server/foundation/env';
import { AppError, isDuplicate } from '@/server/foundation/errors';
import type { MailingCtx } from './account-ctx';
import { newEmailToken, spendEmailToken, storeEmailToken } from './email-tokens';
import { checkPassword } from './password';
import { type changeEmailInput, VERIFY_HOURS } from './schemas';
import { renderNotice } from './security-notice';
import { countTry, DAY, HOUR, MINUTE, mayMail } from './throttle';

const taken = () =>
  new AppError('conflict', 'Another account has this e-mail address.', {
    fields: { email: 'Another account has this address.' },
  });

/**
 * Begins to change the address of a signed-in person who knows the password: a link goes to the new address, and the account keeps its old
 * one until the link was used. The old address is told at once.
 */
export async function requestEmailChange({
  ctx,
  input,
}: {
  ctx: MailingCtx & { userId: string; sessionId: string };
  input: z.output<typeof changeEmailInput>;
}): Promise<{ sentTo: string }> {
  // The password's tries are those of changing it: whoever has a session gets no second set of guesses.
  await countTry(ctx, [
    { name: 'change-password', subject: ctx.userId, limit: 8, windowMs: 15 * MINUTE },
    { name: 'change-email', subject: ctx.userId, limit: 10, windowMs: DAY },
  ]);
  const now = ctx.clock.now();
  const email = input.email;
  const { user, session } = await ctx.db.asSystem(async (tx) => ({
    user: (await tx.select().from(users).where(eq(users.id, ctx.userId)))[0],
    session: (await tx.select().from(sessions).where(eq(sessions.id, ctx.sessionId)))[0],
  }));
  if (!user || !(await checkPassword(user.passwordHash, input.current)))
    throw new AppError('invalid', 'The current password is not right.', {
      fields: { current: 'This is not your current password.' },
    });
  if (email.toLowerCase() === user.email.toLowerCase())
    throw new AppError('invalid', 'This is your address already.', {
      fields: { email: 'This is your address already.' },
    });
  const token = newEmailToken();
  const [confirm, notice] = await Promise.all([
    renderEmail('confirm-new-email', {
      url: `${env().appUrl}/verify?token=${token.token}`,
      hours: VERIFY_HOURS,
    }),
    renderNotice('email-asked', { at: now, userAgent: session?.userAgent ?? null }),
  ]);
  await ctx.db.asSystem(async (tx) => {
    // Under the lock: a password that was replaced meanwhile ended what rested on the old one.
    const [still] = await tx.select().from(users).where(eq(users.id, user.id)).for('update');
    if (still?.passwordHash !== user.passwordHash)
      throw new AppError('conflict', 'Your password was changed just now. Sign in again.');
    if (await isTaken(tx, email, user.id)) throw taken();
    if (!(await mayMail(tx, { email, now })))
      throw new AppError('rate_limited', 'We have written to this mailbox often today. Try again tomorrow.');
    await storeEmailToken(tx, {
      ...token,
      userId: user.id,
      purpose: 'change',
      newEmail: email,
      now,
      ttlMs: VERIFY_HOURS * HOUR,
    });
    const mail = { at: now, toUnconfirmed: true };
    await queueEmail(tx, { key: `change:${token.id}`, to: email, ...mail, ...confirm });
    await queueEmail(tx, { key: `email-asked:${token.id}`, to: user.email, ...mail, ...notice });
  });
  await ctx.signals.send('email/queued', {});
  return { sentTo: email };
}

async function isTaken(tx: Tx, email: string, by: string): Promise<boolean> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(sql`lower(${users.email})`, email.toLowerCase()), ne(users.id, by)));
  return rows.length > 0;
}

/**
 * Finishes the change with the token of the e-mail to the new address. What was sent to the old mailbox (links to set a password, codes)
 * works no longer, and both addresses are told. Throws `invalid` for a token that does not work, `conflict` when somebody took the address.
 */
export async function confirmEmailChange({
  ctx,
  input,
}: {
  ctx: MailingCtx;
  input: { token: string; userAgent: string | null };
}): Promise<{ userId: string }> {
  const now = ctx.clock.now();
  const notice = await renderNotice('email-changed', { at: now, userAgent: input.userAgent });
  const userId = await ctx.db.asSystem(async (tx) => {
    const spent = await spendEmailToken(tx, { token: input.token, purpose: 'change', now });
    const [user] = await tx.select().from(users).where(eq(users.id, spent.userId)).for('update');
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
      await queueEmail(tx, {
        key: `email-changed:${spent.id}:${to === user.email ? 'old' : 'new'}`,
        to,
        at: now,
        toUnconfirmed: true,
        ...notice,
      });
    return user.id;
  });
  await ctx.signals.send('email/queued', {});
  return { userId };
}
