import { Temporal } from 'temporal-polyfill';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { zoneHere } from '@/server/foundation/zones/zone-here';

const MONTH_PATTERN = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Returns the bounds of a calendar month (`YYYY-MM`) in a time zone: `from` inclusive, `to` exclusive. */
export function monthRange(month: string, timeZone: string): { from: Date; to: Date } {
  if (!MONTH_PATTERN.test(month)) throw new AppError('invalid', fact('validation.month'));
  const first = Temporal.PlainDate.from(`${month}-01`);
  const start = (date: Temporal.PlainDate): Date =>
    new Date(date.toZonedDateTime(zoneHere(timeZone)).epochMilliseconds);
  return { from: start(first), to: start(first.add({ months: 1 })) };
}

/** Returns the calendar month of an instant in a time zone, as `YYYY-MM`. */
export const monthOf = (at: Date, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(zoneHere(timeZone))
    .toPlainDate()
    .toPlainYearMonth()
    .toString();
