import { z } from 'zod';
import { type AmountWords, into, readMoney } from '@/components/forms/form-schema';
import { createProductInput } from '@/server/domains/products/schemas';

/** Turns a typed product into the one that is saved: tags are separated by commas, prices are in major units. */
export const productSchema = (t: AmountWords) =>
  z
    .object({
      title: z.string(),
      description: z.string(),
      tags: z.string(),
      price: z.string(),
      floor: z.string(),
      currency: z.string(),
      file: z.object({ id: z.string() }).nullable(),
    })
    .transform(({ title, description, tags, price, floor, currency, file }, context) => {
      const code = currency.trim().toUpperCase();
      return {
        title,
        description,
        tags: tags
          .split(',')
          .map((tag) => tag.trim())
          .filter(Boolean),
        price: readMoney(price, code, 'price', context, t),
        floor: readMoney(floor, code, 'floor', context, t),
        currency: code,
        fileId: file?.id ?? null,
      };
    })
    .pipe(into(createProductInput));
