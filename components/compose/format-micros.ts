import { intlTag } from '@/i18n/locales';

/** Formats millionths of a US dollar: "$0.00042", "$1.30". Small amounts keep two significant digits. */
export function formatMicros(micros: number, locale: string): string {
  const dollars = micros / 1_000_000;
  const small = dollars > 0 && dollars < 0.1;
  const digits = dollars === 0 ? 0 : small ? Math.min(6, 1 - Math.floor(Math.log10(dollars))) : 2;
  return new Intl.NumberFormat(intlTag(locale, 'money'), {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(dollars);
}
