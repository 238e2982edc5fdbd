import { z } from 'zod';
import { type AmountWords, readMoney } from '@/components/forms/form-schema';

/** Turns the typed price of one listing, in major units of its currency, into minor units. */
export const priceSchema = (currency: string, t: AmountWords) =>
  z.object({ text: z.string() }).transform(({ text }, context) => ({
    price: readMoney(text, currency, 'price', context, t),
  }));
