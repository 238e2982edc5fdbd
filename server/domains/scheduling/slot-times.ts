import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '@/server/foundation/durations';
import type { Fact } from '@/server/foundation/facts';
import { resolveRecurringTime } from '@/server/foundation/local-time';

/** A slot as it stands in the week. */
export interface WeeklySlot {
  id: string;
  topicId: string | null;
  /** 1 is Monday. */
  weekday: number;
  /** Minutes after midnight. */
  minute: number;
}
/** One time at which a slot comes up. */
export interface SlotTime {
  slotId: string;
  topicId: string | null;
  at: Date;
  /** The wall-clock time that it has, `YYYY-MM-DDTHH:mm`. */
  local: string;
  /** Said where a clock change moves or doubles it. */
  note: Fact | null;
}

/**
 * The times of weekly slots after `after` (excluded) up to `until` (included), in order. They follow the wall clock of the zone; a
 * skipped time is the first minute after the gap, a repeated one its first. Two slots that a clock change puts on one instant are
 * one time, the earlier of the two.
 */
export function* slotTimes(
  slots: readonly WeeklySlot[],
  timeZone: string,
  after: Date,
  until: Date,
): Generator<SlotTime> {
  if (slots.length === 0) return;
  const byWeekday = new Map<number, WeeklySlot[]>();
  for (const slot of [...slots].sort((a, b) => a.minute - b.minute || (a.id < b.id ? -1 : 1)))
    byWeekday.set(slot.weekday, [...(byWeekday.get(slot.weekday) ?? []), slot]);
  const start = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(timeZone);
  let last = Number.NEGATIVE_INFINITY;
  // One day back: a skipped time of yesterday's end may land on today.
  let day = start.toPlainDate().subtract({ days: 1 });
  let opens = day.toZonedDateTime(timeZone);
  while (opens.epochMilliseconds <= until.getTime()) {
    const next = day.add({ days: 1 });
    const closes = next.toZonedDateTime(timeZone);
    // Of most days every minute is where it is wanted; only the others need a look at each of theirs.
    const plain =
      opens.offsetNanoseconds === closes.offsetNanoseconds &&
      closes.epochMilliseconds - opens.epochMilliseconds === DAY_MS;
    for (const slot of byWeekday.get(day.dayOfWeek) ?? []) {
      const wanted = `${day.toString()}T${hhmm(slot.minute)}`;
      const { instant, local, note } = plain
        ? {
            instant: new Date(opens.epochMilliseconds + slot.minute * 60_000),
            local: wanted,
            note: null,
          }
        : resolveRecurringTime(wanted, timeZone);
      const at = instant.getTime();
      if (at <= after.getTime() || at <= last || at > until.getTime()) continue;
      last = at;
      yield { slotId: slot.id, topicId: slot.topicId, at: instant, local, note };
    }
    day = next;
    opens = closes;
  }
}

/** `HH:mm` of a minute of the day. */
export const hhmm = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
