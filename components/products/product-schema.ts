import { z } from 'zod';
import { checkedBy } from '@/components/forms/form-schema';
import { createProductInput } from '@/server/domains/products/schemas';

/** Turns a typed product into the one that is sent: tags are separated by commas, and prices stay as typed. */
export const productSchema = z
  .object({
    title: z.string(),
    description: z.string(),
    tags: z.string(),
    price: z.string(),
    floor: z.string(),
    currency: z.string(),
    file: z.object({ id: z.string() }).nullable(),
  })
  .transform(({ title, description, tags, price, floor, currency, file }) => ({
    title,
    description,
    tags: tags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
    price,
    floor,
    currency: currency.trim().toUpperCase(),
    fileId: file?.id ?? null,
  }))
  .pipe(checkedBy(createProductInput));
