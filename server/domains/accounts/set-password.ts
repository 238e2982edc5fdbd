import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { emailTokens, signInCodes, users } from '@/db/schema';
import { forgetDevices } from './devices';
import { revokeSessions } from './revoke-session';

/**
 * Sets a new password and invalidates everything that relied on the old one: sessions, known browsers, sign-ins waiting for a code, links
 * to set a password and a pending address change. `keep` is the session and browser in which the user changes it. Returns the number of
 * sessions ended.
 */
export async function setPassword(
  tx: Tx,
  input: {
    userId: string;
    passwordHash: string;
    now: Date;
    keep?: { sessionId: string; deviceId: string | null };
  },
): Promise<number> {
  const { userId, passwordHash, now, keep } = input;
  await tx.update(users).set({ passwordHash }).where(eq(users.id, userId));
  await tx
    .update(signInCodes)
    .set({ usedAt: now })
    .where(and(eq(signInCodes.userId, userId), isNull(signInCodes.usedAt)));
  await tx
    .update(emailTokens)
    .set({ usedAt: now })
    .where(
      and(
        eq(emailTokens.userId, userId),
        inArray(emailTokens.purpose, ['reset', 'change']),
        isNull(emailTokens.usedAt),
      ),
    );
  await forgetDevices(tx, { userId, except: keep?.deviceId ?? null, now });
  return revokeSessions(tx, { userId, ...(keep ? { except: keep.sessionId } : {}), now });
}
