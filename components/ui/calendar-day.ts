import { zoneHere } from '@/server/foundation/zones/zone-here';

/** Formatters are far more expensive to create than to use, and a calendar has hundreds of instants in one zone. */
const days = new Map<string, Intl.DateTimeFormat>();

/** Returns the calendar day of an instant in a zone, `YYYY-MM-DD`. */
export function dayIn(at: Date, zone: string): string {
  let format = days.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      timeZone: zoneHere(zone),
    });
    days.set(zone, format);
  }
  return format.format(at);
}

/** Returns the wall-clock time of an instant in a zone in the format of a date-and-time input, `YYYY-MM-DDTHH:mm`. */
export function wallClock(at: Date, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zoneHere(zone),
  }).format(at);
  return `${dayIn(at, zone)}T${time}`;
}
