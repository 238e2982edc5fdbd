import { and, eq, isNull, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { sessions, users } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { idInput } from '@/server/foundation/inputs';
import { defineVerb, nothing } from '@/server/verbs/define';
import type { AccountCtx, MailingCtx } from './account-ctx';
import { forgetDevices } from './devices';
import { notify } from './security-notice';

/** Signs out: ends the session whose id is in the cookie. The browser stays known. */
export async function endSession({ ctx, input }: { ctx: AccountCtx; input: { id: string } }): Promise<void> {
  await ctx.db.asSystem((tx) =>
    tx
      .update(sessions)
      .set({ revokedAt: ctx.clock.now() })
      .where(and(eq(sessions.id, input.id), isNull(sessions.revokedAt))),
  );
}

type Person = MailingCtx & { userId: string; sessionId: string };

/** Ends one of the user's own sessions and forgets the browser in which it was opened. Another user's session is treated as nonexistent. */
export const revokeSession = defineVerb({
  verb: 'account.revokeSession',
  access: 'person',
  effect: 'change',
  input: idInput('session'),
  output: nothing,
  run: async (ctx, input) => {
    const ended = await endAndTell(ctx, eq(sessions.id, input.id));
    if (ended === 0) throw notFound('session');
  },
});

/** Ends all of the user's sessions except the current one, and forgets their browsers. */
export const revokeOtherSessions = defineVerb({
  verb: 'account.revokeOtherSessions',
  access: 'person',
  effect: 'change',
  input: nothing,
  output: z.object({ ended: z.number() }),
  run: async (ctx) => {
    return { ended: await endAndTell(ctx, ne(sessions.id, ctx.sessionId), true) };
  },
});

async function endAndTell(
  ctx: Person,
  which: ReturnType<typeof eq>,
  everywhereElse = false,
): Promise<number> {
  const now = ctx.clock.now();
  const [mine] = await ctx.db.asSystem((tx) =>
    tx.select().from(sessions).where(eq(sessions.id, ctx.sessionId)),
  );
  const ended = await ctx.db.asSystem(async (tx) => {
    const rows = await tx
      .update(sessions)
      .set({ revokedAt: now })
      .where(and(which, eq(sessions.userId, ctx.userId), isNull(sessions.revokedAt)))
      .returning({ deviceId: sessions.deviceId });
    const gone = rows.flatMap(({ deviceId }) => deviceId ?? []).filter((id) => id !== mine?.deviceId);
    if (everywhereElse) await forgetDevices(tx, { userId: ctx.userId, except: mine?.deviceId ?? null, now });
    else await forgetDevices(tx, { userId: ctx.userId, ids: gone, now });
    if (rows.length === 0) return 0;
    const [user] = await tx.select().from(users).where(eq(users.id, ctx.userId));
    if (user)
      await notify(tx, 'sessions_ended', {
        key: `sessions-ended:${newId('event')}`,
        to: user,
        at: now,
        userAgent: mine?.userAgent ?? null,
      });
    return rows.length;
  });
  if (ended > 0) await ctx.events.publish('email/queued', {});
  return ended;
}

/** Ends all of the user's sessions, or all but one, in the caller's transaction. Returns the number ended. */
export async function revokeSessions(
  tx: Tx,
  input: { userId: string; except?: string; now: Date },
): Promise<number> {
  const ended = await tx
    .update(sessions)
    .set({ revokedAt: input.now })
    .where(
      and(
        eq(sessions.userId, input.userId),
        isNull(sessions.revokedAt),
        input.except ? ne(sessions.id, input.except) : undefined,
      ),
    )
    .returning({ id: sessions.id });
  return ended.length;
}
