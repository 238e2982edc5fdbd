import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Db } from '@/db/client';
import { members, sessions } from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { createLiveHub, type LiveHub, STREAMS_PER_SESSION } from './hub';
import { openSession, recordListing, TestListener } from './testing';

let db: Db;
let ours: World;
let sid: string;
let hub: LiveHub;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  ours = await createWorld(db);
  sid = await openSession(db, ours);
  // Polls are triggered manually here.
  hub = createLiveHub({ db, clock: ours.clock, everyMs: 1_000_000 });
});

async function listening() {
  const listener = new TestListener(hub, ours, sid);
  await hub.tick();
  return listener;
}

it.each(['session is revoked', 'session expires', 'membership ends'])(
  'disconnects a listener when its %s, before reporting anything more',
  async (how) => {
    const listener = await listening();
    listener.take();
    await recordListing(db, ours, ours.clock.now());
    if (how === 'session expires') ours.clock.advance(31 * 86_400_000);
    else
      await db.asSystem(async (tx) => {
        if (how === 'session is revoked')
          await tx.update(sessions).set({ revokedAt: ours.clock.now() }).where(eq(sessions.id, sid));
        else
          await tx
            .delete(members)
            .where(and(eq(members.workspaceId, ours.workspaceId), eq(members.userId, ours.userId)));
      });
    await hub.tick();
    expect(listener.heard).toEqual([{ type: 'bye', why: 'signed_out' }]);
    expect(hub.size).toBe(0);
    expect(hub.awake).toBe(false);
  },
);

it('limits the streams per session, and frees a slot when one ends', async () => {
  const listeners = Array.from({ length: STREAMS_PER_SESSION }, () => new TestListener(hub, ours, sid));
  expect(listeners.every((ear) => ear.leave)).toBe(true);
  expect(new TestListener(hub, ours, sid).leave).toBeNull();
  const second = await openSession(db, ours);
  expect(new TestListener(hub, ours, second).leave).not.toBeNull();
  listeners[0]?.leave?.();
  expect(new TestListener(hub, ours, sid).leave).not.toBeNull();
});

it('does not poll without listeners, and polls once for many', async () => {
  let transactions = 0;
  const counted: Db = {
    ...db,
    asSystem: (work) => {
      transactions += 1;
      return db.asSystem(work);
    },
  };
  hub = createLiveHub({ db: counted, clock: ours.clock, everyMs: 1_000_000 });
  await hub.tick();
  expect([transactions, hub.awake]).toEqual([0, false]);
  const sessionsOfMany = await Promise.all(Array.from({ length: 40 }, () => openSession(db, ours)));
  const listeners = sessionsOfMany.map((session) => new TestListener(hub, ours, session));
  await hub.tick();
  expect(transactions).toBe(1);
  await recordListing(db, ours, ours.clock.now(), 'lst_all');
  await hub.tick();
  expect(transactions).toBe(2);
  for (const listener of listeners) expect(listener.take().topics.listing).toEqual(['lst_all']);
  for (const listener of listeners) listener.leave?.();
  expect([hub.size, hub.awake]).toEqual([0, false]);
  await hub.tick();
  expect(transactions).toBe(2);
});

it('reports after a failure what happened during it', async () => {
  let broken = false;
  const shaky: Db = {
    ...db,
    asSystem: (work) => (broken ? Promise.reject(new Error('gone')) : db.asSystem(work)),
  };
  hub = createLiveHub({ db: shaky, clock: ours.clock, everyMs: 1_000_000 });
  const listener = await listening();
  listener.take();
  await recordListing(db, ours, ours.clock.now(), 'lst_meanwhile');
  broken = true;
  await hub.tick();
  expect(listener.take().types).toEqual([]);
  broken = false;
  await hub.tick();
  expect(listener.take().topics.listing).toEqual(['lst_meanwhile']);
});

it('tells listeners to reconnect later if the database has not responded for a while', async () => {
  let how: 'refuses' | 'is silent' = 'refuses';
  const failing: Db = {
    ...db,
    asSystem: () => (how === 'refuses' ? Promise.reject(new Error('gone')) : new Promise(() => {})),
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    hub = createLiveHub({ db: failing, clock: ours.clock });
    const refused = new TestListener(hub, ours, sid);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(refused.take().types).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(refused.heard).toEqual([{ type: 'bye', why: 'trouble' }]);
    expect([hub.size, hub.awake]).toEqual([0, false]);
    how = 'is silent';
    const silent = new TestListener(hub, ours, sid);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(silent.heard).toEqual([{ type: 'bye', why: 'trouble' }]);
    expect([hub.size, hub.awake]).toEqual([0, false]);
  } finally {
    vi.useRealTimers();
  }
});

it('regularly reports that the stream is alive', async () => {
  const listener = await listening();
  listener.take();
  ours.clock.advance(10_000);
  await hub.tick();
  expect(listener.take().types).toEqual([]);
  ours.clock.advance(6_000);
  await hub.tick();
  expect(listener.take().types).toEqual(['alive']);
});

it('tells all listeners to reconnect when the process shuts down, and accepts no more', async () => {
  const listeners = [await listening(), await listening()];
  for (const listener of listeners) listener.take();
  hub.close();
  for (const listener of listeners) expect(listener.heard).toEqual([{ type: 'bye', why: 'later' }]);
  expect([hub.size, hub.awake]).toEqual([0, false]);
  expect(new TestListener(hub, ours, sid).leave).toBeNull();
});
