import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { files, products } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { recordActivity } from '../activity/record-activity';
import { type Ctx, requireRole } from '../context';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { countProducts, readProduct } from './queries';
import { createProductInput, type Product } from './schemas';

/** Makes a product, within the plan's limit. */
export async function createProduct({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof createProductInput>;
}): Promise<Product> {
  requireRole(ctx, 'operator', 'add products');
  const data = createProductInput.parse(input);
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    assertWithinLimit(workspace.plan, 'products', await countProducts(tx, ctx));
    await assertOwnFile(tx, ctx, data.fileId);
    const id = newId('product');
    const now = ctx.clock.now();
    await tx
      .insert(products)
      .values({ ...data, id, workspaceId: ctx.workspaceId, createdAt: now, updatedAt: now });
    await recordActivity(tx, ctx, {
      verb: 'product.created',
      subjectType: 'product',
      subjectId: id,
      summary: `Added the product “${data.title}”`,
    });
    return readProduct(tx, ctx, id);
  });
}

/** Throws `not_found` when the file is not one of this workspace. */
export async function assertOwnFile(tx: Tx, ctx: Ctx, fileId: string | null): Promise<void> {
  if (fileId === null) return;
  const [file] = await tx
    .select({ id: files.id })
    .from(files)
    .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, fileId)));
  if (!file) throw notFound('file');
}
