import { z } from 'zod';
import { LISTING_STATES } from '@/db/schema';
import { factOutput } from '@/server/foundation/facts';
import { id, limit, version } from '@/server/foundation/inputs';
import { price } from '@/server/foundation/price-input';
import { SENT_PARTS } from '../products/sent-content';

export const requestListingInput = z.object({
  productId: id('product'),
  connectionId: id('connection'),
  /** File of the picture that the user saw and chose for this listing. */
  pictureId: id('file'),
  /** In minor units, or as typed; defaults to the product's price. */
  price: price().optional(),
});
export const drawPictureInput = z.object({ productId: id('product') });
export const pictureOutput = z.object({ fileId: z.string() });
export const listingVersionInput = z.object({ id: id('listing'), version: version() });
export const listListingsInput = z.object({
  state: z.enum(LISTING_STATES).optional(),
  productId: id('product').optional(),
  connectionId: id('connection').optional(),
  cursor: id('listing').optional(),
  limit: limit(100).default(25),
});

export const listingOutput = z.object({
  id: z.string(),
  productId: z.string(),
  productTitle: z.string(),
  connectionId: z.string(),
  connectionName: z.string(),
  platform: z.string(),
  environment: z.string(),
  state: z.enum(LISTING_STATES),
  remoteId: z.string().nullable(),
  url: z.string().nullable(),
  /** File of the chosen picture. */
  pictureId: z.string().nullable(),
  /** What was sent to the shop; null if it was not listed from here. */
  sent: z
    .object({
      title: z.string(),
      description: z.string(),
      tags: z.array(z.string()),
      fileId: z.string().nullable(),
    })
    .nullable(),
  /**
   * Parts in which the product now differs from what the shop has or will get. Empty if the shop has nothing and would get the current
   * product.
   */
  behind: z.array(z.enum(SENT_PARTS)),
  price: z.number(),
  floor: z.number(),
  currency: z.string(),
  views: z.number(),
  viewsSeenAt: z.date().nullable(),
  sales: z.number(),
  problem: factOutput.nullable(),
  version: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type Listing = z.output<typeof listingOutput>;
export const listingPage = z.object({ items: z.array(listingOutput), nextCursor: z.string().nullable() });
