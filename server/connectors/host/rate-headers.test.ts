import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReportedLimit } from '../kit/limits';
import { readLimits, retryAfterSeconds } from './rate-headers';
import { adoptLimit, assertNotThrottled, recordLimits, resetLimits } from './throttle';

const now = new Date('2026-03-02T10:00:00Z');
const at = (seconds: number) => String(Math.floor(now.getTime() / 1000) + seconds);

describe('the wait after a refusal', () => {
  it.each<[string, Record<string, string>, number]>([
    ['seconds', { 'retry-after': '17' }, 17],
    ['an HTTP date', { 'retry-after': 'Mon, 02 Mar 2026 10:01:30 GMT' }, 90],
    ['a reset in seconds from now', { 'ratelimit-remaining': '0', 'ratelimit-reset': '300' }, 300],
    ['a reset as a time', { 'ratelimit-remaining': '0', 'ratelimit-reset': at(300) }, 300],
    ['nothing', {}, 60],
    ['nonsense', { 'retry-after': 'soon', ratelimit: '{' }, 60],
    ['the past', { 'retry-after': 'Mon, 02 Mar 2026 09:00:00 GMT' }, 1],
    ['more than a day', { 'retry-after': '999999999' }, 86_400],
    ['a fraction of a second', { 'retry-after': '0.5' }, 1],
    ['a fraction', { 'retry-after': '16.2' }, 17],
    ['less than nothing', { 'retry-after': '-5' }, 1],
    ['a time since 1970', { 'retry-after': at(90) }, 90],
    ['a number beyond all numbers', { 'retry-after': '9'.repeat(400) }, 86_400],
    ['a date without a year', { 'retry-after': 'soon 5' }, 60],
    ['an older form of dates', { 'retry-after': 'Monday, 02-Mar-26 10:01:30 GMT' }, 90],
    ['the oldest form of dates', { 'retry-after': 'Mon Mar  2 10:01:30 2026' }, 90],
    ['ISO 8601', { 'retry-after': '2026-03-02T10:01:30Z' }, 90],
    ['RateLimit', { ratelimit: '"default";r=0;t=30' }, 30],
    [
      'RateLimit with several limits',
      { ratelimit: '"a, b;r=9;t=1";r=0;t=30, "day";r=0;t=3600, "month";r=5;t=80000' },
      3600,
    ],
    ['RateLimit of earlier drafts', { ratelimit: 'limit=100, remaining=0, reset=45' }, 45],
    ['RateLimit with nonsense', { ratelimit: '"x";r=-1;t=-1;t, ;;=, "y";r=;t=1e9' }, 1],
  ])('%s', (_name, headers, seconds) => {
    expect(retryAfterSeconds(headers, now)).toBe(seconds);
  });

  it('asks the platform’s own reading as well', () => {
    const own = (limit: Partial<ReportedLimit>) => () => [
      { window: '', remaining: 0, resetsAt: null, ...limit },
    ];
    expect(
      retryAfterSeconds({ 'retry-after': '5' }, now, own({ resetsAt: new Date('2026-03-02T10:02:00Z') })),
    ).toBe(120);
    expect(retryAfterSeconds({}, now, own({ waitSeconds: 900 }))).toBe(900);
    expect(retryAfterSeconds({ 'retry-after': '5' }, now, own({ waitSeconds: 900 }))).toBe(5);
  });

  it('accepts any headers', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('retry-after', 'ratelimit-remaining', 'ratelimit-reset', 'ratelimit'),
          fc.oneof(
            fc.string(),
            fc.json(),
            fc.integer().map(String),
            fc.float().map(String),
            fc.date().map(String),
            fc.double().map((n) => `"q";r=${n};t=${n}`),
          ),
        ),
        (headers) => {
          for (const { remaining, resetsAt } of readLimits(headers, now)) {
            if (remaining !== null) expect(remaining).toBeGreaterThanOrEqual(0);
            if (resetsAt !== null) expect(resetsAt.getTime() - now.getTime()).toBeLessThanOrEqual(86_400_000);
          }
          const seconds = retryAfterSeconds(headers, now);
          expect(seconds).toBeGreaterThanOrEqual(1);
          expect(seconds).toBeLessThanOrEqual(86_400);
        },
      ),
    );
  });
});

describe('limits reported by an accepted request', () => {
  beforeEach(resetLimits);
  const stored: [string, Date][] = [];
  const store = {
    low: async (name: string, { resetsAt }: { resetsAt: Date }) => void stored.push([name, resetsAt]),
  };
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  const waitAt = (operation: string, when: Date): number => {
    try {
      assertNotThrottled('X', 'con', operation, when);
      return 0;
    } catch (error) {
      return (error as { options: { retryAfter: number } }).options.retryAfter;
    }
  };
  const limit = (window: string, remaining: number, seconds: number): ReportedLimit => ({
    window,
    remaining,
    resetsAt: later(seconds),
  });
  const record = (...limits: ReportedLimit[]) => recordLimits(store, 'con', 'createPosts', limits, now);

  it('hold back the operation until the last one ends', async () => {
    await record(limit('', 0, 840), limit('user day', 0, 80_000), limit('app day', 7, 86_000));
    expect(waitAt('createPosts', now)).toBe(80_000);
    expect(waitAt('createPosts', later(841))).toBe(79_159);
    expect(waitAt('createPosts', later(80_000))).toBe(0);
    expect(waitAt('getUsersPosts', now)).toBe(0);
  });

  it('are shared with other processes, each under its own name', async () => {
    stored.length = 0;
    await record(limit('', 0, 840), limit('user day', 0, 80_000));
    expect(stored).toEqual([
      ['createPosts', later(840)],
      ['createPosts user day', later(80_000)],
    ]);
    resetLimits();
    for (const [name, resetsAt] of stored) adoptLimit('con', name, { remaining: 0, resetsAt });
    expect(waitAt('createPosts', later(841))).toBe(79_159);
  });

  it('hold back for a day at most', async () => {
    await record(...readLimits({ 'ratelimit-remaining': '0', 'ratelimit-reset': String(20 * 86_400) }, now));
    expect(waitAt('createPosts', now)).toBe(86_400);
    expect(waitAt('createPosts', later(86_401))).toBe(0);
  });

  it('hold back nothing if they were reported while the clock was ahead', async () => {
    await record(limit('', 0, 840));
    expect(waitAt('createPosts', later(-2 * 86_400))).toBe(0);
    expect(waitAt('createPosts', now)).toBe(0);
  });

  it('hold back every operation if they cover all', async () => {
    await record({ ...limit('usage', 0, 600), scope: 'all' });
    expect(waitAt('createPosts', now)).toBe(600);
    expect(waitAt('getListing', now)).toBe(600);
  });
});
