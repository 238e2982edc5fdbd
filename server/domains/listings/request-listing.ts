import { and, eq, ne } from 'drizzle-orm';
import { listings } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { readPrice } from '@/server/foundation/price-input';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { readProduct } from '../products/queries';
import { sentContentOf } from '../products/sent-content';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { assertCanList, readConnection } from './can-list';
import { assertPicture } from './pictures';
import { readListing } from './queries';
import { listingOutput, requestListingInput } from './schemas';

/**
 * Requests that a product be listed on a connection, with the picture that the user saw. The row is written first, so that the background
 * work finds it. A repeated request returns the existing listing.
 */
export const requestListing = defineVerb({
  verb: 'listings.create',
  access: 'listings.write',
  effect: 'change',
  input: requestListingInput,
  output: listingOutput,
  run: async (ctx, input) => {
    const data = input;
    const answer = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspace(tx, ctx.workspaceId);
      const product = await readProduct(tx, ctx, data.productId);
      const connection = await readConnection(tx, ctx, data.connectionId);
      const [live] = await tx
        .select({ id: listings.id })
        .from(listings)
        .where(
          and(
            eq(listings.workspaceId, ctx.workspaceId),
            eq(listings.productId, product.id),
            eq(listings.connectionId, connection.id),
            ne(listings.state, 'delisted'),
          ),
        );
      if (live) return { listing: await readListing(tx, ctx, live.id), created: false };
      const price = data.price === undefined ? product.price : readPrice(data.price, product.currency);
      assertCanList(product, connection, { price, file: product.file, texts: product });
      await assertPicture(tx, ctx, data.pictureId);
      const id = newId('listing');
      const now = ctx.clock.now();
      await tx.insert(listings).values({
        id,
        workspaceId: ctx.workspaceId,
        productId: product.id,
        connectionId: connection.id,
        state: 'pending',
        pictureId: data.pictureId,
        sent: sentContentOf(product),
        price,
        currency: product.currency,
        createdAt: now,
        updatedAt: now,
      });
      await recordActivity(tx, ctx, {
        verb: 'listing.requested',
        subjectType: 'listing',
        subjectId: id,
        summary: fact('listings.activity.requested', {
          title: product.title,
          account: connection.remoteName,
          price: { amount: price, currency: product.currency },
        }),
        after: { state: 'pending', price, currency: product.currency },
      });
      return { listing: await readListing(tx, ctx, id), created: true };
    });
    if (answer.created)
      await ctx.events.publish('selling/listing.requested', {
        workspaceId: ctx.workspaceId,
        listingId: answer.listing.id,
      });
    return answer.listing;
  },
});
