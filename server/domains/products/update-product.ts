import { and, asc, eq, inArray } from 'drizzle-orm';
import { connections, LISTING_LISTS, listings } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { changeSeenProduct, isListed } from './change-seen-product';
import { assertOwnFile } from './create-product';
import { changesOf } from './history';
import { readProduct } from './queries';
import { updatedProductOutput, updateProductInput } from './schemas';
import { differsFrom, sentContentOf } from './sent-content';

/**
 * Updates a product. `version` is the one that the user saw; if the product was saved since, nothing is written and it throws `conflict`.
 * The currency cannot change while the product is listed anywhere. Shops keep what was sent to them, and the result says which of them now
 * show something else; their prices are changed per listing.
 */
export const updateProduct = defineVerb({
  verb: 'products.update',
  access: 'products.write',
  effect: 'change',
  input: updateProductInput,
  output: updatedProductOutput,
  run: async (ctx, input) => {
    const { id, version, ...data } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const before = await readProduct(tx, ctx, id);
      if (before.archivedAt) throw new AppError('invalid', fact('products.errors.archived'));
      await assertOwnFile(tx, ctx, data.fileId);
      if (data.currency !== before.currency && (await isListed(tx, ctx, id)))
        throw new AppError('invalid', fact('products.errors.currencyWhileListed'), {
          fields: { currency: fact('products.errors.takeDownFirst') },
        });
      await changeSeenProduct(tx, ctx, { before, version, set: data });
      const product = await readProduct(tx, ctx, id);
      await recordActivity(tx, ctx, {
        verb: 'product.updated',
        subjectType: 'product',
        subjectId: id,
        summary: fact('products.activity.changed', { title: data.title }),
        ...changesOf(before, product),
      });
      const live = await tx
        .select({ listingId: listings.id, connectionName: connections.remoteName, sent: listings.sent })
        .from(listings)
        .innerJoin(connections, eq(connections.id, listings.connectionId))
        .where(
          and(
            eq(listings.workspaceId, ctx.workspaceId),
            eq(listings.productId, id),
            inArray(listings.state, LISTING_LISTS.live),
          ),
        )
        .orderBy(asc(listings.id));
      const behind = live.map(({ sent, ...shop }) => ({
        ...shop,
        parts: differsFrom(sent, sentContentOf(product)),
      }));
      return { ...product, behind: behind.filter(({ parts }) => parts.length > 0) };
    });
  },
});
