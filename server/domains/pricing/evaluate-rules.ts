import { and, asc, desc, eq, gte, inArray, lte, notExists, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  listings,
  listingViews,
  PRICE_CHANGE_LISTS,
  priceChanges,
  priceRules,
  products,
  sales,
  syncCursors,
} from '@/db/schema';
import { updateOf } from '@/db/update-of';
import { assertNoneFailed, eachRow } from '@/server/foundation/each-row';
import type { Ctx } from '@/server/verbs/context';
import { isEmergencyStopped } from '../connections/held';
import { decidePrice, type PriceFacts } from './decide';
import { hasOpenChange, writePriceChange } from './request-price-change';

const HOUR = 3_600_000;

/** Evaluates every active price rule of a workspace, records each decision with its reason, and requests the changes. */
export async function evaluateRules({ ctx }: { ctx: Ctx }): Promise<{ checked: number; changes: string[] }> {
  // During an emergency stop, a decision would be based on outdated figures by the time the workspace resumes.
  if (await isEmergencyStopped(ctx)) return { checked: 0, changes: [] };
  const due = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({ id: priceRules.id })
      .from(priceRules)
      .innerJoin(listings, eq(listings.id, priceRules.listingId))
      .where(
        and(
          eq(priceRules.workspaceId, ctx.workspaceId),
          eq(priceRules.active, true),
          eq(listings.state, 'active'),
          notExists(
            tx
              .select({ one: sql`1` })
              .from(priceChanges)
              .where(
                and(
                  eq(priceChanges.listingId, listings.id),
                  inArray(priceChanges.state, PRICE_CHANGE_LISTS.unfinished),
                ),
              ),
          ),
        ),
      )
      .orderBy(asc(priceRules.id)),
  );
  const changes: string[] = [];
  const swept = await eachRow(due, {
    what: 'Evaluating a price rule',
    of: ({ id }) => ({ workspaceId: ctx.workspaceId, ruleId: id }),
    async work({ id }) {
      const change = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => evaluate(tx, ctx, id));
      if (change) changes.push(change);
    },
  });
  for (const priceChangeId of changes)
    await ctx.events.publish('selling/price-change.requested', {
      workspaceId: ctx.workspaceId,
      priceChangeId,
    });
  assertNoneFailed(swept, 'Evaluating price rules');
  return { checked: due.length, changes };
}

/** Evaluates one rule on locked rows. Returns the id of the requested change, if any. */
async function evaluate(tx: Tx, ctx: Ctx, ruleId: string): Promise<string | null> {
  const [row] = await tx
    .select({ rule: priceRules, listing: listings, floor: products.floor })
    .from(priceRules)
    .innerJoin(listings, eq(listings.id, priceRules.listingId))
    .innerJoin(products, eq(products.id, listings.productId))
    .where(and(eq(priceRules.workspaceId, ctx.workspaceId), eq(priceRules.id, ruleId)))
    .for(...updateOf(priceRules));
  if (!row?.rule.active || row.listing.state !== 'active') return null;
  const facts = await gather(tx, ctx, row);
  const decision = decidePrice(facts);
  await tx
    .update(priceRules)
    .set({ lastCheckedAt: facts.now, lastOutcome: decision.why })
    .where(and(eq(priceRules.workspaceId, ctx.workspaceId), eq(priceRules.id, ruleId)));
  if (decision.kind === 'keep') return null;
  if (await hasOpenChange(tx, ctx, row.listing.id)) return null;
  return writePriceChange(tx, ctx, {
    listingId: row.listing.id,
    toPrice: decision.to,
    reason: decision.why,
    ruleId,
    evidence: {
      views: facts.views,
      sales: facts.sales,
      since: facts.since.toISOString(),
      minViews: facts.minViews,
      windowHours: facts.windowHours,
      stepBasisPoints: facts.stepBasisPoints,
      floor: facts.floor,
    },
  });
}

/** Collects the facts for one rule from the last data read from the platform. */
async function gather(
  tx: Tx,
  ctx: Ctx,
  {
    rule,
    listing,
    floor,
  }: { rule: typeof priceRules.$inferSelect; listing: typeof listings.$inferSelect; floor: number },
): Promise<PriceFacts> {
  const now = ctx.clock.now();
  const windowStart = now.getTime() - rule.windowHours * HOUR;
  const since = new Date(Math.max(windowStart, rule.lastChangedAt?.getTime() ?? 0));
  const [sold] = await tx
    .select({ n: sql<string>`coalesce(sum(${sales.quantity}), 0)` })
    .from(sales)
    .where(
      and(eq(sales.workspaceId, ctx.workspaceId), eq(sales.listingId, listing.id), gte(sales.soldAt, since)),
    );
  const [cursor] = await tx
    .select({ syncedAt: syncCursors.syncedAt })
    .from(syncCursors)
    .where(
      and(
        eq(syncCursors.workspaceId, ctx.workspaceId),
        eq(syncCursors.connectionId, listing.connectionId),
        eq(syncCursors.kind, 'sales'),
      ),
    );
  const readAt =
    cursor && listing.viewsSeenAt
      ? new Date(Math.min(cursor.syncedAt.getTime(), listing.viewsSeenAt.getTime()))
      : null;
  return {
    price: listing.price,
    floor,
    currency: listing.currency,
    minViews: rule.minViews,
    windowHours: rule.windowHours,
    stepBasisPoints: rule.stepBasisPoints,
    cooldownHours: rule.cooldownHours,
    since,
    views: Math.max(0, listing.views - (await viewsBefore(tx, ctx, listing, since))),
    sales: Number(sold?.n ?? 0),
    lastChangedAt: rule.lastChangedAt,
    readAt,
    now,
  };
}

/** Returns the listing's views at an instant: none before it existed, else the nearest recorded count. */
async function viewsBefore(
  tx: Tx,
  ctx: Ctx,
  listing: typeof listings.$inferSelect,
  at: Date,
): Promise<number> {
  if (listing.createdAt >= at) return 0;
  const own = and(eq(listingViews.workspaceId, ctx.workspaceId), eq(listingViews.listingId, listing.id));
  const [before] = await tx
    .select({ views: listingViews.views })
    .from(listingViews)
    .where(and(own, lte(listingViews.seenAt, at)))
    .orderBy(desc(listingViews.seenAt))
    .limit(1);
  if (before) return before.views;
  const [first] = await tx
    .select({ views: listingViews.views })
    .from(listingViews)
    .where(own)
    .orderBy(asc(listingViews.seenAt))
    .limit(1);
  return first?.views ?? listing.views;
}
