import { Temporal } from 'temporal-polyfill';
import { type Fact, fact } from '@/server/foundation/facts';

/** The calendar days of a series. Its time of day and zone are stored next to it. */
export interface Rule {
  unit: 'day' | 'week' | 'month';
  /** Interval, in units. */
  every: number;
  /** For a weekly rule. 1 is Monday. */
  weekdays: readonly number[];
  /** For a monthly rule, 1 to 31. A shorter month uses its last day. */
  monthDay: number | null;
  /** The first possible day, `YYYY-MM-DD`. */
  startDay: string;
  /** The last possible day. */
  untilDay: string | null;
  /** Total number of days. */
  count: number | null;
}

/** Days are compared as text, which requires four-digit years. */
const LAST_YEAR = 9999;

/**
 * Iterates the days of a rule from `from` on (inclusive), in order, as `YYYY-MM-DD`. Weeks are counted from the Monday of the first day's
 * week. Endless if the rule is, so callers take only as many as they need.
 */
export function* ruleDays(rule: Rule, from: string = rule.startDay): Generator<string> {
  let number = 0;
  for (const day of allDays(rule, Temporal.PlainDate.from(from))) {
    if (day.date.year > LAST_YEAR) return;
    const text = day.date.toString();
    number = day.number;
    if (rule.untilDay !== null && text > rule.untilDay) return;
    if (rule.count !== null && number >= rule.count) return;
    if (text >= from) yield text;
  }
}

/** Returns the zero-based place of a day in its rule, or null if the rule does not contain it. */
export function placeOf(rule: Rule, day: string): number | null {
  for (const found of allDays(rule, Temporal.PlainDate.from(day))) {
    if (found.date.year > LAST_YEAR) return null;
    const text = found.date.toString();
    if (text === day) return found.number;
    if (text > day) return null;
  }
  return null;
}

/** Iterates the days of a rule, starting near `near` so that an old rule costs no more than a new one. */
function* allDays(
  rule: Rule,
  near: Temporal.PlainDate,
): Generator<{ date: Temporal.PlainDate; number: number }> {
  const start = Temporal.PlainDate.from(rule.startDay);
  const every = Math.max(1, rule.every);
  const ahead = Temporal.PlainDate.compare(near, start) > 0 ? near : start;
  if (rule.unit === 'day') {
    const skipped = Math.floor(start.until(ahead, { largestUnit: 'days' }).days / every);
    for (let k = skipped; ; k++) yield { date: start.add({ days: k * every }), number: k };
  }
  if (rule.unit === 'month') {
    const wanted = rule.monthDay ?? start.day;
    const first = start.with({ day: 1 });
    // The first month counts only if its day is not before the start.
    const early = Temporal.PlainDate.compare(onDay(first, wanted), start) < 0 ? 1 : 0;
    const months = first.until(ahead.with({ day: 1 }), { largestUnit: 'months' }).months;
    const skipped = Math.max(early, Math.floor(months / every));
    for (let k = skipped; ; k++)
      yield { date: onDay(first.add({ months: k * every }), wanted), number: k - early };
  }
  const weekdays = [...new Set(rule.weekdays.length > 0 ? rule.weekdays : [start.dayOfWeek])].sort(
    (a, b) => a - b,
  );
  const monday = start.subtract({ days: start.dayOfWeek - 1 });
  const before = weekdays.filter((weekday) => weekday < start.dayOfWeek).length;
  const weeks = Math.floor(monday.until(ahead, { largestUnit: 'days' }).days / 7);
  for (let k = Math.floor(weeks / every); ; k++)
    for (const [i, weekday] of weekdays.entries()) {
      const number = k * weekdays.length + i - before;
      if (number >= 0) yield { date: monday.add({ days: k * every * 7 + weekday - 1 }), number };
    }
}

const onDay = (first: Temporal.PlainDate, day: number): Temporal.PlainDate =>
  first.with({ day: Math.min(day, first.daysInMonth) });

/** Formats a rule as text: "Every 2 weeks on Monday and Thursday at 09:00". `time` is `HH:mm`. */
export function ruleFact(rule: Rule, time: string): Fact {
  const days = daysFact(rule, time);
  if (rule.untilDay !== null)
    return fact('scheduling.notes.until', { rule: days, day: { local: rule.untilDay } });
  if (rule.count !== null) return fact('scheduling.notes.times', { rule: days, count: rule.count });
  return days;
}

function daysFact({ unit, every, weekdays, monthDay, startDay }: Rule, hhmm: string): Fact {
  const time = { local: `${startDay}T${hhmm}`, show: 'time' } as const;
  if (unit === 'day') return fact('scheduling.notes.daily', { every, time });
  if (unit === 'week') {
    const list = [...weekdays].sort((a, b) => a - b).map((weekday) => ({ weekday }));
    return fact('scheduling.notes.weekly', { every, weekdays: { list }, time });
  }
  const day = monthDay ?? Number(startDay.slice(8));
  return day > 28
    ? fact('scheduling.notes.monthlyLate', { every, day, time })
    : fact('scheduling.notes.monthly', { every, day, time });
}
