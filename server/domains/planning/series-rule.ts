import type { series } from '@/db/schema';
import { DAY_MS } from '@/server/foundation/durations';
import type { Fact } from '@/server/foundation/facts';
import { resolveRecurringTime } from '@/server/foundation/local-time';
import { type Rule, ruleDays } from '../scheduling/recurrence';
import type { Due } from '../scheduling/resolve-due';
import { hhmm } from '../scheduling/slot-times';

export type SeriesRow = typeof series.$inferSelect;

/** How far ahead occurrences are created, and (`MAX_AHEAD`) how many at most per account. */
export const AHEAD_MS = 60 * DAY_MS;
export const MAX_AHEAD = 50;

export interface Occurrence extends Due {
  /** The day of the rule. */
  day: string;
  note: Fact | null;
}

export const ruleOf = (row: SeriesRow): Rule => ({
  unit: row.unit,
  every: row.every,
  weekdays: row.weekdays,
  monthDay: row.monthDay,
  startDay: row.startDay,
  untilDay: row.untilDay,
  count: row.count,
});

/** Returns when the occurrence of a day is due: at the series' wall-clock time, adjusted for clock changes. */
export function occurrenceOn(row: SeriesRow, day: string, minute = row.minute): Occurrence {
  const { instant, local, note } = resolveRecurringTime(`${day}T${hhmm(minute)}`, row.timeZone);
  return { day, dueAt: instant, localTime: local, timeZone: row.timeZone, note };
}

/** Returns the occurrences after `after` (exclusive) in order, at most `most` and not beyond `until`. */
export function upcoming(row: SeriesRow, after: Date, most: number, until?: Date): Occurrence[] {
  const found: Occurrence[] = [];
  // Starts a day earlier, because the zone's day may be behind UTC's.
  const from = new Date(after.getTime() - DAY_MS).toISOString().slice(0, 10);
  for (const day of ruleDays(ruleOf(row), from > row.startDay ? from : row.startDay)) {
    if (found.length >= most) break;
    const occurrence = occurrenceOn(row, day);
    if (until && occurrence.dueAt > until) break;
    if (occurrence.dueAt > after) found.push(occurrence);
  }
  return found;
}
