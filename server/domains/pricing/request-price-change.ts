import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { listings, PRICE_CHANGE_LISTS, priceChanges, products } from '@/db/schema';
import { updateOf } from '@/db/update-of';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { readPrice } from '@/server/foundation/price-input';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { readListing } from '../listings/queries';
import { requestPriceInput } from './schemas';

export interface NewPriceChange {
  listingId: string;
  toPrice: number;
  reason: Fact;
  ruleId: string | null;
  evidence: Record<string, number | string>;
}

/** Whether a price change of a listing is pending or in progress. */
export async function hasOpenChange(tx: Tx, ctx: Ctx, listingId: string): Promise<boolean> {
  const [open] = await tx
    .select({ id: priceChanges.id })
    .from(priceChanges)
    .where(
      and(
        eq(priceChanges.workspaceId, ctx.workspaceId),
        eq(priceChanges.listingId, listingId),
        inArray(priceChanges.state, PRICE_CHANGE_LISTS.unfinished),
      ),
    )
    .limit(1);
  return open !== undefined;
}

/**
 * Creates a price change to be carried out, inside the caller's transaction: never below the product's floor, on an active listing only,
 * and one at a time. Returns its id.
 */
export async function writePriceChange(tx: Tx, ctx: Ctx, change: NewPriceChange): Promise<string> {
  const [row] = await tx
    .select({ listing: listings, floor: products.floor })
    .from(listings)
    .innerJoin(products, eq(products.id, listings.productId))
    .where(and(eq(listings.workspaceId, ctx.workspaceId), eq(listings.id, change.listingId)))
    .for(...updateOf(listings));
  if (!row) throw notFound('listing');
  const { listing, floor } = row;
  const refuse = (why: Fact, field = false): never => {
    throw new AppError('invalid', why, field ? { fields: { price: why } } : {});
  };
  if (listing.state !== 'active' || !listing.remoteId) refuse(fact('pricing.errors.notActive'));
  if (change.toPrice < floor)
    refuse(fact('pricing.errors.belowFloor', { floor: { amount: floor, currency: listing.currency } }), true);
  if (change.toPrice === listing.price) refuse(fact('pricing.errors.samePrice'), true);
  if (await hasOpenChange(tx, ctx, listing.id))
    throw new AppError('conflict', fact('pricing.errors.underWay'));
  const id = newId('priceChange');
  await tx.insert(priceChanges).values({
    id,
    workspaceId: ctx.workspaceId,
    listingId: listing.id,
    ruleId: change.ruleId,
    fromPrice: listing.price,
    toPrice: change.toPrice,
    currency: listing.currency,
    reason: change.reason,
    evidence: change.evidence,
    state: 'pending',
    createdBy: actorKey(ctx.actor),
    createdAt: ctx.clock.now(),
  });
  return id;
}

/** Sets the price of a listing at a user's request. The platform is updated in the background. */
export const requestPriceChange = defineVerb({
  verb: 'pricing.changePrice',
  access: 'prices.write',
  effect: 'change',
  input: requestPriceInput,
  output: z.object({ id: z.string() }),
  run: async (ctx, input) => {
    const data = input;
    const id = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const { currency } = await readListing(tx, ctx, data.listingId);
      return writePriceChange(tx, ctx, {
        listingId: data.listingId,
        toPrice: readPrice(data.price, currency),
        reason:
          ctx.actor.kind === 'member'
            ? fact('pricing.reasons.setBy', { name: ctx.actor.name })
            : fact('pricing.reasons.setByHand'),
        ruleId: null,
        evidence: {},
      });
    });
    await ctx.events.publish('selling/price-change.requested', {
      workspaceId: ctx.workspaceId,
      priceChangeId: id,
    });
    return { id };
  },
});
