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
 * Changes a product. `version` is the one that the person saw; when somebody else has saved since, nothing is written and the
 * answer is a `conflict`. The currency stays while the product is listed somewhere. Shops keep what was sent to them, and the answer says which
 * of them show something else now; their prices are changed at each listing.
 */
export const updateProduct = defineVerb({
  verb: 'products.update',
  permission: 'products.write',
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
