import type { useTranslations } from 'next-intl';
import { z } from 'zod';
import { currencyDigits, parseMoney } from '@/server/foundation/money';

export type AmountWords = ReturnType<typeof useTranslations<'forms.wrong'>>;

/** Parses a typed amount ("12.34") into minor units of its currency. Reports an invalid amount as an issue of `field`. */
export function readMoney(
  text: string,
  currency: string,
  field: string,
  context: z.core.$RefinementCtx,
  t: AmountWords,
): number {
  try {
    return parseMoney(text, currency).amount;
  } catch {
    const message = inWords(text, currency, t);
    context.addIssue({ code: 'custom', path: [field], message });
    return z.NEVER;
  }
}

/** Why an amount is invalid: too many decimals for its currency, or not a number. */
const inWords = (text: string, currency: string, t: AmountWords): string =>
  /^-?\d{1,15}\.\d+$/.test(text.trim()) && /^[A-Z]{3}$/.test(currency)
    ? t('decimals', { currency, digits: currencyDigits(currency) })
    : t('amount');

/** Last step of a form's schema: pipes into the schema of a server verb, which validates any input. */
export const into = <S extends z.ZodType>(schema: S) => schema as unknown as z.ZodType<z.output<S>, never>;
