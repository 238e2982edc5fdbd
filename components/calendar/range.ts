import { Temporal } from 'temporal-polyfill';
import { zoneHere } from '@/server/foundation/zones/zone-here';
import { formatDay } from './days';

export type CalendarView = 'month' | 'week';
export interface CalendarRange {
  view: CalendarView;
  /** The day that the calendar was opened at, `YYYY-MM-DD`. */
  at: string;
  today: string;
  title: string;
  /** Whole weeks starting on Monday; days as `YYYY-MM-DD`. */
  weeks: { day: string; inMonth: boolean }[][];
  from: Date;
  to: Date;
  previous: string;
  next: string;
}

/** Returns the days of a month or a week in a zone and the instants that bound them. An invalid day counts as today. */
export function calendarRange(
  view: CalendarView,
  at: string | undefined,
  zone: string,
  now: Date,
  locale: string,
): CalendarRange {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(zoneHere(zone))
    .toPlainDate();
  const day = readDay(at) ?? today;
  const start = view === 'month' ? day.with({ day: 1 }) : day;
  const end = view === 'month' ? day.with({ day: day.daysInMonth }) : day;
  const first = start.subtract({ days: start.dayOfWeek - 1 });
  const last = end.add({ days: 7 - end.dayOfWeek });
  const weeks: CalendarRange['weeks'] = [];
  for (let d = first; Temporal.PlainDate.compare(d, last) <= 0; d = d.add({ days: 1 })) {
    if (d.dayOfWeek === 1) weeks.push([]);
    weeks.at(-1)?.push({ day: d.toString(), inMonth: view === 'week' || d.month === day.month });
  }
  const instant = (d: Temporal.PlainDate) => new Date(d.toZonedDateTime(zoneHere(zone)).epochMilliseconds);
  const step = view === 'month' ? { months: 1 } : { weeks: 1 };
  return {
    view,
    at: day.toString(),
    today: today.toString(),
    title:
      view === 'month'
        ? formatDay(day.toString(), locale, { month: 'long', year: 'numeric' })
        : weekTitle(first, last, locale),
    weeks,
    from: instant(first),
    to: instant(last.add({ days: 1 })),
    previous: start.subtract(step).toString(),
    next: start.add(step).toString(),
  };
}

function readDay(text: string | undefined): Temporal.PlainDate | null {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    const day = Temporal.PlainDate.from(text, { overflow: 'reject' });
    return day.year >= 2000 && day.year <= 2100 ? day : null;
  } catch {
    return null;
  }
}

function weekTitle(first: Temporal.PlainDate, last: Temporal.PlainDate, locale: string): string {
  const short = { day: 'numeric', month: 'short' } as const;
  const named = (day: Temporal.PlainDate, options: Intl.DateTimeFormatOptions) =>
    formatDay(day.toString(), locale, options);
  return `${named(first, short)} – ${named(last, { ...short, year: 'numeric' })}`;
}
