import { and, eq, isNull, ne } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { listings, products } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { Product } from './schemas';

/** Updates a product that was not changed or archived since `version`. Throws `conflict` otherwise. */
export async function changeSeenProduct(
  tx: Tx,
  ctx: Ctx,
  { before, version, set }: { before: Product; version: number; set: Partial<typeof products.$inferInsert> },
): Promise<void> {
  const changed = await tx
    .update(products)
    .set({ ...set, version: version + 1, updatedAt: ctx.clock.now() })
    .where(
      and(
        eq(products.workspaceId, ctx.workspaceId),
        eq(products.id, before.id),
        eq(products.version, version),
        isNull(products.archivedAt),
      ),
    )
    .returning({ id: products.id });
  if (changed.length === 0)
    throw new AppError('conflict', fact('products.errors.changed'), {
      details: { version: before.version },
    });
}

/** Whether a product is listed anywhere, or about to be. */
export async function isListed(tx: Tx, ctx: Ctx, productId: string): Promise<boolean> {
  const [live] = await tx
    .select({ id: listings.id })
    .from(listings)
    .where(
      and(
        eq(listings.workspaceId, ctx.workspaceId),
        eq(listings.productId, productId),
        ne(listings.state, 'delisted'),
      ),
    )
    .limit(1);
  return live !== undefined;
}
