import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayBounds, daysBetween, monthBounds } from './zoned-time';

const hours = (b: { from: Date; to: Date }) => (b.to.getTime() - b.from.getTime()) / 3_600_000;

test('a day has 23 hours when clocks go forward and 25 when they go back', () => {
  expect(hours(dayBounds(new Date('2026-03-29T12:00:00Z'), 'Europe/Berlin'))).toBe(23);
  expect(hours(dayBounds(new Date('2026-10-25T12:00:00Z'), 'Europe/Berlin'))).toBe(25);
});

test('a month begins at local midnight', () => {
  expect(monthBounds(new Date('2026-01-31T20:00:00Z'), 'Asia/Kathmandu')).toEqual({
    from: new Date('2026-01-31T18:15:00Z'),
    to: new Date('2026-02-28T18:15:00Z'),
  });
});

test('the bounds contain the instant, and the next period begins where this one ends', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'Australia/Lord_Howe',
  );
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2005-01-01'), max: new Date('2045-01-01'), noInvalidDate: true }),
      zones,
      (at, zone) => {
        for (const bounds of [dayBounds, monthBounds]) {
          const b = bounds(at, zone);
          expect(b.from.getTime()).toBeLessThanOrEqual(at.getTime());
          expect(b.to.getTime()).toBeGreaterThan(at.getTime());
          expect(bounds(b.to, zone).from).toEqual(b.to);
        }
      },
    ),
  );
});

test('the days between two instants are the consecutive calendar days of the zone, in every zone', () => {
  const written = (at: Date, timeZone: string) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
      at,
    );
  fc.assert(
    fc.property(
      fc.constantFrom(
        ...Intl.supportedValuesOf('timeZone'),
        'Asia/Calcutta',
        'Europe/Kiev',
        'US/Pacific-New',
      ),
      fc.date({ min: new Date('2000-01-02'), max: new Date('2100-01-01'), noInvalidDate: true }),
      fc.nat(20 * 86_400_000),
      (zone, first, later) => {
        const last = new Date(first.getTime() + later);
        const days = daysBetween(first, last, zone);
        expect(days[0]?.day).toBe(written(first, zone));
        expect(days.at(-1)?.day).toBe(written(last, zone));
        for (const { day, from } of days) expect(written(from, zone)).toBe(day);
        expect(days.map(({ day }) => day)).toEqual([...new Set(days.map(({ day }) => day))].sort());
      },
    ),
  );
});
