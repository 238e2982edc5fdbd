import { eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { users } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { renderEmail } from '@/server/domains/emails/render-email';
import { env } from '@/server/foundation/env';
import type { MailingCtx } from './account-ctx';
import { newEmailToken, storeEmailToken } from './email-tokens';
import { RESET_MINUTES, type requestResetInput } from './schemas';
import { countTry, MINUTE } from './throttle';

/** Sends a link to set a new password, if there is such an account. Answers the same in either case. */
export async function requestReset({
  ctx,
  input,
}: {
  ctx: MailingCtx;
  input: z.output<typeof requestResetInput>;
}): Promise<void> {
  const email = input.email.toLowerCase();
  await countTry(ctx, [
    { name: 'reset', subject: email, limit: 5, windowMs: 60 * MINUTE },
    { name: 'reset-from', subject: input.ip, limit: 30, windowMs: 60 * MINUTE },
  ]);
  const [user] = await ctx.db.asSystem((tx) =>
    tx
      .select()
      .from(users)
      .where(eq(sql`lower(${users.email})`, email)),
  );
  const token = newEmailToken();
  // Rendered in either case, so that the time it takes does not tell.
  const mail = await renderEmail('reset-password', {
    name: user?.name ?? 'there',
    url: `${env().appUrl}/reset?token=${token.token}`,
    minutes: RESET_MINUTES,
  });
  if (!user) return;
  const now = ctx.clock.now();
  await ctx.db.asSystem(async (tx) => {
    await storeEmailToken(tx, {
      ...token,
      userId: user.id,
      purpose: 'reset',
      now,
      ttlMs: RESET_MINUTES * MINUTE,
    });
    await queueEmail(tx, { key: `reset:${token.id}`, to: user.email, at: now, ...mail });
  });
  await ctx.signals.send('email/queued', {});
}
