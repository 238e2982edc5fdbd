import { and, eq, isNull, lt } from 'drizzle-orm';
import { devices, emails, emailTokens, sessions, signInCodes } from '@/db/schema';
import type { AccountCtx } from './account-ctx';
import { removeExpiredWindows } from './throttle';

const KEEP_MS = 30 * 86_400_000;

/** Removes expired data: throttle windows, codes, e-mails without a recipient, and tokens, sessions and browsers that ended a month ago. */
export async function cleanUpAccounts({ ctx }: { ctx: AccountCtx }): Promise<void> {
  await removeExpiredWindows(ctx);
  const now = ctx.clock.now();
  const before = new Date(now.getTime() - KEEP_MS);
  await ctx.db.asSystem(async (tx) => {
    await tx.delete(emailTokens).where(lt(emailTokens.expiresAt, before));
    await tx.delete(sessions).where(lt(sessions.expiresAt, before));
    await tx.delete(devices).where(lt(devices.expiresAt, before));
    await tx.delete(signInCodes).where(lt(signInCodes.expiresAt, now));
    await tx.delete(emailTokens).where(and(isNull(emailTokens.userId), lt(emailTokens.expiresAt, now)));
    await tx.delete(emails).where(and(eq(emails.status, 'void'), lt(emails.createdAt, now)));
  });
}
