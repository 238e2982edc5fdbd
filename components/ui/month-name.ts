import { intlTag } from '@/i18n/locales';

/** The name of a month (`YYYY-MM`) in a language: "July 2026". */
export const monthName = (month: string, locale: string): string =>
  new Intl.DateTimeFormat(intlTag(locale), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-15T12:00:00Z`),
  );
