import { expect, test } from 'vitest';
import { knownUntil, MAX_TIMES } from './check-schedule-load';

const UNTIL = 1_000_000;
const rows = (list: 'waiting' | 'history', count: number, last: number) =>
  Array.from({ length: count }, (_, i) => ({ list, at: last - count + 1 + i }));

test('the plan is known until the end of the first list that is cut off', () => {
  const cutEarly = rows('waiting', MAX_TIMES, 50_000);
  expect(knownUntil([...cutEarly, ...rows('history', 10, 90_000)], UNTIL)).toBe(50_000);
  expect(knownUntil([...cutEarly, ...rows('history', MAX_TIMES, 90_000)], UNTIL)).toBe(50_000);
  expect(knownUntil([...cutEarly, ...rows('history', MAX_TIMES, 30_000)], UNTIL)).toBe(30_000);
});

test('the whole plan is known if neither list is cut off, however long both are together', () => {
  const half = MAX_TIMES - 1;
  expect(knownUntil([...rows('waiting', half, 50_000), ...rows('history', half, 90_000)], UNTIL)).toBe(UNTIL);
  expect(knownUntil([], UNTIL)).toBe(UNTIL);
});
