import { intlTag } from '@/i18n/locales';

/** Formats a day (`YYYY-MM-DD`) or a month (`YYYY-MM`). Parses and formats it as UTC, so that no zone shifts it. */
export const formatDay = (day: string, locale: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(intlTag(locale), { ...options, timeZone: 'UTC' }).format(
    new Date(`${day.length === 7 ? `${day}-01` : day}T00:00:00Z`),
  );
