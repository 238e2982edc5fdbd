import type { Db } from '@/db/client';
import { connections, files, listings, products } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { createWorld } from '@/tests/support/world';

export interface Shop {
  ctx: Ctx;
  connectionId: string;
  productId: string;
  listingId: string;
  sent: { name: string; data: Record<string, unknown> }[];
}

/** For tests: a workspace with an Etsy connection, a product with a file row and an active listing. */
export async function makeShop(
  db: Db,
  options: { timeZone?: string; plan?: 'free' | 'pro' | 'agency'; price?: number; floor?: number } = {},
): Promise<Shop> {
  const { price = 1200, floor = 800, plan = 'pro', ...rest } = options;
  const world = await createWorld(db, { plan, ...rest });
  const sent: Shop['sent'] = [];
  const ctx: Ctx = {
    ...world.ctx,
    events: {
      async publish(name, data) {
        sent.push({ name, data });
      },
    },
  };
  const now = ctx.clock.now();
  const connectionId = newId('connection');
  const fileId = newId('file');
  const productId = newId('product');
  const listingId = newId('listing');
  await db.asWorkspace(ctx.workspaceId, async (tx) => {
    await tx.insert(connections).values({
      id: connectionId,
      workspaceId: ctx.workspaceId,
      platform: 'etsy',
      environment: 'sandbox',
      status: 'active',
      remoteId: newId('sandbox'),
      remoteName: 'PaperRiver',
    });
    await tx.insert(files).values({
      id: fileId,
      workspaceId: ctx.workspaceId,
      name: 'planner.pdf',
      mime: 'application/pdf',
      bytes: 10,
      sha256: '0'.repeat(64),
      storageKey: 'none',
    });
    await tx.insert(products).values({
      id: productId,
      workspaceId: ctx.workspaceId,
      title: 'Weekly planner',
      description: 'A printable planner.',
      price,
      floor,
      currency: 'USD',
      fileId,
    });
    await tx.insert(listings).values({
      id: listingId,
      workspaceId: ctx.workspaceId,
      productId,
      connectionId,
      state: 'active',
      remoteId: '9001',
      url: 'https://example.test/listing/9001',
      price,
      currency: 'USD',
      createdAt: now,
      updatedAt: now,
    });
  });
  return { ctx, connectionId, productId, listingId, sent };
}
