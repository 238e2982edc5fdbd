import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { files, products } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { inHistory } from './history';
import { countProducts, readProduct } from './queries';
import { createProductInput, productOutput } from './schemas';

/** Creates a product, within the plan's limit. */
export const createProduct = defineVerb({
  verb: 'products.create',
  access: 'products.write',
  effect: 'change',
  input: createProductInput,
  output: productOutput,
  run: async (ctx, input) => {
    const data = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      assertWithinLimit(workspace.plan, 'products', await countProducts(tx, ctx));
      await assertOwnFile(tx, ctx, data.fileId);
      const id = newId('product');
      const now = ctx.clock.now();
      await tx
        .insert(products)
        .values({ ...data, id, workspaceId: ctx.workspaceId, createdAt: now, updatedAt: now });
      const product = await readProduct(tx, ctx, id);
      await recordActivity(tx, ctx, {
        verb: 'product.created',
        subjectType: 'product',
        subjectId: id,
        summary: fact('products.activity.added', { title: data.title }),
        after: inHistory(product),
      });
      return product;
    });
  },
});

/** Throws `not_found` if the file does not belong to this workspace. */
export async function assertOwnFile(tx: Tx, ctx: Ctx, fileId: string | null): Promise<void> {
  if (fileId === null) return;
  const [file] = await tx
    .select({ id: files.id })
    .from(files)
    .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, fileId)));
  if (!file) throw notFound('file');
}
