import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NOTICE_DAYS, noticeDue } from './ending-notice';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const END = new Date('2026-03-29T01:30:00Z');

it('each notice is given once, in time and in order, however often and irregularly it is asked', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 * 24 }),
      fc.array(fc.integer({ min: 1, max: 60 * 24 * 60_000 }), { maxLength: 400 }),
      (startsHoursAhead, steps) => {
        let now = END.getTime() - startsHoursAhead * HOUR_MS;
        let given: number | null = null;
        const notices: number[] = [];
        for (const step of steps) {
          const due = noticeDue(END, new Date(now), given);
          const left = END.getTime() - now;
          if (due !== null) {
            expect(left).toBeGreaterThan(0);
            expect(left).toBeLessThanOrEqual(due * DAY_MS);
            // A nearer notice would say the same more exactly.
            expect(NOTICE_DAYS.some((days) => days < due && left <= days * DAY_MS)).toBe(false);
            notices.push(due);
            given = due;
          } else if (left > 0) {
            // Nothing that is due was left out.
            for (const days of NOTICE_DAYS)
              if (left <= days * DAY_MS) expect(given).toBeLessThanOrEqual(days);
          }
          now += step;
        }
        expect(new Set(notices).size).toBe(notices.length);
        expect(notices).toEqual([...notices].sort((a, b) => b - a));
      },
    ),
  );
});

it('gives all four to a sign-in that is looked at every hour', () => {
  const notices: number[] = [];
  let given: number | null = null;
  for (let now = END.getTime() - 20 * DAY_MS; now <= END.getTime() + DAY_MS; now += HOUR_MS) {
    const due = noticeDue(END, new Date(now), given);
    if (due !== null) notices.push(due);
    given = due ?? given;
  }
  expect(notices).toEqual([14, 7, 3, 1]);
});
