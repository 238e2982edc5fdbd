import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections } from '@/db/schema';
import { type ListingTexts, listingProblems } from '@/server/connectors/kit/listing-rules';
import { platformManifest } from '@/server/connectors/manifests';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';

export type Connection = typeof connections.$inferSelect;

/** Returns the connection to list on. Throws `not_found`. */
export async function readConnection(tx: Tx, ctx: Ctx, id: string): Promise<Connection> {
  const [connection] = await tx
    .select()
    .from(connections)
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, id)));
  if (!connection) throw notFound('connection');
  return connection;
}

/** Error for a listing whose product has no file. */
export const noFile = (): AppError =>
  new AppError('invalid', fact('listings.errors.noFile'), {
    fields: { fileId: fact('listings.errors.uploadFile') },
  });

/**
 * Rejects a listing that the shop cannot sell. Called when a listing is requested and again on a retry, because the product, its lowest
 * price and the connection may have changed. `price` is in minor units of the product's currency; `file` and `texts` are what would be sent.
 * Throws `invalid` with the reason.
 */
export function assertCanList(
  product: { archivedAt: Date | null; floor: number; currency: string },
  connection: Connection,
  { price, file, texts }: { price: number; file: unknown; texts: ListingTexts },
): void {
  const manifest = platformManifest(connection.platform);
  const refuse = (why: Fact, fields?: Record<string, Fact>): never => {
    throw new AppError('invalid', why, fields ? { fields } : {});
  };
  if (!(manifest.capabilities as readonly string[]).includes('list'))
    refuse(fact('listings.errors.doesNotSell', { platform: manifest.name }));
  if (connection.status !== 'active')
    refuse(fact('listings.errors.renewFirst', { account: connection.remoteName }));
  if (product.archivedAt) refuse(fact('listings.errors.archived'));
  if (!file) throw noFile();
  const problems = manifest.listing ? listingProblems(manifest.name, manifest.listing, texts) : [];
  if (problems[0])
    refuse(
      problems[0].message,
      Object.fromEntries([...problems].reverse().map(({ field, message }) => [field, message])),
    );
  if (price < product.floor)
    refuse(fact('listings.errors.belowFloor'), { price: fact('listings.errors.belowFloorShort') });
  const shopCurrency = connection.remote.currency;
  if (shopCurrency && shopCurrency !== product.currency)
    refuse(
      fact('listings.errors.otherCurrency', {
        account: connection.remoteName,
        theirs: shopCurrency,
        ours: product.currency,
      }),
    );
}
