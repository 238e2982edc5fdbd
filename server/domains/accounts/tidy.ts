import { lt } from 'drizzle-orm';
import { emailTokens, sessions } from '@/db/schema';
import type { AccountCtx } from './account-ctx';
import { removeOldTries } from './throttle';

const KEEP_MS = 30 * 86_400_000;

/** Removes what has served its time: throttle windows, tokens and sessions that ended a month ago. */
export async function tidyAccounts({ ctx }: { ctx: AccountCtx }): Promise<void> {
  await removeOldTries(ctx);
  const before = new Date(ctx.clock.now().getTime() - KEEP_MS);
  await ctx.db.asSystem(async (tx) => {
    await tx.delete(emailTokens).where(lt(emailTokens.expiresAt, before));
    await tx.delete(sessions).where(lt(sessions.expiresAt, before));
  });
}
