import { Temporal } from 'temporal-polyfill';

/** Half-open: `from` belongs to it, `to` does not. */
export interface Bounds {
  from: Date;
  to: Date;
}

const toDate = (z: Temporal.ZonedDateTime) => new Date(z.epochMilliseconds);
const inZone = (at: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);

/** The calendar day of `zone` (an IANA name) that holds the instant. 23, 24 or 25 hours long. */
export function dayBounds(at: Date, zone: string): Bounds {
  const start = inZone(at, zone).startOfDay();
  return { from: toDate(start), to: toDate(start.add({ days: 1 }).startOfDay()) };
}

/** The calendar month of `zone` that holds the instant. */
export function monthBounds(at: Date, zone: string): Bounds {
  const start = inZone(at, zone).with({ day: 1 }).startOfDay();
  return { from: toDate(start), to: toDate(start.add({ months: 1 }).startOfDay()) };
}

/** The calendar days of `zone` from the one that holds `first` to the one that holds `last`, in order, as `YYYY-MM-DD` with their beginnings. */
export function daysBetween(first: Date, last: Date, zone: string): { day: string; from: Date }[] {
  const days: { day: string; from: Date }[] = [];
  for (let bounds = dayBounds(first, zone); bounds.from <= last; bounds = dayBounds(bounds.to, zone))
    days.push({ day: inZone(bounds.from, zone).toPlainDate().toString(), from: bounds.from });
  return days;
}
