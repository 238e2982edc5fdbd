import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections } from '@/db/schema';
import { platformManifest } from '@/server/connectors/manifests';
import { AppError, notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';

export type Connection = typeof connections.$inferSelect;

/** The connection to list on. Throws `not_found`. */
export async function readConnection(tx: Tx, ctx: Ctx, id: string): Promise<Connection> {
  const [connection] = await tx
    .select()
    .from(connections)
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, id)));
  if (!connection) throw notFound('connection');
  return connection;
}

/** A listing was asked for, and what it would sell has no file. */
export const noFile = (): AppError =>
  new AppError('invalid', 'A digital product needs its file before it can be listed.', {
    fields: { fileId: 'Upload the file first.' },
  });

/**
 * Refuses to list what cannot be sold there: asked when a listing is requested, and again when it is tried again, since the product,
 * its lowest price and the connection may have changed meanwhile. `price` is in minor units of the product's currency; `file` is what
 * would be sent. Throws `invalid` in words.
 */
export function assertCanList(
  product: { archivedAt: Date | null; floor: number; currency: string },
  connection: Connection,
  { price, file }: { price: number; file: unknown },
): void {
  const manifest = platformManifest(connection.platform);
  const refuse = (message: string, fields?: Record<string, string>): never => {
    throw new AppError('invalid', message, fields ? { fields } : {});
  };
  if (!(manifest.capabilities as readonly string[]).includes('list'))
    refuse(`${manifest.name} does not sell products.`);
  if (connection.status !== 'active')
    refuse(`The connection to ${connection.remoteName} has to be renewed first.`);
  if (product.archivedAt) refuse('This product is archived. Bring it back first.');
  if (!file) throw noFile();
  if (price < product.floor)
    refuse('The price is below the lowest price of this product.', { price: 'Below the lowest price.' });
  const shopCurrency = connection.remote.currency;
  if (shopCurrency && shopCurrency !== product.currency)
    refuse(
      `${connection.remoteName} sells in ${shopCurrency}, and this product has a price in ${product.currency}.`,
    );
}
