import { afterEach, expect, test, vi } from 'vitest';
import { keepTime, releaseTime, systemClock } from './clock';

afterEach(() => {
  releaseTime();
  vi.useRealTimers();
});

test('without being told the time it is the machine’s', () => {
  vi.useFakeTimers({ now: 5_000, toFake: ['Date'] });
  expect(systemClock.now().getTime()).toBe(5_000);
});

test('once told the time it goes on by itself, however the machine’s clock jumps', () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'performance'] });
  keepTime(2_000_000);
  expect(systemClock.now().getTime()).toBe(2_000_000);
  vi.advanceTimersByTime(700);
  vi.setSystemTime(9_000_000);
  expect(Math.round(systemClock.now().getTime())).toBe(2_000_700);
  keepTime(2_000_750);
  expect(Math.round(systemClock.now().getTime())).toBe(2_000_700);
  keepTime(2_001_700);
  expect(Math.round(systemClock.now().getTime())).toBe(2_001_700);
});
