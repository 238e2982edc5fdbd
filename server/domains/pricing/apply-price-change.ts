import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { listings, PRICE_CHANGE_LISTS, priceChanges, priceRules } from '@/db/schema';
import { isConnectorFault, isStoppedFault } from '@/server/connectors/kit/types';
import { isAppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { isEmergencyStopped } from '../connections/held';
import { readListing } from '../listings/queries';
import type { Listing } from '../listings/schemas';

type Change = typeof priceChanges.$inferSelect;
export type PriceOutcome = 'applied' | 'failed' | 'nothing_to_do';
const alertKey = (listingId: string): string => `price:${listingId}`;

/**
 * Sets a new price at the platform. Setting a price twice is harmless. If the outcome of an attempt is unknown, the price that the platform
 * shows decides, and so it does for a rule, which has computed the price from what is stored here: somebody may have set another in the
 * shop, or this installation was restored from a backup. Throws the ConnectorFault if a retry may help.
 */
export async function applyPriceChange({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { priceChangeId: string };
}): Promise<PriceOutcome> {
  // During an emergency stop, the change waits unchanged.
  if (await isEmergencyStopped(ctx)) return 'nothing_to_do';
  const found = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [change] = await tx
      .select()
      .from(priceChanges)
      .where(and(eq(priceChanges.workspaceId, ctx.workspaceId), eq(priceChanges.id, input.priceChangeId)));
    if (!change) throw notFound('priceChange');
    return { change, listing: await readListing(tx, ctx, change.listingId) };
  });
  const { change, listing } = found;
  if (change.state !== 'pending' && change.state !== 'unknown') return 'nothing_to_do';
  if (listing.state !== 'active' || !listing.remoteId)
    return fail(ctx, change, listing, fact('pricing.problems.notActive'));
  if (change.toPrice < listing.floor) return fail(ctx, change, listing, fact('pricing.problems.floorRaised'));
  const { remoteId, connectionId } = listing;
  const price = { amount: change.toPrice, currency: change.currency };
  try {
    if (change.state === 'unknown' || change.ruleId !== null) {
      const now = await ctx.platforms.call({
        ctx,
        connectionId,
        capability: 'readPrice',
        input: { remoteId },
      });
      if (now.price.amount === price.amount && now.price.currency === price.currency)
        return await applied(ctx, change, listing, now.price.amount);
      if (now.price.amount !== change.fromPrice) {
        await adopt(ctx, listing.id, now.price.amount);
        return await fail(ctx, change, listing, fact('pricing.problems.changedThere', { price: now.price }));
      }
    }
    const set = await ctx.platforms.call({
      ctx,
      connectionId,
      capability: 'setPrice',
      input: { remoteId, price },
    });
    return await applied(ctx, change, listing, set.price.amount);
  } catch (error) {
    if (isStoppedFault(error)) return 'nothing_to_do';
    if (isConnectorFault(error)) {
      if (error.kind === 'rejected' || error.kind === 'reauth') return fail(ctx, change, listing, error.fact);
      await note(ctx, change, error.kind === 'unknown_outcome' ? 'unknown' : change.state, error.fact);
    } else if (isAppError(error)) return fail(ctx, change, listing, error.fact);
    throw error;
  }
}

const open = (ctx: Ctx, change: Change) =>
  and(
    eq(priceChanges.workspaceId, ctx.workspaceId),
    eq(priceChanges.id, change.id),
    inArray(priceChanges.state, PRICE_CHANGE_LISTS.unfinished),
  );

async function note(ctx: Ctx, change: Change, state: 'pending' | 'unknown', problem: Fact): Promise<void> {
  await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx.update(priceChanges).set({ state, problem }).where(open(ctx, change)),
  );
}

/** Adopts the price that the platform shows. */
async function adopt(ctx: Ctx, listingId: string, price: number): Promise<void> {
  await ctx.db.asWorkspace(ctx.workspaceId, (tx) => storePrice(tx, ctx, listingId, price));
}

/** Stores the price of a listing. Whoever changed it, its rule's cooldown and counts start over. */
async function storePrice(tx: Tx, ctx: Ctx, listingId: string, price: number): Promise<void> {
  const now = ctx.clock.now();
  await tx
    .update(listings)
    .set({ price, updatedAt: now })
    .where(and(eq(listings.workspaceId, ctx.workspaceId), eq(listings.id, listingId)));
  await tx
    .update(priceRules)
    .set({ lastChangedAt: now })
    .where(and(eq(priceRules.workspaceId, ctx.workspaceId), eq(priceRules.listingId, listingId)));
}

async function applied(ctx: Ctx, change: Change, listing: Listing, price: number): Promise<PriceOutcome> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const now = ctx.clock.now();
    const done = await tx
      .update(priceChanges)
      .set({ state: 'applied', appliedAt: now, problem: null, toPrice: price })
      .where(open(ctx, change))
      .returning({ id: priceChanges.id });
    if (done.length === 0) return 'nothing_to_do';
    await storePrice(tx, ctx, listing.id, price);
    await resolveAlert(tx, ctx, alertKey(listing.id));
    await recordActivity(tx, ctx, {
      verb: 'price.changed',
      subjectType: 'listing',
      subjectId: listing.id,
      summary: fact('pricing.activity.changed', {
        title: listing.productTitle,
        account: listing.connectionName,
        from: { amount: change.fromPrice, currency: change.currency },
        to: { amount: price, currency: change.currency },
        reason: change.reason,
      }),
      before: { price: change.fromPrice, currency: change.currency },
      after: { price, currency: change.currency },
    });
    return 'applied';
  });
}

async function fail(ctx: Ctx, change: Change, listing: Listing, problem: Fact): Promise<PriceOutcome> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const done = await tx
      .update(priceChanges)
      .set({ state: 'failed', problem })
      .where(open(ctx, change))
      .returning({ id: priceChanges.id });
    if (done.length === 0) return 'nothing_to_do';
    await raiseAlert(tx, ctx, {
      key: alertKey(listing.id),
      severity: 'warning',
      title: fact('pricing.alerts.failed', {
        title: listing.productTitle,
        account: listing.connectionName,
      }),
      body: problem,
      href: '/pricing-rules',
    });
    await recordActivity(tx, ctx, {
      verb: 'price.failed',
      subjectType: 'listing',
      subjectId: listing.id,
      summary: fact('pricing.activity.failed', {
        title: listing.productTitle,
        account: listing.connectionName,
        problem,
      }),
      before: { state: change.state },
      after: { state: 'failed' },
    });
    return 'failed';
  });
}
