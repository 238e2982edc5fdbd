import { z } from 'zod';
import { isListedCurrency } from '@/server/foundation/currencies';
import { asMessage } from '@/server/foundation/facts';
import { currency, id, limit, line, search, text, version } from '@/server/foundation/inputs';
import { price, priceIn, readPrice } from '@/server/foundation/price-input';
import { SENT_PARTS } from './sent-content';

const shape = {
  title: line({
    min: 1,
    max: 140,
    tooShort: asMessage('validation.product.titleMissing'),
    tooLong: asMessage('validation.product.titleTooLong', { max: 140 }),
  }),
  description: text({
    min: 1,
    max: 10_000,
    trim: true,
    tooShort: asMessage('validation.product.descriptionMissing'),
    tooLong: asMessage('validation.product.descriptionTooLong', { max: 10_000 }),
  }),
  tags: z
    .array(line({ min: 1, max: 20, tooLong: asMessage('validation.product.tagTooLong', { max: 20 }) }))
    .max(13, asMessage('validation.product.tooManyTags', { max: 13 }))
    .default([])
    .transform((tags) => [...new Set(tags)]),
  /** In minor units of the currency, or as typed. */
  price: price(),
  floor: price(),
  currency: currency(asMessage('validation.product.currencyUnknown')),
  fileId: id('file').nullable().default(null),
};

interface Priced {
  price: number | string;
  floor: number | string;
  currency: string;
}
/** Checks the prices of a product, which depend on its currency and on each other. */
function checkPrices(value: Priced, context: z.core.$RefinementCtx): void {
  // Its own message says that the currency is wrong.
  if (!isListedCurrency(value.currency)) return;
  const wrong = (['price', 'floor'] as const).flatMap((field) => {
    const read = priceIn(value[field], value.currency);
    return 'message' in read ? [{ path: [field], message: read.message }] : [];
  });
  for (const issue of wrong) context.addIssue({ code: 'custom', ...issue });
  if (wrong.length > 0) return;
  const now = inMinorUnits(value);
  if (now.floor > now.price)
    context.addIssue({
      code: 'custom',
      path: ['floor'],
      message: asMessage('validation.product.floorAbovePrice'),
    });
}
/** Returns the same product with its prices in minor units. */
function inMinorUnits<T extends Priced>(
  value: T,
): Omit<T, 'price' | 'floor'> & { price: number; floor: number } {
  const { currency } = value;
  return { ...value, price: readPrice(value.price, currency), floor: readPrice(value.floor, currency) };
}

export const createProductInput = z.object(shape).superRefine(checkPrices).transform(inMinorUnits);
export const updateProductInput = z
  .object({ ...shape, id: id('product'), version: version() })
  .superRefine(checkPrices)
  .transform(inMinorUnits);
export const archiveProductInput = z.object({ id: id('product'), version: version() });
export const listProductsInput = z.object({
  search: search(140).optional(),
  archived: z.boolean().default(false),
  cursor: id('product').optional(),
  limit: limit(100).default(25),
});

export const fileOutput = z.object({ id: z.string(), name: z.string(), mime: z.string(), bytes: z.number() });
export const productOutput = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  kind: z.string(),
  tags: z.array(z.string()),
  price: z.number(),
  floor: z.number(),
  currency: z.string(),
  version: z.number(),
  archivedAt: z.date().nullable(),
  updatedAt: z.date(),
  file: fileOutput.nullable(),
});
/** A product after an edit, and the shops that still show the content sent to them before. */
export const updatedProductOutput = productOutput.extend({
  behind: z.array(
    z.object({ listingId: z.string(), connectionName: z.string(), parts: z.array(z.enum(SENT_PARTS)) }),
  ),
});
export const productPage = z.object({
  items: z.array(productOutput.extend({ listings: z.number(), activeListings: z.number() })),
  nextCursor: z.string().nullable(),
  used: z.number(),
  allowed: z.number().nullable(),
});
export type Product = z.output<typeof productOutput>;
