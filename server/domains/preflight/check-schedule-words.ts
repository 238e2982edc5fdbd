import type { InstantParam } from '@/server/foundation/facts';
import { localDayOf, localTimeOf, resolveLocalTime } from '@/server/foundation/local-time';

/** Formats an instant with its day. */
export const instantWithDay = (at: Date, zone: string): InstantParam => ({ instant: at.toISOString(), zone });

/** Formats an instant for a sentence about a post at `around`, without the day if both are on the same one. */
export function timeNear(at: Date, around: Date, zone: string): InstantParam {
  const day = localDayOf(around, zone);
  const moment = instantWithDay(at, zone);
  return at >= day.from && at < day.to ? { ...moment, show: 'time' } : moment;
}

/** Formats the day of an instant. */
export const dayOf = (at: Date, zone: string): InstantParam => ({
  ...instantWithDay(at, zone),
  show: 'day',
});

/** Returns how far apart two posts are, for example 20 minutes before, or at the same time. */
export function gapOf(other: Date, own: Date): { order: 'before' | 'same' | 'after'; minutes: number } {
  const minutes = Math.round((other.getTime() - own.getTime()) / 60_000);
  return {
    order: minutes === 0 ? 'same' : minutes < 0 ? 'before' : 'after',
    minutes: Math.abs(minutes),
  };
}

/**
 * Returns the first full minute at or after an instant as a selectable wall-clock time. Null if that time would mean another instant, in an
 * hour that a clock change repeats.
 */
export function selectableTime(from: number, zone: string): { at: Date; local: string } | null {
  const at = new Date(Math.ceil(from / 60_000) * 60_000);
  const local = localTimeOf(at, zone);
  return resolveLocalTime(local, zone).instant.getTime() === at.getTime() ? { at, local } : null;
}
