import { z } from 'zod';
import { type AmountWords, readMoney } from '@/components/forms/form-schema';

/** The price of one listing as it is typed, in major units of its currency, becomes minor units. */
export const priceSchema = (currency: string, t: AmountWords) =>
  z.object({ text: z.string() }).transform(({ text }, context) => ({
    price: readMoney(text, currency, 'price', context, t),
  }));
