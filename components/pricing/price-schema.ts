import { z } from 'zod';
import { priceIn } from '@/server/foundation/price-input';

/** Checks the typed price of one listing. It is sent as typed, and the server reads it. */
export const priceSchema = (currency: string) =>
  z
    .object({ text: z.string() })
    .transform(({ text }) => ({ price: text }))
    .superRefine(({ price }, context) => {
      const read = priceIn(price, currency);
      if ('message' in read) context.addIssue({ code: 'custom', path: ['price'], message: read.message });
    });
