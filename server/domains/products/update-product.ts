import type { z } from 'zod';
import { AppError } from '@/server/foundation/errors';
import { recordActivity } from '../activity/record-activity';
import { type Ctx, requireRole } from '../context';
import { changeSeenProduct, isListed } from './change-seen-product';
import { assertOwnFile } from './create-product';
import { readProduct } from './queries';
import { type Product, updateProductInput } from './schemas';

/**
 * Changes a product. `version` is the one that the person saw; when somebody else has saved since, nothing is written and the
 * answer is a `conflict`. The currency stays while the product is listed somewhere.
 */
export async function updateProduct({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof updateProductInput>;
}): Promise<Product> {
  requireRole(ctx, 'operator', 'change products');
  const { id, version, ...data } = updateProductInput.parse(input);
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const before = await readProduct(tx, ctx, id);
    if (before.archivedAt) throw new AppError('invalid', 'This product is archived. It cannot be changed.');
    await assertOwnFile(tx, ctx, data.fileId);
    if (data.currency !== before.currency && (await isListed(tx, ctx, id)))
      throw new AppError('invalid', 'The currency cannot change while the product is listed.', {
        fields: { currency: 'Take the product down first to change its currency.' },
      });
    await changeSeenProduct(tx, ctx, { before, version, set: data });
    await recordActivity(tx, ctx, {
      verb: 'product.updated',
      subjectType: 'product',
      subjectId: id,
      summary: `Changed the product “${data.title}”`,
    });
    return readProduct(tx, ctx, id);
  });
}
