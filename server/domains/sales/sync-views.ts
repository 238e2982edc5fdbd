import { and, eq, isNotNull } from 'drizzle-orm';
import { listings, listingViews } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';

const HOUR = 3_600_000;
const BATCH = 100;

/** Reads the view count of each active listing of a connection and stores it for this hour, so that rules can compare counts. */
export async function syncViews({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { connectionId: string };
}): Promise<{ listings: number }> {
  const { connectionId } = input;
  const mine = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({ id: listings.id, remoteId: listings.remoteId })
      .from(listings)
      .where(
        and(
          eq(listings.workspaceId, ctx.workspaceId),
          eq(listings.connectionId, connectionId),
          eq(listings.state, 'active'),
          isNotNull(listings.remoteId),
        ),
      ),
  );
  const byRemote = new Map(mine.flatMap((row) => (row.remoteId ? [[row.remoteId, row.id] as const] : [])));
  const remoteIds = [...byRemote.keys()];
  let seen = 0;
  for (let i = 0; i < remoteIds.length; i += BATCH) {
    const answer = await ctx.platforms.call({
      ctx,
      connectionId,
      capability: 'views',
      input: { remoteIds: remoteIds.slice(i, i + BATCH) },
    });
    const now = ctx.clock.now();
    const hour = new Date(Math.floor(now.getTime() / HOUR) * HOUR);
    await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      for (const { remoteId, views } of answer) {
        const listingId = byRemote.get(remoteId);
        if (!listingId) continue;
        seen++;
        await tx
          .update(listings)
          .set({ views, viewsSeenAt: now, lastSyncedAt: now })
          .where(and(eq(listings.workspaceId, ctx.workspaceId), eq(listings.id, listingId)));
        await tx
          .insert(listingViews)
          .values({ workspaceId: ctx.workspaceId, listingId, seenAt: hour, views })
          .onConflictDoUpdate({ target: [listingViews.listingId, listingViews.seenAt], set: { views } });
      }
    });
  }
  return { listings: seen };
}
