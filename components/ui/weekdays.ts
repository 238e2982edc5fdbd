import { intlTag } from '@/i18n/locales';

/** Returns the days of the week in a language, starting on Monday. */
export function weekdayNames(locale: string, weekday: 'long' | 'short' = 'long'): string[] {
  const format = new Intl.DateTimeFormat(intlTag(locale), { weekday, timeZone: 'UTC' });
  // 1 January 2024 was a Monday.
  return Array.from({ length: 7 }, (_, i) => format.format(new Date(Date.UTC(2024, 0, 1 + i))));
}

/** Formats a minute of the day as `HH:mm`. */
export const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Parses `HH:mm` into the minute of the day; null if it is invalid. */
export function minuteOf(text: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

/** Formats a day: "25 Nov 2026". */
export const dayInWords = (day: string, locale: string = 'en'): string =>
  new Intl.DateTimeFormat(intlTag(locale), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));
