/** How a post repeats, as typed. */
export interface RepeatDraft {
  unit: 'day' | 'week' | 'month';
  every: string;
  weekdays: number[];
  startDay: string;
  time: string;
  ends: 'never' | 'on' | 'after';
  until: string;
  count: string;
}

/** Initial values of a repeat: every week, without a day. */
export const EMPTY_REPEAT: RepeatDraft = {
  unit: 'week',
  every: '1',
  weekdays: [],
  startDay: '',
  time: '',
  ends: 'never',
  until: '',
  count: '10',
};

/** The rule in the server's format. */
export const ruleOf = (repeat: RepeatDraft) => ({
  unit: repeat.unit,
  every: Math.trunc(Number(repeat.every)),
  weekdays: repeat.unit === 'week' ? repeat.weekdays : [],
  startDay: repeat.startDay,
  time: repeat.time,
  ends:
    repeat.ends === 'on'
      ? ({ kind: 'on', day: repeat.until } as const)
      : repeat.ends === 'after'
        ? ({ kind: 'after', count: Math.trunc(Number(repeat.count)) } as const)
        : ({ kind: 'never' } as const),
});

/** Returns the first day on which a repeat is published. */
export function firstDayOf({ unit, weekdays, startDay }: RepeatDraft): string {
  const day = new Date(`${startDay}T00:00:00Z`);
  if (unit !== 'week' || weekdays.length === 0 || Number.isNaN(day.getTime())) return startDay;
  // 1 is Monday.
  while (!weekdays.includes(day.getUTCDay() || 7)) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
