import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLimits as limitsOf, retryAfterSeconds as waitOf } from '../host/rate-headers';
import { readLimits as readOwn } from './limits';

const now = new Date('2026-03-02T10:00:00Z');
const readLimits = (headers: Record<string, string>, when: Date) => limitsOf(headers, when, readOwn);
const retryAfterSeconds = (headers: Record<string, string>, when: Date) => waitOf(headers, when, readOwn);

describe('the wait after Etsy refuses', () => {
  it.each<[string, Record<string, string>, number]>([
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
    ['Etsy’s day, overdrawn', { 'x-remaining-today': '-2' }, 3600],
  ])('%s', (_name, headers, seconds) => {
    expect(retryAfterSeconds(headers, now)).toBe(seconds);
  });

  it('covers every request of the shop', () => {
    const [day] = readLimits(
      { 'x-remaining-this-second': '9', 'x-remaining-today': '0', 'retry-after': '7000' },
      now,
    );
    expect(day).toEqual({
      window: 'day',
      remaining: 0,
      resetsAt: new Date(now.getTime() + 7_000_000),
      scope: 'all',
    });
  });

  it('accepts any headers', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('retry-after', 'x-remaining-today', 'x-remaining-this-second'),
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
