import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { sessions } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { AppError } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { defineVerb } from '@/server/verbs/define';
import { lockUser } from './lock-user';
import { hashPassword } from './password';
import { refuseGuessable } from './password-strength';
import { provePassword } from './prove-password';
import { changePasswordInput } from './schemas';
import { renderNotice } from './security-notice';
import { setPassword } from './set-password';

/**
 * Changes the password of a signed-in person who knows the old one, ends their other sessions, makes their other browsers strangers again,
 * and tells them by e-mail.
 */
export const changePassword = defineVerb({
  verb: 'account.changePassword',
  permission: 'person',
  effect: 'change',
  input: changePasswordInput,
  output: z.object({ endedSessions: z.number() }),
  run: async (ctx, input) => {
    const user = await provePassword(ctx, input.current);
    if (input.password === input.current)
      throw new AppError('invalid', 'The new password is the one that you have.', {
        fields: { password: 'This is your current password. Choose another one.' },
      });
    await refuseGuessable(input.password, user);
    const passwordHash = await hashPassword(input.password);
    const now = ctx.clock.now();
    const [session] = await ctx.db.asSystem((tx) =>
      tx.select().from(sessions).where(eq(sessions.id, ctx.sessionId)),
    );
    const notice = await renderNotice('password-changed', { at: now, userAgent: session?.userAgent ?? null });
    const endedSessions = await ctx.db.asSystem(async (tx) => {
      const same = await lockUser(tx, user.id);
      if (same?.passwordHash !== user.passwordHash)
        throw new AppError('conflict', 'The password was changed meanwhile. Please try again.');
      const ended = await setPassword(tx, {
        userId: user.id,
        passwordHash,
        now,
        keep: { sessionId: ctx.sessionId, deviceId: session?.deviceId ?? null },
      });
      await queueEmail(tx, {
        key: `password-changed:${newId('event')}`,
        to: same.email,
        at: now,
        toUnconfirmed: true,
        ...notice,
      });
      return ended;
    });
    await ctx.events.publish('email/queued', {});
    return { endedSessions };
  },
});
