import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { id, limit, month, search, timeCursor } from '@/server/foundation/inputs';

export const requestSyncInput = z.object({
  /** One connection, or all that sell. */
  connectionId: id('connection').optional(),
});
export const requestSyncOutput = z.object({ requested: z.number() });

export const listSalesInput = z.object({
  connectionId: id('connection').optional(),
  listingId: id('listing').optional(),
  order: search(100).optional(),
  month: month().optional(),
  cursor: timeCursor('sale').optional(),
  limit: limit(100).default(25),
});
export const saleOutput = z.object({
  id: z.string(),
  connectionId: z.string(),
  connectionName: z.string(),
  platform: z.string(),
  environment: z.string(),
  listingId: z.string().nullable(),
  remoteOrderId: z.string(),
  title: z.string(),
  quantity: z.number(),
  gross: z.number(),
  fees: z.number(),
  refunded: z.number(),
  net: z.number(),
  feesKnown: z.boolean(),
  currency: z.string(),
  soldAt: z.date(),
  transactionId: z.string().nullable(),
});
export const salePage = z.object({ items: z.array(saleOutput), nextCursor: z.string().nullable() });

export const syncStatusOutput = z.array(
  z.object({
    connectionId: z.string(),
    name: z.string(),
    platform: z.string(),
    environment: z.string(),
    status: z.string(),
    problem: factOutput.nullable(),
    syncedAt: z.date().nullable(),
    syncing: z.boolean(),
  }),
);
