import { and, desc, eq, inArray, isNotNull, isNull, lt, ne, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { files, listings, products, workspaces } from '@/db/schema';
import { containsTerm } from '@/db/search';
import { notFound } from '@/server/foundation/errors';
import { idInput } from '@/server/foundation/inputs';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { PLAN_TERMS } from '../plans/plans';
import { listProductsInput, type Product, productOutput, productPage } from './schemas';

const columns = {
  product: products,
  file: { id: files.id, name: files.name, mime: files.mime, bytes: files.bytes },
};

/** Returns one product for display. Throws `not_found`. */
export async function readProduct(tx: Tx, ctx: Ctx, id: string): Promise<Product> {
  const [row] = await tx
    .select(columns)
    .from(products)
    .leftJoin(files, eq(files.id, products.fileId))
    .where(and(eq(products.workspaceId, ctx.workspaceId), eq(products.id, id)));
  if (!row) throw notFound('product');
  return shape(row);
}

/** Returns one product of this workspace. */
export const getProduct = defineVerb({
  verb: 'products.get',
  access: 'workspace.read',
  effect: 'read',
  input: idInput('product'),
  output: productOutput,
  run: (ctx, input) => ctx.db.asWorkspace(ctx.workspaceId, (tx) => readProduct(tx, ctx, input.id)),
});

/** Counts the products that use up the plan's limit: those that are not archived. */
export async function countProducts(tx: Tx, ctx: Ctx): Promise<number> {
  const [row] = await tx
    .select({ n: sql<string>`count(*)` })
    .from(products)
    .where(and(eq(products.workspaceId, ctx.workspaceId), isNull(products.archivedAt)));
  return Number(row?.n ?? 0);
}

/** Lists products, newest first, with pagination and the number of listings of each. */
export const listProducts = defineVerb({
  verb: 'products.list',
  access: 'workspace.read',
  effect: 'read',
  input: listProductsInput,
  output: productPage,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await tx
        .select(columns)
        .from(products)
        .leftJoin(files, eq(files.id, products.fileId))
        .where(
          and(
            eq(products.workspaceId, ctx.workspaceId),
            input.archived ? isNotNull(products.archivedAt) : isNull(products.archivedAt),
            input.search ? containsTerm(input.search)(products.searchKey) : undefined,
            input.cursor ? lt(products.id, input.cursor) : undefined,
          ),
        )
        .orderBy(desc(products.id))
        .limit(input.limit + 1);
      const page = rows.slice(0, input.limit);
      const ids = page.map((row) => row.product.id);
      const counts = ids.length
        ? await tx
            .select({
              productId: listings.productId,
              all: sql<string>`count(*)`,
              active: sql<string>`count(*) filter (where ${listings.state} = 'active')`,
            })
            .from(listings)
            .where(
              and(
                eq(listings.workspaceId, ctx.workspaceId),
                inArray(listings.productId, ids),
                ne(listings.state, 'delisted'),
              ),
            )
            .groupBy(listings.productId)
        : [];
      const [workspace] = await tx
        .select({ plan: workspaces.plan })
        .from(workspaces)
        .where(eq(workspaces.id, ctx.workspaceId));
      return {
        items: page.map((row) => {
          const count = counts.find((c) => c.productId === row.product.id);
          return {
            ...shape(row),
            listings: Number(count?.all ?? 0),
            activeListings: Number(count?.active ?? 0),
          };
        }),
        nextCursor: rows.length > input.limit ? (ids.at(-1) ?? null) : null,
        used: await countProducts(tx, ctx),
        allowed: PLAN_TERMS[workspace?.plan ?? 'free'].limits.products,
      };
    });
  },
});

function shape({
  product,
  file,
}: {
  product: typeof products.$inferSelect;
  file: { id: string; name: string; mime: string; bytes: number } | null;
}): Product {
  const { id, title, description, kind, tags, price, floor, currency, version, archivedAt, updatedAt } =
    product;
  return {
    id,
    title,
    description,
    kind,
    tags,
    price,
    floor,
    currency,
    version,
    archivedAt,
    updatedAt,
    file: file?.id ? file : null,
  };
}
