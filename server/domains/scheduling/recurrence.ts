import { Temporal } from 'temporal-polyfill';
import { type Fact, fact } from '@/server/foundation/facts';

/** When a series comes up, in calendar days; the time of day and the zone stand beside it. */
export interface Rule {
  unit: 'day' | 'week' | 'month';
  /** Every so many units. */
  every: number;
  /** Of a weekly rule, 1 is Monday. */
  weekdays: readonly number[];
  /** Of a monthly rule, 1 to 31; a shorter month has it on its last day. */
  monthDay: number | null;
  /** `YYYY-MM-DD`, the first day that may be one. */
  startDay: string;
  /** The last day that may be one. */
  untilDay: string | null;
  /** How many days there are in all. */
  count: number | null;
}

/** Days are compared as text, which holds for years of four digits. */
const LAST_YEAR = 9999;

/**
 * The days of a rule from `from` on (included), in order, as `YYYY-MM-DD`. Weeks are counted from the Monday of the first day's
 * week. Never ends by itself where the rule does not: take as many as are needed.
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

/** The place of a day in its rule, from 0, or null when the rule does not have it. */
export function placeOf(rule: Rule, day: string): number | null {
  for (const found of allDays(rule, Temporal.PlainDate.from(day))) {
    if (found.date.year > LAST_YEAR) return null;
    const text = found.date.toString();
    if (text === day) return found.number;
    if (text > day) return null;
  }
  return null;
}

/** Starts near `near`, so that an old rule costs no more than a new one. */
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
    // The first month counts only when its day is not before the start.
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

/** A rule as people say it: "Every 2 weeks on Monday and Thursday at 09:00". `time` is `HH:mm`. */
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
