import { and, desc, eq, lt, ne, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, listings, products, sales } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { idInput } from '@/server/foundation/inputs';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { differsFrom, keepsSent } from '../products/sent-content';
import { type Listing, listingOutput, listingPage, listListingsInput } from './schemas';

function select(tx: Tx) {
  return tx
    .select({
      listing: listings,
      product: {
        title: products.title,
        description: products.description,
        tags: products.tags,
        fileId: products.fileId,
        floor: products.floor,
      },
      connection: {
        name: connections.remoteName,
        platform: connections.platform,
        environment: connections.environment,
      },
      sales: sql<string>`(select count(*) from ${sales} where ${sales.listingId} = ${listings.id})`,
    })
    .from(listings)
    .innerJoin(products, eq(products.id, listings.productId))
    .innerJoin(connections, eq(connections.id, listings.connectionId));
}
type Row = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number];

const shape = ({ listing, product, connection, sales: sold }: Row): Listing => ({
  id: listing.id,
  productId: listing.productId,
  productTitle: product.title,
  connectionId: listing.connectionId,
  connectionName: connection.name,
  platform: connection.platform,
  environment: connection.environment,
  state: listing.state,
  remoteId: listing.remoteId,
  url: listing.url,
  pictureId: listing.pictureId,
  sent: listing.sent,
  behind: keepsSent(listing) ? differsFrom(listing.sent, product) : [],
  price: listing.price,
  floor: product.floor,
  currency: listing.currency,
  views: listing.views,
  viewsSeenAt: listing.viewsSeenAt,
  sales: Number(sold),
  problem: listing.problem,
  version: listing.version,
  createdAt: listing.createdAt,
  updatedAt: listing.updatedAt,
});

/** Returns one listing for display. Throws `not_found`. */
export async function readListing(tx: Tx, ctx: Ctx, id: string): Promise<Listing> {
  const [row] = await select(tx).where(and(eq(listings.workspaceId, ctx.workspaceId), eq(listings.id, id)));
  if (!row) throw notFound('listing');
  return shape(row);
}

/** Returns one listing of this workspace. */
export const getListing = defineVerb({
  verb: 'listings.get',
  access: 'workspace.read',
  effect: 'read',
  input: idInput('listing'),
  output: listingOutput,
  run: (ctx, input) => ctx.db.asWorkspace(ctx.workspaceId, (tx) => readListing(tx, ctx, input.id)),
});

/** Lists listings, newest first, with pagination. Those taken down are included only on request. */
export const listListings = defineVerb({
  verb: 'listings.list',
  access: 'workspace.read',
  effect: 'read',
  input: listListingsInput,
  output: listingPage,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await select(tx)
        .where(
          and(
            eq(listings.workspaceId, ctx.workspaceId),
            input.state ? eq(listings.state, input.state) : ne(listings.state, 'delisted'),
            input.productId ? eq(listings.productId, input.productId) : undefined,
            input.connectionId ? eq(listings.connectionId, input.connectionId) : undefined,
            input.cursor ? lt(listings.id, input.cursor) : undefined,
          ),
        )
        .orderBy(desc(listings.id))
        .limit(input.limit + 1);
      const page = rows.slice(0, input.limit).map(shape);
      return { items: page, nextCursor: rows.length > input.limit ? (page.at(-1)?.id ?? null) : null };
    });
  },
});
