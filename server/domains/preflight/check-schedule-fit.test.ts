import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FitQuestion, firstFit, type Moment, projectPlan } from './check-schedule-fit';

const MIN = 60_000;
const base: FitQuestion = {
  rate: { count: 3, seconds: 900 },
  gone: [],
  planned: [],
  quota: null,
  want: 0,
  adding: 1,
  knownUntil: Number.POSITIVE_INFINITY,
};
const ask = (change: Partial<FitQuestion>) => firstFit({ ...base, ...change });
const at = (...minutes: number[]): Moment[] => minutes.map((m) => ({ at: m * MIN, posts: 1 }));

describe('the first time that fits', () => {
  test('is the requested time if every window around it has capacity', () => {
    expect(ask({})).toEqual({ fits: true });
    expect(ask({ planned: at(-10, -14, 14), want: 0 })).toEqual({ fits: true });
    expect(ask({ planned: at(0, 1), want: 5 * MIN })).toEqual({ fits: true });
  });

  test('is the end of the full window before it', () => {
    expect(ask({ planned: at(0, 0, 0), want: 10 * MIN })).toEqual({ fits: false, from: 15 * MIN });
    expect(ask({ planned: at(0, 5, 9), want: 10 * MIN })).toEqual({ fits: false, from: 15 * MIN });
  });

  test('is after the posts that it would otherwise delay', () => {
    expect(ask({ planned: at(2, 3, 4), want: 0 })).toEqual({ fits: false, from: 17 * MIN });
  });

  test('counts an overlong queue at the times at which the publisher will send it', () => {
    expect(ask({ planned: [{ at: 0, posts: 8 }], want: 20 * MIN })).toEqual({ fits: false, from: 30 * MIN });
    expect(projectPlan({ ...base, planned: [{ at: 0, posts: 8 }] })).toEqual([
      { at: 0, posts: 3 },
      { at: 15 * MIN, posts: 3 },
      { at: 30 * MIN, posts: 2 },
    ]);
  });

  test('trusts the database about the open window', () => {
    const quota = { remaining: 0, resetsAt: 9 * MIN };
    expect(ask({ quota, want: 2 * MIN })).toEqual({ fits: false, from: 9 * MIN });
    expect(ask({ quota, want: 9 * MIN })).toEqual({ fits: true });
    // Posts sent in the open window are not counted twice.
    expect(ask({ quota: { remaining: 1, resetsAt: 9 * MIN }, gone: at(-5, -4), want: MIN })).toEqual({
      fits: true,
    });
  });

  test('is unknown beyond the known plan, and for more posts than the limit', () => {
    expect(ask({ planned: at(0, 0, 0), want: MIN, knownUntil: 10 * MIN })).toEqual({
      fits: false,
      from: null,
    });
    expect(ask({ adding: 4 })).toEqual({ fits: false, from: null });
  });
});

describe('for any plan', () => {
  const plan = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 120 }), posts: fc.integer({ min: 1, max: 4 }) }),
    {
      maxLength: 25,
    },
  );
  const minutes = (all: Moment[]) => all.map((m) => ({ ...m, at: m.at * MIN }));
  const most = (all: readonly Moment[], seconds: number) =>
    Math.max(
      0,
      ...all.map((first) =>
        all.reduce((n, m) => (m.at >= first.at && m.at < first.at + seconds * 1000 ? n + m.posts : n), 0),
      ),
    );

  test('the projected plan never exceeds the limit, loses no post and sends none early', () => {
    fc.assert(
      fc.property(plan, fc.integer({ min: 1, max: 5 }), (all, count) => {
        const question = { ...base, rate: { count, seconds: 900 }, planned: minutes(all) };
        const placed = projectPlan(question);
        expect(most(placed, 900)).toBeLessThanOrEqual(count);
        const sum = (ms: readonly Moment[]) => ms.reduce((n, m) => n + m.posts, 0);
        expect(sum(placed)).toBe(sum(question.planned));
        for (let m = 0; m <= 130; m++) {
          const until = (ms: readonly Moment[]) => sum(ms.filter((x) => x.at <= m * MIN));
          expect(until(placed)).toBeLessThanOrEqual(until(question.planned));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the result keeps the limit, and no earlier time would', () => {
    fc.assert(
      fc.property(
        plan,
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 1, max: 5 }),
        (all, want, count) => {
          const question = {
            ...base,
            rate: { count, seconds: 900 },
            planned: minutes(all),
            want: want * MIN,
          };
          const fit = firstFit(question);
          const chosen = fit.fits ? question.want : (fit.from ?? Number.NaN);
          const placed = projectPlan(question);
          const keeps = (time: number) => most([...placed, { at: time, posts: 1 }], 900) <= count;
          expect(chosen).toBeGreaterThanOrEqual(question.want);
          expect(keeps(chosen)).toBe(true);
          for (let time = question.want; time < chosen; time += MIN) expect(keeps(time)).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });
});
