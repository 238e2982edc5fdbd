import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { postingSettings, publications } from '@/db/schema';
import { localDayOf, localTimeOf } from '@/server/foundation/local-time';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { schedulePublications } from '../planning/schedule-publications';
import { addConnection, FakePlatform, setReview, writePost } from '../publisher/testing';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { DailyQuota, remainingOnDay } from './count-day';
import { fallbackSlots } from './default-slots';
import { findFreeSlot } from './free-slots';
import type { SlotTime } from './slot-times';

// Europe has days of 23 and 25 hours, Lord Howe shifts by half an hour, Santiago and Beirut change at midnight.
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Beirut',
  'UTC',
];
const HOUR = 3_600_000;

test('every instant belongs to one local day, and all instants of the day share its date, across clock changes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) }),
      (zone, time) => {
        const day = localDayOf(new Date(time), zone);
        expect(day.from.getTime()).toBeLessThanOrEqual(time);
        expect(day.to.getTime()).toBeGreaterThan(time);
        const hours = (day.to.getTime() - day.from.getTime()) / HOUR;
        expect([23, 23.5, 24, 24.5, 25]).toContain(hours);
        const date = (at: number) => localTimeOf(new Date(at), zone).slice(0, 10);
        expect(date(day.from.getTime())).toBe(date(time));
        expect(date(day.to.getTime() - 1)).toBe(date(time));
        expect(date(day.from.getTime() - 1)).not.toBe(date(time));
        expect(date(day.to.getTime())).not.toBe(date(time));
        // The next day begins where this one ends.
        expect(localDayOf(day.to, zone).from).toEqual(day.to);
      },
    ),
    { numRuns: 1500 },
  );
});

describe('in the database', () => {
  let db: Db;
  beforeAll(async () => {
    db = await freshDb();
  });
  afterAll(() => db.close());

  async function freeWorld(zone: string, now: string): Promise<World> {
    const world = await createWorld(db, { plan: 'free', timeZone: zone });
    world.clock.set(now);
    await setReview(db, world.ctx, 'post_at_once');
    return world;
  }

  // [zone, day, hours in it]: the plan's five posts fit anywhere in the day, a sixth does not, and the neighbouring days are free.
  test.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['America/Santiago', '2026-09-06', 23],
    ['Asia/Beirut', '2026-03-29', 23],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
  ])('%s on %s (%d hours) has capacity for exactly the plan’s posts', async (zone, date, hours) => {
    const world = await freeWorld(zone, `${date}T00:00:00Z`);
    world.clock.advance(-72 * HOUR);
    const connectionId = await addConnection(db, world.ctx);
    const noon = new Date(`${date}T12:00:00Z`);
    const day = localDayOf(noon, zone);
    expect((day.to.getTime() - day.from.getTime()) / HOUR).toBe(hours);
    const post = await writePost(world.ctx);
    let n = 0;
    const schedule = (at: Date) =>
      schedulePublications(
        { ...world.ctx, platforms: new FakePlatform() },
        {
          postId: post.id,
          version: 1,
          targets: [{ connectionId }],
          when: { kind: 'at', local: localTimeOf(at, zone) },
          requestKey: `${world.workspaceId}-${n++}`,
        },
      );
    const last = new Date(day.to.getTime() - 60_000);
    for (const at of [day.from, new Date(day.from.getTime() + 30 * 60_000), noon, last]) await schedule(at);
    const left = (at: Date) =>
      db.asWorkspace(world.workspaceId, async (tx) =>
        remainingOnDay(tx, await lockWorkspace(tx, world.workspaceId), at),
      );
    expect(await left(noon)).toBe(1);
    await schedule(last);
    for (const at of [day.from, noon, last])
      await expect(schedule(at)).rejects.toMatchObject({ code: 'limit_reached' });
    expect(await left(new Date(day.from.getTime() - 1))).toBe(5);
    expect(await left(day.to)).toBe(5);
  });

  test('an account without slots uses each full hour of its active hours, also past midnight', async () => {
    const world = await freeWorld('UTC', '2026-03-02T12:00:00Z');
    const hours = async (activeFrom: number, activeTo: number) => {
      await db.asSystem((tx) =>
        tx
          .update(postingSettings)
          .set({ activeFrom: activeFrom * 60, activeTo: activeTo * 60, slots: [] })
          .where(eq(postingSettings.workspaceId, world.workspaceId)),
      );
      const slots = await db.asWorkspace(world.workspaceId, (tx) => fallbackSlots(tx, world.workspaceId));
      return slots.filter((s) => s.weekday === 1).map((s) => s.minute / 60);
    };
    expect(await hours(9, 12)).toEqual([9, 10, 11, 12]);
    expect(await hours(22, 2)).toEqual([0, 1, 2, 22, 23]);
  });

  test('the next free times respect the plan on each local day, across clock changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ZONES),
        fc.constantFrom('2026-03-26T12:00:00Z', '2026-10-22T12:00:00Z', '2026-09-04T12:00:00Z'),
        fc.integer({ min: 1, max: 30 }),
        async (zone, now, many) => {
          const world = await freeWorld(zone, now);
          const connectionId = await addConnection(db, world.ctx);
          const times = await db.asWorkspace(world.workspaceId, async (tx) => {
            const workspace = await lockWorkspace(tx, world.workspaceId);
            const quota = new DailyQuota(tx, workspace);
            const hours = await fallbackSlots(tx, world.workspaceId);
            const found: SlotTime[] = [];
            for (let i = 0; i < many; i++) {
              const after = found.at(-1)?.at ?? world.clock.now();
              const slot = await findFreeSlot(tx, workspace, connectionId, null, after, quota, hours);
              if (slot) found.push(slot);
            }
            return found;
          });
          const days = new Map<string, number>();
          for (const { at: dueAt, local: localTime } of times) {
            expect(dueAt.getTime()).toBeGreaterThan(world.clock.now().getTime());
            expect(localTimeOf(dueAt, zone)).toBe(localTime);
            const day = localTime.slice(0, 10);
            days.set(day, (days.get(day) ?? 0) + 1);
          }
          expect(Math.max(...days.values())).toBeLessThanOrEqual(5);
          expect(new Set(times.map((t) => t.at.getTime())).size).toBe(many);
        },
      ),
      { numRuns: 12 },
    );
    await db.asSystem((tx) => tx.delete(publications));
  });
});
