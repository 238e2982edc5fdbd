import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { readLimits, retryAfterSeconds } from './rate-headers';
import { adoptLimit, assertNotThrottled, recordLimits, resetLimits } from './throttle';

const now = new Date('2026-03-02T10:00:00Z');
const at = (seconds: number) => String(Math.floor(now.getTime() / 1000) + seconds);
const window = (remaining: number, seconds: number) => ({
  'x-rate-limit-limit': '100',
  'x-rate-limit-remaining': String(remaining),
  'x-rate-limit-reset': at(seconds),
});
const day = (scope: 'app' | 'user', remaining: number, seconds: number) => ({
  [`x-${scope}-limit-24hour-limit`]: '50',
  [`x-${scope}-limit-24hour-remaining`]: String(remaining),
  [`x-${scope}-limit-24hour-reset`]: at(seconds),
});
const meta = (
  entries: Record<string, { estimated_time_to_regain_access?: number; call_count?: number }[]>,
) => ({
  'x-business-use-case-usage': JSON.stringify(entries),
});

describe('the wait after a refusal', () => {
  it.each<[string, Record<string, string>, number]>([
    ['seconds', { 'retry-after': '17' }, 17],
    ['an HTTP date', { 'retry-after': 'Mon, 02 Mar 2026 10:01:30 GMT' }, 90],
    ['X’s window', window(0, 840), 840],
    [
      'X’s limit per user beside a window with requests left',
      { ...window(97, 840), ...day('user', 0, 80_000) },
      80_000,
    ],
    ['X’s limit per app', { ...window(97, 840), ...day('app', 0, 80_000) }, 80_000],
    [
      'X’s limits, all used up',
      { ...window(0, 840), ...day('app', 0, 40_000), ...day('user', 0, 80_000) },
      80_000,
    ],
    ['X’s window beside a day with requests left', { ...window(0, 840), ...day('user', 12, 80_000) }, 840],
    ['a longer window than Retry-After', { 'retry-after': '5', ...window(0, 840) }, 840],
    ['a longer Retry-After than the window', { 'retry-after': '4000', ...window(0, 840) }, 4000],
    [
      'Etsy’s day, as it refuses',
      {
        'x-remaining-this-second': '9',
        'x-limit-per-day': '10000',
        'x-remaining-today': '0',
        'retry-after': '86400',
      },
      86_400,
    ],
    [
      'Etsy’s second',
      { 'x-limit-per-second': '10', 'x-remaining-this-second': '0', 'x-remaining-today': '500' },
      1,
    ],
    [
      'Meta’s use case, in minutes',
      meta({ 77: [{ call_count: 100, estimated_time_to_regain_access: 19 }] }),
      1140,
    ],
    [
      'Meta’s use cases, of which the longest counts',
      meta({
        77: [{ estimated_time_to_regain_access: 2 }, { estimated_time_to_regain_access: 60 }],
        78: [{ call_count: 20, estimated_time_to_regain_access: 5 }],
      }),
      3600,
    ],
    [
      'Meta’s advertising accounts, in seconds',
      { 'x-ad-account-usage': '{"acc_id_util_pct":100,"reset_time_duration":300}' },
      300,
    ],
    [
      'Meta’s page, without a time',
      { 'x-page-usage': '{"call_count":100,"total_time":4,"total_cputime":4}' },
      900,
    ],
    ['a reset in seconds from now', { 'ratelimit-remaining': '0', 'ratelimit-reset': '300' }, 300],
    ['a reset as a time', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': at(300) }, 300],
    [
      'a reset in milliseconds',
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': `${at(300)}000` },
      300,
    ],
    ['nothing', {}, 60],
    ['nonsense', { 'retry-after': 'soon', 'x-app-usage': '{', 'x-business-use-case-usage': '[1,null]' }, 60],
    ['the past', { 'retry-after': 'Mon, 02 Mar 2026 09:00:00 GMT' }, 1],
    ['more than a day', { 'retry-after': '999999999' }, 86_400],
    ['a fraction of a second', { 'retry-after': '0.5' }, 1],
    ['a fraction', { 'retry-after': '16.2' }, 17],
    ['less than nothing', { 'retry-after': '-5' }, 1],
    ['less than nothing beside a window', { 'retry-after': '-5', ...window(0, 840) }, 840],
    ['a time since 1970', { 'retry-after': at(90) }, 90],
    ['a number beyond all numbers', { 'retry-after': '9'.repeat(400) }, 86_400],
    ['years beside a window', { 'retry-after': '999999999', ...window(0, 840) }, 840],
    ['a date without a year', { 'retry-after': 'soon 5' }, 60],
    ['an older form of dates', { 'retry-after': 'Monday, 02-Mar-26 10:01:30 GMT' }, 90],
    ['the oldest form of dates', { 'retry-after': 'Mon Mar  2 10:01:30 2026' }, 90],
    ['ISO 8601', { 'retry-after': '2026-03-02T10:01:30Z' }, 90],
    ['more requests than allowed', window(-3, 840), 840],
    ['more requests than allowed in a day', { ...window(97, 840), ...day('user', -3, 80_000) }, 80_000],
    [
      'a date where seconds are expected',
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': 'Mon, 02 Mar 2026 10:14:00 GMT' },
      840,
    ],
    [
      'seconds from now where a time is expected',
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '840' },
      840,
    ],
    [
      'a reset in microseconds',
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': `${at(840)}000000` },
      840,
    ],
    ['a reset in years', window(0, 2_000_000_000), 60],
    [
      'a reset in years beside a plausible one',
      { ...window(0, 2_000_000_000), ...day('user', 0, 4000) },
      4000,
    ],
    ['Etsy’s day, overdrawn', { 'x-remaining-today': '-2' }, 3600],
    ['RateLimit', { ratelimit: '"default";r=0;t=30' }, 30],
    [
      'RateLimit with several limits',
      { ratelimit: '"a, b;r=9;t=1";r=0;t=30, "day";r=0;t=3600, "month";r=5;t=80000' },
      3600,
    ],
    ['RateLimit of earlier drafts', { ratelimit: 'limit=100, remaining=0, reset=45' }, 45],
    ['RateLimit with nonsense', { ratelimit: '"x";r=-1;t=-1;t, ;;=, "y";r=;t=1e9' }, 1],
    [
      'Meta with single quotes',
      { 'x-business-use-case-usage': "{'77': [{'call_count': 100, 'estimated_time_to_regain_access': 19}]}" },
      1140,
    ],
    ['Meta’s numbers as text', { 'x-app-usage': '{"call_count":"100","total_time":"4"}' }, 900],
    [
      'Meta, cut off',
      { 'x-business-use-case-usage': '{"77":[{"call_count":100,"estimated_time_to_regain_access":19,"ty' },
      1140,
    ],
    [
      'Meta with lists in lists',
      {
        'x-business-use-case-usage': '{"77":[[{"estimated_time_to_regain_access":3},[{"call_count":101}]]]}',
      },
      180,
    ],
    [
      'Meta as a text of JSON',
      { 'x-app-usage': JSON.stringify('{"call_count":100,"estimated_time_to_regain_access":2}') },
      120,
    ],
    ['Meta with a negative time', { 'x-app-usage': '{"estimated_time_to_regain_access":-5}' }, 60],
    ['Meta with years', { 'x-app-usage': '{"estimated_time_to_regain_access":99999999}' }, 900],
  ])('%s', (_name, headers, seconds) => {
    expect(retryAfterSeconds(headers, now)).toBe(seconds);
  });

  it('is at least that of every limit that is used up, and between a second and a day', () => {
    const wait = fc.integer({ min: 1, max: 86_400 });
    const left = fc.integer({ min: 0, max: 2 });
    fc.assert(
      fc.property(wait, left, wait, left, wait, left, (a, leftA, b, leftB, c, leftC) => {
        const headers = { ...window(leftA, a), ...day('app', leftB, b), ...day('user', leftC, c) };
        const seconds = retryAfterSeconds(headers, now);
        const used = [leftA === 0 ? a : 0, leftB === 0 ? b : 0, leftC === 0 ? c : 0];
        expect(seconds).toBe(Math.max(...used) || a);
      }),
    );
  });

  it('accepts any headers', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'retry-after',
            'x-rate-limit-reset',
            'x-remaining-today',
            'x-rate-limit-remaining',
            'x-app-usage',
            'x-business-use-case-usage',
            'ratelimit-reset',
            'ratelimit',
          ),
          fc.oneof(
            fc.string(),
            fc.json(),
            fc.integer().map(String),
            fc.float().map(String),
            fc.double().map((n) => `"q";r=${n};t=${n}`),
            fc.double().map((n) => `{"call_count":100,"estimated_time_to_regain_access":${n}}`),
            fc.date().map(String),
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
  const record = (headers: Record<string, string>) =>
    recordLimits(store, 'con', 'createPosts', readLimits(headers, now), now);

  it('hold back the operation until the last one ends', async () => {
    await record({ ...window(0, 840), ...day('user', 0, 80_000), ...day('app', 7, 90_000) });
    expect(waitAt('createPosts', now)).toBe(80_000);
    expect(waitAt('createPosts', later(841))).toBe(79_159);
    expect(waitAt('createPosts', later(80_000))).toBe(0);
    expect(waitAt('getUsersPosts', now)).toBe(0);
  });

  it('are shared with other processes, each under its own name', async () => {
    stored.length = 0;
    await record({ ...window(0, 840), ...day('user', 0, 80_000) });
    expect(stored).toEqual([
      ['createPosts', later(840)],
      ['createPosts user day', later(80_000)],
    ]);
    resetLimits();
    for (const [name, resetsAt] of stored) adoptLimit('con', name, { remaining: 0, resetsAt });
    expect(waitAt('createPosts', later(841))).toBe(79_159);
  });

  it('hold back for a day at most', async () => {
    await record(window(0, 20 * 86_400));
    expect(waitAt('createPosts', now)).toBe(86_400);
    expect(waitAt('createPosts', later(86_401))).toBe(0);
  });

  it('hold back nothing if they were reported while the clock was ahead', async () => {
    await record(window(0, 840));
    expect(waitAt('createPosts', later(-2 * 86_400))).toBe(0);
    expect(waitAt('createPosts', now)).toBe(0);
  });

  it('hold back if more requests were made than allowed', async () => {
    await record(day('user', -3, 40_000));
    expect(waitAt('createPosts', now)).toBe(40_000);
  });

  it('of Meta and Etsy hold back every operation', async () => {
    await record(meta({ 77: [{ call_count: 100, estimated_time_to_regain_access: 10 }] }));
    expect(waitAt('fbPosts', now)).toBe(600);
    resetLimits();
    await record({ 'x-remaining-this-second': '9', 'x-remaining-today': '0', 'retry-after': '7000' });
    expect(waitAt('getListing', now)).toBe(7000);
  });
});
