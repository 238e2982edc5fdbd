import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOf } from '@/server/foundation/facts';
import { localTimeOf, resolveRecurringTime } from '@/server/foundation/local-time';
import { placeOf, type Rule, ruleDays, ruleFact } from '../scheduling/recurrence';
import { hhmm, slotTimes } from '../scheduling/slot-times';

/** Zones with unusual clock changes, each with days around some of them. */
const ZONES = [
  ['Europe/Berlin', '2026-03-28', '2026-10-24'],
  // Summer time began at midnight, so the first hour of the day was skipped.
  ['America/Sao_Paulo', '2018-11-02', '2018-02-16'],
  // Shifts by half an hour.
  ['Australia/Lord_Howe', '2026-10-02', '2026-04-03'],
  // Shifted once, by a quarter of an hour.
  ['Asia/Kathmandu', '1985-12-30', '2026-01-01'],
  // Changes at one minute past midnight.
  ['America/St_Johns', '2008-03-07', '2008-11-01'],
  ['America/St_Johns', '2026-03-07', '2026-10-31'],
  // A whole day was skipped.
  ['Pacific/Apia', '2011-12-28', '2012-03-30'],
] as const;
const zoneAndDay = fc
  .constantFrom(...ZONES)
  .chain(([zone, ...days]) => fc.tuple(fc.constant(zone), fc.constantFrom(...days)));
const minute = fc.integer({ min: 0, max: 1439 });
const plus = (day: string, n: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);

describe('a recurring time', () => {
  it('keeps its wall-clock time; a skipped one moves to the first minute after, a repeated one is the first', () => {
    fc.assert(
      fc.property(zoneAndDay, fc.integer({ min: 0, max: 5 }), minute, ([zone, day], ahead, at) => {
        const wanted = `${plus(day, ahead)}T${hhmm(at)}`;
        const { instant, local, note } = resolveRecurringTime(wanted, zone);
        expect(localTimeOf(instant, zone)).toBe(local);
        // It is the first instant with this wall-clock time.
        if (local === wanted) {
          for (const back of [15, 30, 45, 60, 120, 180].map((m) => m * 60_000))
            expect(localTimeOf(new Date(instant.getTime() - back), zone)).not.toBe(wanted);
        } else {
          expect(local > wanted).toBe(true);
          expect(note).toSay('does not exist');
          expect(localTimeOf(new Date(instant.getTime() - 60_000), zone) < wanted).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['America/Sao_Paulo', '2018-11-04T00:15', '2018-11-04T01:00', '2018-11-04T03:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04T02:10', '2026-10-04T02:30', '2026-10-03T15:30:00.000Z'],
    ['Asia/Kathmandu', '1986-01-01T00:05', '1986-01-01T00:15', '1985-12-31T18:30:00.000Z'],
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-31T00:00', '2011-12-30T10:00:00.000Z'],
  ])('%s at %s resolves to %s', (zone, wanted, local, at) => {
    const found = resolveRecurringTime(wanted, zone);
    expect([found.local, found.instant.toISOString()]).toEqual([local, at]);
    expect(found.note).not.toBeNull();
  });
});

describe('the times of weekly slots', () => {
  const slot = fc.record({ weekday: fc.integer({ min: 1, max: 7 }), minute });
  it('are ascending, keep their wall-clock time and weekday, and are complete except where a gap merges them', () => {
    fc.assert(
      fc.property(
        zoneAndDay,
        fc.uniqueArray(slot, {
          selector: (s) => s.weekday * 2000 + s.minute,
          minLength: 1,
          maxLength: 12,
        }),
        minute,
        ([zone, day], values, offset) => {
          const slots = values.map((v, i) => ({ ...v, id: `s${i}`, topicId: null }));
          const after = new Date(Date.parse(`${day}T00:00:00Z`) + offset * 60_000);
          const until = new Date(after.getTime() + 15 * 86_400_000);
          const times = [...slotTimes(slots, zone, after, until)];
          for (const [i, time] of times.entries()) {
            expect(time.at > after && time.at <= until).toBe(true);
            expect(localTimeOf(time.at, zone)).toBe(time.local);
            const before = times[i - 1];
            if (before) expect(time.at.getTime()).toBeGreaterThan(before.at.getTime());
            const own = slots.find((s) => s.id === time.slotId);
            // On a day that a zone skips entirely (Apia's Friday), the time moves to midnight of the next day.
            if (nameOf(time.note) === 'scheduling.notes.skipped') continue;
            expect(time.local.slice(-5)).toBe(hhmm(own?.minute ?? -1));
            const weekday = new Date(`${time.local.slice(0, 10)}T00:00:00Z`).getUTCDay() || 7;
            expect(weekday).toBe(own?.weekday);
          }
          // Every slot of the fortnight appears, at its time or at the end of its gap.
          const seen = new Set(times.map((t) => t.at.getTime()));
          for (let n = 0; n < 16; n++)
            for (const s of slots) {
              const date = plus(day, n);
              if ((new Date(`${date}T00:00:00Z`).getUTCDay() || 7) !== s.weekday) continue;
              const { instant } = resolveRecurringTime(`${date}T${hhmm(s.minute)}`, zone);
              if (instant > after && instant <= until) expect(seen).toContain(instant.getTime());
            }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the days of a rule', () => {
  const rule: fc.Arbitrary<Rule> = fc
    .record({
      unit: fc.constantFrom('day', 'week', 'month'),
      every: fc.integer({ min: 1, max: 40 }),
      weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      start: fc.integer({ min: 0, max: 3000 }),
      count: fc.option(fc.integer({ min: 1, max: 60 })),
      until: fc.option(fc.integer({ min: 0, max: 3000 })),
    })
    .map(({ start, until, ...rest }) => {
      const startDay = plus('2024-01-01', start);
      return {
        ...rest,
        startDay,
        untilDay: until === null ? null : plus(startDay, until),
        monthDay: Number(startDay.slice(8)),
      };
    });
  const first = (days: Iterable<string>, n: number) => {
    const all: string[] = [];
    for (const day of days) {
      if (all.length === n) break;
      all.push(day);
    }
    return all;
  };
  const daysBetween = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / 86_400_000;

  it('are ascending, stay within their bounds and keep their interval', () => {
    fc.assert(
      fc.property(rule, (r) => {
        const days = first(ruleDays(r), 80);
        if (r.count !== null) expect(days.length).toBeLessThanOrEqual(r.count);
        for (const [i, day] of days.entries()) {
          expect(day >= r.startDay && (r.untilDay === null || day <= r.untilDay)).toBe(true);
          expect(placeOf(r, day)).toBe(i);
          const before = days[i - 1];
          if (before) expect(day > before).toBe(true);
          if (r.unit === 'day') expect(daysBetween(r.startDay, day)).toBe(i * r.every);
          if (r.unit === 'week') expect(r.weekdays).toContain(new Date(`${day}T00:00:00Z`).getUTCDay() || 7);
          if (r.unit === 'month') {
            const [year, month] = day.split('-').map(Number);
            const length = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
            expect(Number(day.slice(8))).toBe(Math.min(r.monthDay ?? 0, length));
          }
        }
        if (r.count === null && r.untilDay === null) expect(days).toHaveLength(80);
      }),
      { numRuns: 120 },
    );
  });

  it('are the same when iteration starts in the middle', () => {
    fc.assert(
      fc.property(rule, fc.integer({ min: 0, max: 2000 }), (r, later) => {
        const from = plus(r.startDay, later);
        const all = first(ruleDays(r), 2500).filter((day) => day >= from);
        expect(first(ruleDays(r, from), 10)).toEqual(all.slice(0, 10).length === 10 ? all.slice(0, 10) : all);
      }),
      { numRuns: 100 },
    );
  });

  it('of the 31st fall on the last days of shorter months', () => {
    const monthly: Rule = {
      unit: 'month',
      every: 1,
      weekdays: [],
      monthDay: 31,
      startDay: '2026-01-31',
      untilDay: null,
      count: 4,
    };
    expect([...ruleDays(monthly)]).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']);
    expect(ruleFact(monthly, '09:00')).toEqual(
      'Every month on day 31, or the last day of a shorter month, at 09:00, 4 times',
    );
  });
});
