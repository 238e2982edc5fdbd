import { and, count, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { publications, workspaces } from '@/db/schema';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { STEPS } from '../publications/transitions';
import type { HoldKind } from './schemas';

/**
 * Lets nothing of the workspace start any more, and gives back what was claimed: the queue is kept, and runs that sleep
 * until a post's time find nothing to start. The caller holds the workspace's lock. What a person reads as "since when" is
 * the time of this statement; `settleHold` sets it to the moment from which surely nothing started.
 */
export async function holdIn(tx: Tx, ctx: Ctx, kind: HoldKind): Promise<void> {
  await tx
    .update(workspaces)
    .set({ heldAt: ctx.clock.now(), heldBy: actorKey(ctx.actor), heldFor: kind })
    .where(eq(workspaces.id, ctx.workspaceId));
  await release(tx, ctx);
}

/**
 * Run after the commit of a hold. A claim that began before it may have gone on beside it and is given back; a start was waited
 * for by the hold itself. When this returns, nothing starts until posting starts again.
 */
export async function settleHold(ctx: Ctx): Promise<void> {
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await release(tx, ctx);
    await tx
      .update(workspaces)
      .set({ heldAt: ctx.clock.now() })
      .where(and(eq(workspaces.id, ctx.workspaceId), sql`${workspaces.heldAt} is not null`));
  });
}

async function release(tx: Tx, ctx: Ctx): Promise<void> {
  const now = ctx.clock.now();
  await tx
    .update(publications)
    .set({
      state: STEPS.release.to,
      claimToken: null,
      // The publisher had them in hand until now: only what comes due from here on is missed.
      claimedUntil: now,
      updatedAt: now,
    })
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        inArray(publications.state, [...STEPS.release.from]),
      ),
    );
}

/** How many posts are on their way to a platform now: they cannot be called back. */
export async function countSending(tx: Tx, ctx: Ctx): Promise<number> {
  const [row] = await tx
    .select({ n: count() })
    .from(publications)
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.state, 'publishing')));
  return row?.n ?? 0;
}
