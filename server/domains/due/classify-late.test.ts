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
  ['within the time', 'post', row(20), 5, 'go'],
  ['at the very end of the time', 'post', row(60, { dueAt: ago(10) }), 5, 'go'],
  ['beyond it', 'post', row(61), 5, 'ask'],
  ['within the time', 'skip', row(20), 5, 'go'],
  ['beyond it', 'skip', row(61), 5, 'skip'],
  ['however little', 'ask', row(6), 5, 'ask'],
  ['yesterday, with room today', 'post', row(40), 1, 'today'],
  ['yesterday, without room today', 'post', row(40), 0, 'ask'],
  ['yesterday, skipping only what is too late', 'skip', row(40), 0, 'ask'],
  ['yesterday, its lane under way', 'post', row(40, { leads: true }), 0, 'go'],
  ['yesterday, its lane under way, beyond the time', 'skip', row(61, { leads: true }), 5, 'skip'],
  ['perhaps out, and its key still holds', 'post', row(40, { doubt: 'keyed' }), 0, 'go'],
  ['perhaps out, its key holds, but it is too late', 'post', row(61, { doubt: 'keyed' }), 5, 'doubt'],
  ['perhaps out, its key holds, but people are to be asked', 'ask', row(6, { doubt: 'keyed' }), 5, 'doubt'],
  ['perhaps out, and its key is over', 'skip', row(6, { doubt: 'over' }), 5, 'doubt'],
])('%s (%s)', (_, missedPolicy, late, today, outcome) => {
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
