import { intlTag } from '@/components/ui/intl-tag';

/** A day (`YYYY-MM-DD`) or a month (`YYYY-MM`) in words. Read as UTC on both sides, so that no zone shifts it. */
export const formatDay = (day: string, locale: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(intlTag(locale, 'en-GB'), { ...options, timeZone: 'UTC' }).format(
    new Date(`${day.length === 7 ? `${day}-01` : day}T00:00:00Z`),
  );

/** The short names of the days of a week, from Monday on. */
export function shortWeekdays(locale: string): string[] {
  const format = new Intl.DateTimeFormat(intlTag(locale, 'en-GB'), { weekday: 'short', timeZone: 'UTC' });
  // 1 January 2024 was a Monday.
  return Array.from({ length: 7 }, (_, i) => format.format(new Date(Date.UTC(2024, 0, 1 + i))));
}
