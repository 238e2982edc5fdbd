/** Millionths of a US dollar for people: "$0.00042", "$1.30". Small amounts keep two telling digits. */
export function formatMicros(micros: number): string {
  const dollars = micros / 1_000_000;
  if (dollars === 0) return '$0';
  const digits = dollars >= 0.1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(dollars)));
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: Math.max(2, digits),
    maximumFractionDigits: Math.max(2, digits),
  }).format(dollars);
}

/** Formatters cost far more to make than to use; a calendar has hundreds of instants in one zone. */
const days = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant in a zone, `YYYY-MM-DD`. */
export function dayIn(at: Date, zone: string): string {
  let format = days.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      timeZone: zone,
    });
    days.set(zone, format);
  }
  return format.format(at);
}

/** The wall clock of an instant in a zone as a date-and-time input takes it, `YYYY-MM-DDTHH:mm`. */
export function wallClock(at: Date, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(at);
  return `${dayIn(at, zone)}T${time}`;
}
