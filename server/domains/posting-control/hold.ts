import { and, count, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { publications, workspaces } from '@/db/schema';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { STEPS } from '../publications/transitions';
import type { HoldKind } from './schemas';

/**
 * Prevents new starts in the workspace and releases its claims. The queue is kept, and runs that sleep until a post's time find nothing to
 * start. The caller holds the workspace's lock. Until `settleHold` runs, the hold is shown as beginning at the time of this statement;
 * `settleHold` moves that to the moment after which certainly nothing started.
 */
export async function holdIn(tx: Tx, ctx: Ctx, kind: HoldKind): Promise<void> {
  await tx
    .update(workspaces)
    .set({ heldAt: ctx.clock.now(), heldBy: actorKey(ctx.actor), heldFor: kind })
    .where(eq(workspaces.id, ctx.workspaceId));
  await release(tx, ctx);
}

/**
 * Runs after the commit of a hold. Releases claims that began before the hold and were committed beside it; the hold itself waited for
 * starts in progress. When this returns, nothing starts until posting starts again.
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
      // The publisher attended to them until now, so only rows that come due from here on can be missed.
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

/** Counts the posts that are being sent to a platform. They cannot be recalled. */
export async function countSending(tx: Tx, ctx: Ctx): Promise<number> {
  const [row] = await tx
    .select({ n: count() })
    .from(publications)
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.state, 'publishing')));
  return row?.n ?? 0;
}
