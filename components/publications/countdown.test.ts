import { expect, test } from 'vitest';
import { secondsShown } from './countdown';

test.each([
  [90_001, null],
  [90_000, 'in 90 s'],
  [11_001, 'in 12 s'],
  [1, 'in 1 s'],
  [0, 'any moment'],
  [-30_000, 'any moment'],
  [-30_001, null],
])('%i milliseconds away: %s', (ms, words) => {
  expect(secondsShown(ms)).toBe(words);
});
