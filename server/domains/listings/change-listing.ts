import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { LISTING_LISTS, listings } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { readProduct } from '../products/queries';
import { sentContentOf } from '../products/sent-content';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { assertCanList, readConnection } from './can-list';
import { readListing } from './queries';
import { type Listing, listingOutput, listingVersionInput } from './schemas';

type State = Listing['state'];

const changedMeanwhile = () => new AppError('conflict', fact('listings.errors.changed'));

async function move(
  ctx: Ctx,
  input: { id: string; version: number },
  from: readonly State[],
  set:
    | Partial<typeof listings.$inferInsert>
    | ((tx: Tx, listing: Listing) => Promise<Partial<typeof listings.$inferInsert>>),
  say: (listing: Listing) => { verb: string; summary: Fact },
): Promise<Listing> {
  const listing = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    // Every verb that lists or archives a product locks the workspace first.
    await lockWorkspace(tx, ctx.workspaceId);
    const before = await readListing(tx, ctx, input.id);
    if (before.version !== input.version || !from.includes(before.state)) throw changedMeanwhile();
    const changed = await tx
      .update(listings)
      .set({
        problem: null,
        // No run is working on it, so it can be claimed immediately.
        leaseUntil: null,
        ...(typeof set === 'function' ? await set(tx, before) : set),
        version: input.version + 1,
        updatedAt: ctx.clock.now(),
      })
      .where(
        and(
          eq(listings.workspaceId, ctx.workspaceId),
          eq(listings.id, input.id),
          eq(listings.version, input.version),
          inArray(listings.state, from),
        ),
      )
      .returning({ id: listings.id });
    if (changed.length === 0) throw changedMeanwhile();
    const after = await readListing(tx, ctx, input.id);
    await recordActivity(tx, ctx, {
      ...say(before),
      subjectType: 'listing',
      subjectId: input.id,
      before: { state: before.state },
      after: { state: after.state },
    });
    return after;
  });
  await ctx.events.publish('selling/listing.requested', {
    workspaceId: ctx.workspaceId,
    listingId: listing.id,
  });
  return listing;
}

/**
 * Retries a failed listing with the current product; anything already created at the shop continues as it was begun. The requested price
 * stays. Throws `invalid` if the product could not be newly listed either.
 */
export const retryListing = defineVerb({
  verb: 'listings.retry',
  access: 'listings.write',
  effect: 'change',
  input: listingVersionInput,
  output: listingOutput,
  run: async (ctx, input) => {
    return move(
      ctx,
      input,
      ['failed'],
      async (tx, listing) => {
        const product = await readProduct(tx, ctx, listing.productId);
        const begun = listing.remoteId && listing.sent?.fileId ? listing.sent : null;
        const sent = begun ?? sentContentOf(product);
        if (listing.price < product.floor)
          throw new AppError(
            'invalid',
            fact('listings.errors.belowFloorByNow', {
              price: { amount: listing.price, currency: listing.currency },
            }),
          );
        assertCanList(product, await readConnection(tx, ctx, listing.connectionId), {
          price: listing.price,
          file: sent.fileId,
          texts: sent,
        });
        return { state: 'pending', sent };
      },
      (listing) => ({
        verb: 'listing.retried',
        summary: fact('listings.activity.retried', {
          title: listing.productTitle,
          account: listing.connectionName,
        }),
      }),
    );
  },
});

/** Requests that a listing be taken down. */
export const requestDelist = defineVerb({
  verb: 'listings.delist',
  access: 'listings.write',
  effect: 'change',
  input: listingVersionInput,
  output: listingOutput,
  run: async (ctx, input) => {
    return move(ctx, input, LISTING_LISTS.settled, { state: 'delisting' }, (listing) => ({
      verb: 'listing.delist_requested',
      summary: fact('listings.activity.takingDown', {
        title: listing.productTitle,
        account: listing.connectionName,
      }),
    }));
  },
});
