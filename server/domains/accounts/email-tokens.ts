import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { emailTokens } from '@/db/schema';
import { randomToken, sha256 } from '@/server/foundation/crypto';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { lockUser } from './lock-user';

type Purpose = 'verify' | 'reset' | 'change';

/** Creates the secret for a link in an e-mail. Called before the transaction, because the e-mail is rendered with it. */
export const newEmailToken = () => ({ id: newId('emailToken'), token: randomToken() });

/**
 * Stores the token's hash. Earlier tokens that confirm or change an address stop working. Earlier tokens that set a password remain valid
 * until they expire: anyone can request another one and would otherwise break the user's link. With `userId` null, writes a row that
 * belongs to no user.
 */
export async function storeEmailToken(
  tx: Tx,
  input: {
    id: string;
    token: string;
    userId: string | null;
    purpose: Purpose;
    newEmail?: string;
    now: Date;
    ttlMs: number;
  },
): Promise<void> {
  if (input.purpose !== 'reset' && input.userId)
    await tx
      .update(emailTokens)
      .set({ usedAt: input.now })
      .where(
        and(
          eq(emailTokens.userId, input.userId),
          eq(emailTokens.purpose, input.purpose),
          isNull(emailTokens.usedAt),
        ),
      );
  await tx.insert(emailTokens).values({
    id: input.id,
    userId: input.userId,
    purpose: input.purpose,
    newEmail: input.newEmail ?? null,
    tokenHash: sha256(input.token),
    expiresAt: new Date(input.now.getTime() + input.ttlMs),
  });
}

export const linkIsSpent = () => new AppError('invalid', fact('accounts.errors.linkSpent'));

/**
 * Uses up a token and returns its user and purpose. Throws the same error for an unknown, used or expired token and for one with another
 * purpose.
 */
export async function spendEmailToken(
  tx: Tx,
  input: { token: string; purpose: Purpose; now: Date },
): Promise<{ id: string; userId: string; newEmail: string | null }> {
  const works = and(
    eq(emailTokens.tokenHash, sha256(input.token)),
    eq(emailTokens.purpose, input.purpose),
    isNull(emailTokens.usedAt),
    gt(emailTokens.expiresAt, input.now),
  );
  // Locks the user before the token, in the same order as a password change.
  const [found] = await tx.select({ userId: emailTokens.userId }).from(emailTokens).where(works);
  if (!found?.userId) throw linkIsSpent();
  await lockUser(tx, found.userId);
  const [row] = await tx
    .update(emailTokens)
    .set({ usedAt: input.now })
    .where(works)
    .returning({ id: emailTokens.id, userId: emailTokens.userId, newEmail: emailTokens.newEmail });
  if (!row?.userId) throw linkIsSpent();
  return { ...row, userId: row.userId };
}
