import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { sessions } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { defineVerb } from '@/server/verbs/define';
import { lockUser } from './lock-user';
import { hashPassword } from './password';
import { assertNotGuessable } from './password-strength';
import { provePassword } from './prove-password';
import { changePasswordInput } from './schemas';
import { notify } from './security-notice';
import { setPassword } from './set-password';

/**
 * Changes the password of a signed-in user who knows the old one, ends their other sessions, forgets their other browsers and notifies them
 * by e-mail.
 */
export const changePassword = defineVerb({
  verb: 'account.changePassword',
  access: 'person',
  effect: 'change',
  input: changePasswordInput,
  output: z.object({ endedSessions: z.number() }),
  run: async (ctx, input) => {
    const user = await provePassword(ctx, input.current);
    if (input.password === input.current)
      throw new AppError('invalid', fact('accounts.errors.passwordSame'), {
        fields: { password: fact('accounts.errors.passwordSameHere') },
      });
    await assertNotGuessable(input.password, user);
    const passwordHash = await hashPassword(input.password);
    const now = ctx.clock.now();
    const [session] = await ctx.db.asSystem((tx) =>
      tx.select().from(sessions).where(eq(sessions.id, ctx.sessionId)),
    );
    const endedSessions = await ctx.db.asSystem(async (tx) => {
      const same = await lockUser(tx, user.id);
      if (same?.passwordHash !== user.passwordHash)
        throw new AppError('conflict', fact('accounts.errors.passwordChangedMeanwhile'));
      const ended = await setPassword(tx, {
        userId: user.id,
        passwordHash,
        now,
        keep: { sessionId: ctx.sessionId, deviceId: session?.deviceId ?? null },
      });
      await notify(tx, 'password_changed', {
        key: `password-changed:${newId('event')}`,
        to: same,
        at: now,
        userAgent: session?.userAgent ?? null,
      });
      return ended;
    });
    await ctx.events.publish('email/queued', {});
    return { endedSessions };
  },
});
