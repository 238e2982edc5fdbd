import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLimits as limitsOf, retryAfterSeconds as waitOf } from '../host/rate-headers';
import { readLimits as readOwn } from './limits';

const now = new Date('2026-03-02T10:00:00Z');
const at = (seconds: number) => String(Math.floor(now.getTime() / 1000) + seconds);
const readLimits = (headers: Record<string, string>, when: Date) => limitsOf(headers, when, readOwn);
const retryAfterSeconds = (headers: Record<string, string>, when: Date) => waitOf(headers, when, readOwn);
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

describe('the wait after X refuses', () => {
  it.each<[string, Record<string, string>, number]>([
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
      'a reset in milliseconds',
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': `${at(300)}000` },
      300,
    ],
    ['less than nothing beside a window', { 'retry-after': '-5', ...window(0, 840) }, 840],
    ['years beside a window', { 'retry-after': '999999999', ...window(0, 840) }, 840],
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
            'x-rate-limit-remaining',
            'x-user-limit-24hour-remaining',
            'x-user-limit-24hour-reset',
          ),
          fc.oneof(
            fc.string(),
            fc.json(),
            fc.integer().map(String),
            fc.float().map(String),
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
