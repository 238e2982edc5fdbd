import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { throttles } from '@/db/schema';
import { ManualClock } from '@/server/foundation/clock';
import { freshDb } from '@/tests/support/db';
import {
  type CountedAttempt,
  countAttemptOrThrow,
  countAttempts,
  MINUTE,
  networkOf,
  removeExpiredWindows,
  returnAttempts,
  waitUntil,
} from './throttle';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});

describe('a fixed window', () => {
  it('counts, returns attempts and restarts like its model, and never waits longer than its length', async () => {
    let runs = 0;
    const step = fc.oneof(
      fc.constant({ kind: 'take' as const }),
      fc.record({ kind: fc.constant('back' as const), which: fc.nat(30) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20 * MINUTE }) }),
      fc.constant({ kind: 'tidy' as const }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(step, { minLength: 1, maxLength: 40 }),
        async (limit, steps) => {
          const clock = new ManualClock('2026-03-02T10:00:00Z');
          const ctx = { db, clock };
          runs++;
          const one = { name: 'test', subject: `run ${runs}`, limit, windowMs: 15 * MINUTE };
          const taken: CountedAttempt[] = [];
          let model = { count: 0, ends: 0 };
          for (const s of steps) {
            const now = clock.now();
            if (s.kind === 'wait') clock.advance(s.ms);
            else if (s.kind === 'tidy') {
              await removeExpiredWindows(ctx);
            } else if (s.kind === 'back') {
              const [which] = taken.splice(s.which % Math.max(1, taken.length), 1);
              if (!which) continue;
              await returnAttempts(ctx, [which]);
              if (which.resetsAt.getTime() === model.ends) model.count--;
            } else {
              const [got] = await db.asSystem((tx) => countAttempts(tx, now, [one]));
              if (!got) throw new Error('no attempt was counted');
              if (now.getTime() >= model.ends) model = { count: 0, ends: now.getTime() + one.windowMs };
              model.count++;
              expect(got).toMatchObject({ count: model.count, over: model.count > limit });
              expect(got.resetsAt.getTime()).toBe(model.ends);
              expect(got.resetsAt.getTime() - now.getTime()).toBeLessThanOrEqual(one.windowMs);
              taken.push(got);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('that began while the clock was ahead restarts', async () => {
    const clock = new ManualClock('2026-03-02T10:00:00Z');
    const all = [{ name: 'ahead', subject: 'ada@example.test', limit: 1, windowMs: 10 * MINUTE }];
    clock.advance(30 * 24 * 60 * MINUTE);
    await countAttemptOrThrow({ db, clock }, all);
    clock.advance(-30 * 24 * 60 * MINUTE);
    await countAttemptOrThrow({ db, clock }, all);
    await expect(countAttemptOrThrow({ db, clock }, all)).rejects.toMatchObject({
      message: 'Too many tries. Wait 10 minutes and try again.',
    });
  });

  it('stores no address, and reports the longest of several waits', async () => {
    const clock = new ManualClock('2026-03-02T10:00:00Z');
    const all = [
      { name: 'a', subject: 'ada@example.test', limit: 1, windowMs: 10 * MINUTE },
      { name: 'b', subject: '192.0.2.1', limit: 1, windowMs: 30 * MINUTE },
    ];
    await countAttemptOrThrow({ db, clock }, all);
    await expect(countAttemptOrThrow({ db, clock }, all)).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'Too many tries. Wait 30 minutes and try again.',
    });
    const keys = await db.asSystem((tx) =>
      tx.select({ key: throttles.key }).from(throttles).where(eq(throttles.count, 2)),
    );
    expect(keys.length).toBeGreaterThanOrEqual(2);
    for (const { key } of keys) expect(key).toMatch(/^[\w-]+:[0-9a-f]{32}$/);
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:DB8::1:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s maps to %s', (ip, place) => {
  expect(networkOf(ip)).toBe(place);
});

it.each([
  [1, 'Wait 1 second and try again.'],
  [59_001, 'Wait 1 minute and try again.'],
  [40_000, 'Wait 40 seconds and try again.'],
  [15 * MINUTE, 'Wait 15 minutes and try again.'],
  [119 * MINUTE, 'Wait 119 minutes and try again.'],
  [24 * 60 * MINUTE, 'Wait 24 hours and try again.'],
])('%i ms are shown as: %s', (ms, words) => {
  const now = new Date('2026-03-02T10:00:00Z');
  expect(waitUntil(now, new Date(now.getTime() + ms))).toEqual(words);
});
