import { z } from 'zod';
import { currencyDigits } from '@/server/foundation/money';

const MAX_PRICE = 100_000_000;
const price = z
  .number()
  .int('Write a whole number of cents.')
  .min(1, 'The price must be more than nothing.')
  .max(MAX_PRICE, 'This price is too high.');

export const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, 'Write a currency such as USD.')
  .refine((code) => {
    try {
      currencyDigits(code);
      return Intl.supportedValuesOf('currency').includes(code);
    } catch {
      return false;
    }
  }, 'We do not know this currency.');

const shape = {
  title: z.string().trim().min(1, 'Give it a title.').max(140, 'A title has at most 140 characters.'),
  description: z
    .string()
    .trim()
    .min(1, 'Describe what the buyer gets.')
    .max(10_000, 'A description has at most 10,000 characters.'),
  tags: z
    .array(z.string().trim().min(1).max(20, 'A tag has at most 20 characters.'))
    .max(13, 'At most 13 tags.')
    .default([])
    .transform((tags) => [...new Set(tags)]),
  /** Minor units of the currency. */
  price,
  floor: price,
  currency: currencyCode,
  fileId: z.string().max(64).nullable().default(null),
};
const floorRule = (value: { price: number; floor: number }): boolean => value.floor <= value.price;
const floorError = { message: 'The lowest price cannot be above the price.', path: ['floor'] };

export const createProductInput = z.object(shape).refine(floorRule, floorError);
export const updateProductInput = z
  .object({ ...shape, id: z.string().max(64), version: z.number().int() })
  .refine(floorRule, floorError);
export const archiveProductInput = z.object({ id: z.string().max(64), version: z.number().int() });
export const listProductsInput = z.object({
  search: z.string().trim().max(140).optional(),
  archived: z.boolean().default(false),
  cursor: z.string().max(64).optional(),
  limit: z.number().int().min(1).max(100).default(25),
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
export const productPage = z.object({
  items: z.array(productOutput.extend({ listings: z.number(), activeListings: z.number() })),
  nextCursor: z.string().nullable(),
  used: z.number(),
  allowed: z.number().nullable(),
});
export type Product = z.output<typeof productOutput>;
