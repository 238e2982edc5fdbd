import { describe, expect, it } from 'vitest';
import { calendarRange } from './range';

const now = new Date('2026-03-29T23:30:00Z');

describe('the days of a calendar', () => {
  it('shows whole weeks from Monday to Sunday around a month', () => {
    const range = calendarRange('month', '2026-02-15', 'Europe/Berlin', now, 'en');
    expect(range.weeks[0]?.[0]).toEqual({ day: '2026-01-26', inMonth: false });
    expect(range.weeks.at(-1)?.at(-1)?.day).toBe('2026-03-01');
    expect(range.weeks.every((week) => week.length === 7)).toBe(true);
    expect([range.title, range.previous, range.next]).toEqual(['February 2026', '2026-01-01', '2026-03-01']);
  });

  it('spans midnight to midnight in the zone, also when the clocks change', () => {
    const range = calendarRange('week', '2026-03-29', 'Europe/Berlin', now, 'en');
    expect(range.from.toISOString()).toBe('2026-03-22T23:00:00.000Z');
    expect(range.to.toISOString()).toBe('2026-03-29T22:00:00.000Z');
  });

  it('titles a week with its first and its last day', () => {
    expect(calendarRange('week', '2026-03-29', 'Europe/Berlin', now, 'en').title).toBe(
      '23 Mar – 29 Mar 2026',
    );
    expect(calendarRange('month', '2026-02-15', 'Europe/Berlin', now, 'de').title).toBe('Februar 2026');
  });

  it('uses the current day of the zone and not that of the server', () => {
    expect(calendarRange('month', undefined, 'Europe/Berlin', now, 'en').today).toBe('2026-03-30');
    expect(calendarRange('month', undefined, 'America/New_York', now, 'en').today).toBe('2026-03-29');
  });

  it('treats an invalid day as today', () => {
    for (const at of ['2026-02-30', 'tomorrow', '0001-01-01', '9999-12-31'])
      expect(calendarRange('month', at, 'UTC', now, 'en').at).toBe('2026-03-29');
  });
});
