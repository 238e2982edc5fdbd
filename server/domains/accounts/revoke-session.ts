import { and, eq, isNull, ne } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { sessions } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { AccountCtx } from './account-ctx';

/** Signing out: ends the session whose id the cookie carries. */
export async function endSession({ ctx, input }: { ctx: AccountCtx; input: { id: string } }): Promise<void> {
  await ctx.db.asSystem((tx) =>
    tx
      .update(sessions)
      .set({ revokedAt: ctx.clock.now() })
      .where(and(eq(sessions.id, input.id), isNull(sessions.revokedAt))),
  );
}

/** Ends one of the person's own sessions. Another person's answers as if there were none. */
export async function revokeSession({
  ctx,
  input,
}: {
  ctx: AccountCtx & { userId: string };
  input: { id: string };
}): Promise<void> {
  const ended = await ctx.db.asSystem((tx) =>
    tx
      .update(sessions)
      .set({ revokedAt: ctx.clock.now() })
      .where(and(eq(sessions.id, input.id), eq(sessions.userId, ctx.userId), isNull(sessions.revokedAt)))
      .returning({ id: sessions.id }),
  );
  if (ended.length === 0) throw notFound('session');
}

/** Ends the person's sessions, all or all but one, in the caller's transaction. Answers how many. */
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

/** Ends all sessions of the person but the one they use now. */
export async function revokeOtherSessions({
  ctx,
}: {
  ctx: AccountCtx & { userId: string; sessionId: string };
}): Promise<{ ended: number }> {
  const ended = await ctx.db.asSystem((tx) =>
    revokeSessions(tx, { userId: ctx.userId, except: ctx.sessionId, now: ctx.clock.now() }),
  );
  return { ended };
}
