import { expect, it } from 'vitest';
import { AttemptLimit } from './attempt-limit';

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2) + seconds * 1000);

it('refuses a network after its failures in a window, and no other', () => {
  const limit = new AttemptLimit(2, 60_000);
  limit.fail('203.0.113.4', at(0));
  expect(limit.wait('203.0.113.4', at(1))).toBe(0);
  limit.fail('203.0.113.4', at(1));
  expect(limit.wait('203.0.113.4', at(10))).toBe(50);
  expect(limit.wait('203.0.113.5', at(10))).toBe(0);
  expect(limit.wait('203.0.113.4', at(60))).toBe(0);
  limit.fail('203.0.113.4', at(61));
  expect(limit.wait('203.0.113.4', at(62))).toBe(0);
  // A clock that was set back.
  limit.fail('203.0.113.4', at(62));
  expect(limit.wait('203.0.113.4', at(-10_000))).toBe(0);
});
