import { and, eq } from 'drizzle-orm';
import { products } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { idInput } from '@/server/foundation/inputs';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { changeSeenProduct, isListed } from './change-seen-product';
import { countProducts, readProduct } from './queries';
import { archiveProductInput, productOutput } from './schemas';

/** Archives a product. Its sales stay, and it must not be listed anywhere. Archiving it again changes nothing. */
export const archiveProduct = defineVerb({
  verb: 'products.archive',
  access: 'products.write',
  effect: 'change',
  input: archiveProductInput,
  output: productOutput,
  run: async (ctx, input) => {
    const { id, version } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      // The listing verb locks the workspace too, so that a product cannot be listed while it is being archived.
      await lockWorkspace(tx, ctx.workspaceId);
      const before = await readProduct(tx, ctx, id);
      if (before.archivedAt) return before;
      if (await isListed(tx, ctx, id)) throw new AppError('invalid', fact('products.errors.stillListed'));
      const archivedAt = ctx.clock.now();
      await changeSeenProduct(tx, ctx, { before, version, set: { archivedAt } });
      await recordActivity(tx, ctx, {
        verb: 'product.archived',
        subjectType: 'product',
        subjectId: id,
        summary: fact('products.activity.archived', { title: before.title }),
        before: { archivedAt: null },
        after: { archivedAt: archivedAt.toISOString() },
      });
      return readProduct(tx, ctx, id);
    });
  },
});

/** Restores an archived product, within the plan's limit. */
export const restoreProduct = defineVerb({
  verb: 'products.restore',
  access: 'products.write',
  effect: 'change',
  input: idInput('product'),
  output: productOutput,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      const before = await readProduct(tx, ctx, input.id);
      if (!before.archivedAt) return before;
      assertWithinLimit(workspace.plan, 'products', await countProducts(tx, ctx));
      await tx
        .update(products)
        .set({ archivedAt: null, updatedAt: ctx.clock.now(), version: before.version + 1 })
        .where(and(eq(products.workspaceId, ctx.workspaceId), eq(products.id, input.id)));
      await recordActivity(tx, ctx, {
        verb: 'product.restored',
        subjectType: 'product',
        subjectId: input.id,
        summary: fact('products.activity.restored', { title: before.title }),
        before: { archivedAt: before.archivedAt.toISOString() },
        after: { archivedAt: null },
      });
      return readProduct(tx, ctx, input.id);
    });
  },
});
