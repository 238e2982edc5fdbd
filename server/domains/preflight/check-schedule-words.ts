import { localDayOf, localTimeOf, resolveLocalTime } from '@/server/foundation/local-time';

const time = (at: Date, zone: string) => localTimeOf(at, zone).slice(11);

/** An instant for a sentence about a post of `around`: "14:30" on the same day, else "Tue 3 March, 14:30". */
export function spokenTime(at: Date, around: Date, zone: string): string {
  const day = localDayOf(around, zone);
  return at >= day.from && at < day.to ? time(at, zone) : `${spokenDay(at, zone)}, ${time(at, zone)}`;
}

/** A day for a sentence: "Tue 3 March". */
export function spokenDay(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    timeZone: zone,
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('weekday')} ${of('day')} ${of('month')}`;
}

/** How far apart two posts are: "20 minutes before", "at the same time". */
export function spokenGap(other: Date, own: Date): string {
  const minutes = Math.round((other.getTime() - own.getTime()) / 60_000);
  if (minutes === 0) return 'at the same time';
  const count = Math.abs(minutes);
  return `${count} ${count === 1 ? 'minute' : 'minutes'} ${minutes < 0 ? 'before' : 'after'} this one`;
}

/**
 * The first full minute from an instant on, as a time to choose. Null when its wall-clock time would mean another instant,
 * in the hour that the clocks repeat.
 */
export function chooseable(from: number, zone: string): { at: Date; local: string } | null {
  const at = new Date(Math.ceil(from / 60_000) * 60_000);
  const local = localTimeOf(at, zone);
  return resolveLocalTime(local, zone).instant.getTime() === at.getTime() ? { at, local } : null;
}
