import { Temporal } from 'temporal-polyfill';
import { zoneHere } from './zones/zone-here';

/** A half-open interval: `from` is included, `to` is not. */
export interface Bounds {
  from: Date;
  to: Date;
}

const toDate = (z: Temporal.ZonedDateTime) => new Date(z.epochMilliseconds);
const inZone = (at: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zoneHere(zone));

/** Returns the calendar day of `zone` (an IANA name) that contains the instant. It is 23, 24 or 25 hours long. */
export function dayBounds(at: Date, zone: string): Bounds {
  const start = inZone(at, zone).startOfDay();
  return { from: toDate(start), to: toDate(start.add({ days: 1 }).startOfDay()) };
}

/** Returns the calendar month of `zone` that contains the instant. */
export function monthBounds(at: Date, zone: string): Bounds {
  const start = inZone(at, zone).with({ day: 1 }).startOfDay();
  return { from: toDate(start), to: toDate(start.add({ months: 1 }).startOfDay()) };
}

/**
 * Returns the calendar days of `zone` from the one that contains `first` to the one that contains `last`, in order, as `YYYY-MM-DD` with
 * the instants at which they begin.
 */
export function daysBetween(first: Date, last: Date, zone: string): { day: string; from: Date }[] {
  const days: { day: string; from: Date }[] = [];
  for (let bounds = dayBounds(first, zone); bounds.from <= last; bounds = dayBounds(bounds.to, zone))
    days.push({ day: inZone(bounds.from, zone).toPlainDate().toString(), from: bounds.from });
  return days;
}
