import type { useTranslations } from 'next-intl';
import { z } from 'zod';
import { currencyDigits, parseMoney } from '@/server/foundation/money';

export type AmountWords = ReturnType<typeof useTranslations<'forms.wrong'>>;

/** An amount as it is typed ("12.34") in minor units of its currency; what is none is an issue of the field of that name. */
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

/** What is wrong with what is no amount: too many decimals for its currency, or no number at all. */
const inWords = (text: string, currency: string, t: AmountWords): string =>
  /^-?\d{1,15}\.\d+$/.test(text.trim()) && /^[A-Z]{3}$/.test(currency)
    ? t('decimals', { currency, digits: currencyDigits(currency) })
    : t('amount');

/** The last step of a form's schema: goes on with the schema of one of the server's verbs, which looks at whatever it is given. */
export const into = <S extends z.ZodType>(schema: S) => schema as unknown as z.ZodType<z.output<S>, never>;
