import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLimits as limitsOf, retryAfterSeconds as waitOf } from '../host/rate-headers';
import { usageLimits as readOwn } from './usage-headers';

const now = new Date('2026-03-02T10:00:00Z');
const readLimits = (headers: Record<string, string>, when: Date) => limitsOf(headers, when, readOwn);
const retryAfterSeconds = (headers: Record<string, string>, when: Date) => waitOf(headers, when, readOwn);
const meta = (
  entries: Record<string, { estimated_time_to_regain_access?: number; call_count?: number }[]>,
) => ({
  'x-business-use-case-usage': JSON.stringify(entries),
});

describe('the wait after Meta refuses', () => {
  it.each<[string, Record<string, string>, number]>([
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

  it('covers every request of the account', () => {
    const headers = meta({ 77: [{ call_count: 100, estimated_time_to_regain_access: 10 }] });
    expect(readLimits(headers, now)).toMatchObject([
      { remaining: 0, resetsAt: new Date(now.getTime() + 600_000), scope: 'all' },
    ]);
  });

  it('accepts any headers', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('retry-after', 'x-app-usage', 'x-business-use-case-usage', 'x-ad-account-usage'),
          fc.oneof(
            fc.string(),
            fc.json(),
            fc.integer().map(String),
            fc.float().map(String),
            fc.date().map(String),
            fc.double().map((n) => `{"call_count":100,"estimated_time_to_regain_access":${n}}`),
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
