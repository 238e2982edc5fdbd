import { intlTag } from '@/i18n/locales';

const format = (locale: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(intlTag(locale), { ...options, timeZone: 'UTC' });
/** Returns a moment in July 2026, the month of the example data. */
const moment = (day: number, hour = 0): number => Date.UTC(2026, 6, day, hour);

/** "July". */
export const july = (locale: string): string => format(locale, { month: 'long' }).format(moment(1));
/** "14 July". */
export const dayOfJuly = (day: number, locale: string): string =>
  format(locale, { day: 'numeric', month: 'long' }).format(moment(day));
/** "13–17 July". */
export const daysOfJuly = (first: number, last: number, locale: string): string =>
  format(locale, { day: 'numeric', month: 'long' }).formatRange(moment(first), moment(last));
/** "Tue". */
export const weekdayOfJuly = (day: number, locale: string): string =>
  format(locale, { weekday: 'short' }).format(moment(day));
/** "Tue 18:00". */
export const hourOfJuly = (day: number, hour: number, locale: string): string =>
  format(locale, { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    moment(day, hour),
  );
