import { afterEach, expect, test, vi } from 'vitest';
import { resetSystemTime, setSystemTime, systemClock } from './clock';

afterEach(() => {
  resetSystemTime();
  vi.useRealTimers();
});

test('the system clock follows the machine’s clock until its time is set', () => {
  vi.useFakeTimers({ now: 5_000, toFake: ['Date'] });
  expect(systemClock.now().getTime()).toBe(5_000);
});

test('once its time is set, the system clock ignores jumps of the machine’s clock', () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'performance'] });
  setSystemTime(2_000_000);
  expect(systemClock.now().getTime()).toBe(2_000_000);
  vi.advanceTimersByTime(700);
  vi.setSystemTime(9_000_000);
  expect(Math.round(systemClock.now().getTime())).toBe(2_000_700);
  setSystemTime(2_000_750);
  expect(Math.round(systemClock.now().getTime())).toBe(2_000_700);
  setSystemTime(2_001_700);
  expect(Math.round(systemClock.now().getTime())).toBe(2_001_700);
});
