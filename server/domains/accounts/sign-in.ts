import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { truncateText } from '@/server/foundation/storable';
import { defineVerb } from '@/server/verbs/define';
import { findKnownDevice } from './devices';
import { lockUser } from './lock-user';
import { openSession } from './open-session';
import { checkPassword } from './password';
import { codeAsked, openedSession, signInInput } from './schemas';
import { askForCode } from './sign-in-code';
import { countAttempts, DAY, MINUTE, networkOf, refuseIfOver, returnAttempts } from './throttle';

/** Name of the per-account throttle. */
export const SIGN_IN = 'sign-in';
/** Number of wrong passwords a day from unknown browsers before such browsers also need a code from the mailbox. */
export const FREE_ATTEMPTS = 5;
/** Number of wrong passwords a day from a known browser before it counts as unknown. */
export const DEVICE_ATTEMPTS = 10;
/** Number of wrong passwords per quarter of an hour from one network address, across all accounts. */
export const NETWORK_ATTEMPTS = 100;

const wrong = () => new AppError('unauthenticated', fact('accounts.errors.signInWrong'));

/**
 * Checks a password and opens a session. Strangers cannot lock the owner out:
 *
 * - after FREE_TRIES wrong passwords for an account, an unknown browser also needs a code, which is mailed to the account's address if the
 *   password is right. The response does not reveal whether it was mailed;
 * - a browser that has signed in before (`devices`) has its own attempts and needs no code;
 * - a network address that has used up its attempts must wait. Known browsers are exempt.
 *
 * An unknown address costs the same hashing and the same writes as a known one, and gets the same responses. Returns a session, or that a
 * code is required. Throws `unauthenticated`, or `rate_limited` with the time of the next attempt.
 */
export const signIn = defineVerb({
  verb: 'account.signIn',
  access: 'visitor',
  effect: 'change',
  input: signInInput,
  output: z.discriminatedUnion('kind', [openedSession, codeAsked]),
  run: async (ctx, input) => {
    // Removes characters that no address contains, because the database may reject them.
    const email = truncateText(input.email.replace(/[\p{Cc}\p{Cs}]/gu, ''), 500)
      .trim()
      .toLowerCase();
    const now = ctx.clock.now();
    const { user, device, taken, account, place } = await ctx.db.asSystem(async (tx) => {
      const [user] = await tx
        .select({ id: users.id, passwordHash: users.passwordHash })
        .from(users)
        .where(eq(sql`lower(${users.email})`, email));
      const device = await findKnownDevice(tx, {
        tokens: input.devices ?? [],
        userId: user?.id ?? null,
        now,
      });
      if (device) {
        const own = { name: 'sign-in-device', subject: device, limit: DEVICE_ATTEMPTS, windowMs: DAY };
        const taken = await countAttempts(tx, now, [own]);
        if (!taken[0]?.over) return { user, device, taken };
      }
      const taken = await countAttempts(tx, now, [
        { name: SIGN_IN, subject: email, limit: FREE_ATTEMPTS, windowMs: DAY },
        {
          name: 'sign-in-from',
          subject: networkOf(ctx.client.ip),
          limit: NETWORK_ATTEMPTS,
          windowMs: 15 * MINUTE,
        },
      ]);
      return { user, device, taken, account: taken[0], place: taken[1] };
    });
    refuseIfOver(now, place ? [place] : []);
    // Hashing stays outside the transactions because it is slow and the embedded database has only one connection.
    const right = await checkPassword(user?.passwordHash ?? null, input.password);
    const checked = user && right ? user : null;
    if (account?.over) return askForCode(ctx, { checked, userAgent: ctx.client.userAgent, now });
    if (!checked) throw wrong();
    const opened = await ctx.db.asSystem(async (tx) => {
      // The password was read earlier; if it has changed since, the old one no longer works.
      const same = await lockUser(tx, checked.id);
      if (same?.passwordHash !== checked.passwordHash) return null;
      return openSession(tx, { ...ctx.client, userId: checked.id, deviceId: device, now });
    });
    if (!opened) throw wrong();
    await returnAttempts(ctx, taken);
    return opened;
  },
});
