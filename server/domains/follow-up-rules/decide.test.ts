import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FollowUpRule } from '@/db/schema';
import { localTimeOf } from '@/server/foundation/local-time';
import { isActive } from '../scheduling/suggest-times';
import { aDayLater, decideFollowUp, followUpDue, followUpEnd, READING_GRACE_MS } from './decide';
import { formatCount, formatDuration } from './words';

const HOUR = 3_600_000;
const born = new Date('2026-03-27T20:30:00Z');
const instant = fc.integer({ min: 0, max: 400 * 24 * HOUR }).map((ms) => new Date(born.getTime() + ms));
const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
);
const wait = fc.oneof(
  fc.constant<FollowUpRule['wait']>({ kind: 'none' }),
  fc.constant<FollowUpRule['wait']>({ kind: 'next_day' }),
  fc.integer({ min: 1, max: 168 }).map((hours): FollowUpRule['wait'] => ({ kind: 'hours', hours })),
);
const minute = fc.integer({ min: 0, max: 1439 });

describe('evaluating a reading', () => {
  it('returns one of three states, each only when it applies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 168 }),
        fc.option(fc.integer({ min: 0, max: 2000 })),
        instant,
        (atLeast, withinHours, value, readAt) => {
          const state = decideFollowUp({ atLeast, withinHours }, born, value, readAt);
          const end = followUpEnd({ withinHours }, born).getTime();
          const enough = value !== null && value >= atLeast;
          if (state === 'reached') return enough && readAt.getTime() <= end + READING_GRACE_MS;
          if (state === 'over') return readAt.getTime() >= end;
          return readAt.getTime() < end && !enough;
        },
      ),
    );
  });

  it('never turns a reached rule into an unreached one when the count is higher', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), instant, (value, more, readAt) => {
        const rule = { atLeast: 100, withinHours: 24 };
        const before = decideFollowUp(rule, born, value, readAt);
        return before !== 'reached' || decideFollowUp(rule, born, value + more, readAt) === 'reached';
      }),
    );
  });

  it('handles boundary values', () => {
    const rule = { atLeast: 10, withinHours: 2 };
    const at = (ms: number) => new Date(born.getTime() + ms);
    expect(decideFollowUp(rule, born, 9, at(HOUR))).toBe('waiting');
    expect(decideFollowUp(rule, born, 10, at(HOUR))).toBe('reached');
    expect(decideFollowUp(rule, born, null, at(2 * HOUR - 1))).toBe('waiting');
    expect(decideFollowUp(rule, born, null, at(2 * HOUR))).toBe('over');
    expect(decideFollowUp(rule, born, 10, at(2 * HOUR + READING_GRACE_MS))).toBe('reached');
    expect(decideFollowUp(rule, born, 10, at(2 * HOUR + READING_GRACE_MS + 1))).toBe('over');
  });
});

describe('the due time of a follow-up', () => {
  it('is never in the past, lies in the active hours if requested, and is at most a day after its wait', () => {
    fc.assert(
      fc.property(
        wait,
        fc.boolean(),
        instant,
        zone,
        minute,
        minute,
        (wait, activeHours, now, timeZone, from, to) => {
          fc.pre(from !== to);
          const due = followUpDue({ wait, activeHours }, now, born, {
            timeZone,
            activeFrom: from,
            activeTo: to,
          });
          const longest = (wait.kind === 'hours' ? wait.hours : 48) + 26;
          expect(due.dueAt.getTime()).toBeGreaterThanOrEqual(now.getTime());
          expect(due.dueAt.getTime() - now.getTime()).toBeLessThanOrEqual(longest * HOUR);
          expect(due.localTime).toBe(localTimeOf(due.dueAt, timeZone));
          if (!activeHours) return;
          const minuteAt = (at: Date) => {
            const [h = 0, m = 0] = localTimeOf(at, timeZone).slice(11).split(':').map(Number);
            return h * 60 + m;
          };
          const at = minuteAt(due.dueAt);
          // A clock change may skip the opening of the active hours. The due time is then the first minute after the gap, which shows as a
          // jump from the minute before.
          const landed = (minuteAt(new Date(due.dueAt.getTime() - 60_000)) + 1) % 1440 !== at;
          expect(isActive(at, from, to) || landed).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is the next day at the time of the post, across a clock change', () => {
    const hours = { timeZone: 'Europe/Berlin', activeFrom: 540, activeTo: 1260 };
    const due = followUpDue(
      { wait: { kind: 'next_day' }, activeHours: false },
      new Date('2026-03-28T08:00:00Z'),
      born,
      hours,
    );
    expect(due).toEqual({
      dueAt: new Date('2026-03-29T19:30:00Z'),
      localTime: '2026-03-29T21:30',
      timeZone: 'Europe/Berlin',
    });
    const moved = followUpDue(
      { wait: { kind: 'next_day' }, activeHours: true },
      new Date('2026-03-28T08:00:00Z'),
      born,
      hours,
    );
    expect(moved.localTime).toBe('2026-03-30T09:00');
    expect(aDayLater(moved).localTime).toBe('2026-03-31T09:00');
  });

  it('supports active hours that run past midnight', () => {
    const hours = { timeZone: 'UTC', activeFrom: 22 * 60, activeTo: 2 * 60 };
    const at = (now: string) =>
      followUpDue({ wait: { kind: 'none' }, activeHours: true }, new Date(now), born, hours).localTime;
    expect(at('2026-05-01T23:00:00Z')).toBe('2026-05-01T23:00');
    expect(at('2026-05-01T01:59:00Z')).toBe('2026-05-01T01:59');
    expect(at('2026-05-01T02:00:00Z')).toBe('2026-05-01T22:00');
    expect(at('2026-05-01T12:00:00Z')).toBe('2026-05-01T22:00');
  });
});

it('formats counts and durations as text', () => {
  expect([
    formatCount(1, 'likes'),
    formatCount(57, 'likes'),
    formatCount(1, 'replies'),
    formatCount(1200, 'reposts'),
  ]).toEqual(['1 like', '57 likes', '1 reply', '1,200 reposts']);
  expect([20_000, 40 * 60_000, HOUR, 3.9 * HOUR, 24 * HOUR, 49 * HOUR].map(formatDuration)).toEqual([
    '1 minute',
    '40 minutes',
    '1 hour',
    '3 hours',
    '24 hours',
    '2 days',
  ]);
});
