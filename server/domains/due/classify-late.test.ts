import { expect, test } from 'vitest';
import { classifyLate, type LateOutcome, type LateRow } from './classify-late';

const now = new Date('2026-03-03T00:30:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const row = (minutes: number, more: Partial<LateRow> = {}): LateRow => ({
  id: 'p',
  dueAt: ago(minutes),
  since: ago(minutes),
  doubt: 'none',
  ...more,
});
type Case = [string, 'post' | 'skip' | 'ask', LateRow, number, LateOutcome];

test.each<Case>([
  ['within the time limit', 'post', row(20), 5, 'go'],
  ['exactly at the time limit', 'post', row(60, { dueAt: ago(10) }), 5, 'go'],
  ['past the time limit', 'post', row(61), 5, 'ask'],
  ['within the time limit', 'skip', row(20), 5, 'go'],
  ['past the time limit', 'skip', row(61), 5, 'skip'],
  ['slightly late', 'ask', row(6), 5, 'ask'],
  ['due yesterday, capacity left today', 'post', row(40), 1, 'today'],
  ['due yesterday, no capacity today', 'post', row(40), 0, 'ask'],
  ['due yesterday, no capacity today', 'skip', row(40), 0, 'ask'],
  ['due yesterday, lane in progress', 'post', row(40, { leads: true }), 0, 'go'],
  ['due yesterday, lane in progress, past the time limit', 'skip', row(61, { leads: true }), 5, 'skip'],
  ['possibly published, key still valid', 'post', row(40, { doubt: 'keyed' }), 0, 'go'],
  [
    'possibly published, key still valid, past the time limit',
    'post',
    row(61, { doubt: 'keyed' }),
    5,
    'doubt',
  ],
  ['possibly published, key still valid, slightly late', 'ask', row(6, { doubt: 'keyed' }), 5, 'doubt'],
  ['possibly published, key expired', 'skip', row(6, { doubt: 'over' }), 5, 'doubt'],
])('a late publication: %s (policy: %s)', (_, missedPolicy, late, today, outcome) => {
  const room = { today };
  expect(classifyLate(late, { missedPolicy, missedMinutes: 60 }, 'UTC', now, room)).toBe(outcome);
  expect(room.today).toBe(outcome === 'today' ? today - 1 : today);
});

test('publications that take no place in the plan go out on a full day and leave the places to posts', () => {
  const room = { today: 1 };
  const rule = { missedPolicy: 'post' as const, missedMinutes: 60 };
  expect(classifyLate(row(40, { free: true }), rule, 'UTC', now, room)).toBe('today');
  expect(classifyLate(row(40), rule, 'UTC', now, room)).toBe('today');
  expect(classifyLate(row(40, { free: true }), rule, 'UTC', now, room)).toBe('today');
  expect(classifyLate(row(40), rule, 'UTC', now, room)).toBe('ask');
});

test('the time zone determines what counts as an earlier day', () => {
  const late = row(40);
  const rule = { missedPolicy: 'post' as const, missedMinutes: 60 };
  expect(classifyLate(late, rule, 'Asia/Tokyo', now, { today: 0 })).toBe('go');
  expect(classifyLate(late, rule, 'UTC', now, { today: 0 })).toBe('ask');
});
