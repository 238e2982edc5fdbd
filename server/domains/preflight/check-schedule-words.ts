import type { InstantParam } from '@/server/foundation/facts';
import { localDayOf, localTimeOf, resolveLocalTime } from '@/server/foundation/local-time';

/** A moment with its day. */
export const spokenMoment = (at: Date, zone: string): InstantParam => ({ instant: at.toISOString(), zone });

/** A moment for a sentence about a post of `around`: without the day when that is the same. */
export function spokenTime(at: Date, around: Date, zone: string): InstantParam {
  const day = localDayOf(around, zone);
  const moment = spokenMoment(at, zone);
  return at >= day.from && at < day.to ? { ...moment, show: 'time' } : moment;
}

/** The day of a moment. */
export const spokenDay = (at: Date, zone: string): InstantParam => ({
  ...spokenMoment(at, zone),
  show: 'day',
});

/** How far apart two posts are: 20 minutes before, or at the same time. */
export function gapOf(other: Date, own: Date): { order: 'before' | 'same' | 'after'; minutes: number } {
  const minutes = Math.round((other.getTime() - own.getTime()) / 60_000);
  return {
    order: minutes === 0 ? 'same' : minutes < 0 ? 'before' : 'after',
    minutes: Math.abs(minutes),
  };
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
