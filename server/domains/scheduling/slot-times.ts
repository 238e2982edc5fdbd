import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '@/server/foundation/durations';
import type { Fact } from '@/server/foundation/facts';
import { resolveRecurringTime } from '@/server/foundation/local-time';
import { zoneHere } from '@/server/foundation/zones/zone-here';

/** A weekly slot. */
export interface WeeklySlot {
  id: string;
  topicId: string | null;
  /** 1 is Monday. */
  weekday: number;
  /** Minutes after midnight. */
  minute: number;
}
/** An occurrence of a slot. */
export interface SlotTime {
  slotId: string;
  topicId: string | null;
  at: Date;
  /** Its wall-clock time, `YYYY-MM-DDTHH:mm`. */
  local: string;
  /** Set if a clock change skips or repeats it. */
  note: Fact | null;
}

/**
 * Iterates the times of weekly slots after `after` (exclusive) up to `until` (inclusive), in order. They follow the zone's wall clock: a
 * skipped time moves to the first minute after the gap, and of a repeated time, the first is used. Two slots that a clock change puts on the same
 * instant become one time, that of the earlier slot.
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
  const start = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(
    zoneHere(timeZone),
  );
  let last = Number.NEGATIVE_INFINITY;
  // Starts a day earlier, because a skipped time at the end of yesterday may move to today.
  let day = start.toPlainDate().subtract({ days: 1 });
  let opens = day.toZonedDateTime(zoneHere(timeZone));
  while (opens.epochMilliseconds <= until.getTime()) {
    const next = day.add({ days: 1 });
    const closes = next.toZonedDateTime(zoneHere(timeZone));
    // On a day without a clock change, times are computed directly. Only the other days need to resolve each time.
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

/** Formats a minute of the day as `HH:mm`. */
export const hhmm = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
