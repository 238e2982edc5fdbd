import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { LEASE_MS } from '@/db/leases';
import { publications } from '@/db/schema';
import { claimDue } from '@/server/domains/due/claim-due';
import { publishDue } from '@/server/domains/publisher/publish-due';
import { gated } from '@/server/domains/publisher/testing';
import { freshDb } from '@/tests/support/db';
import { Publisher } from '@/tests/support/publisher';
import { RecoveryWatch } from './recovery';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(() => db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' })));

const EVERY_MS = 4_000;

/** The recovery watch of a process, on a database shared with other processes (`pg`) or its own (`pglite`). */
async function watched(kind: 'pg' | 'pglite') {
  const here = await Publisher.open(db);
  const seen = { statements: 0, requests: 0 };
  const own: Db = {
    ...gated(db, () => {
      seen.statements++;
    }),
    kind,
  };
  const watch = new RecoveryWatch({
    db: own,
    clock: here.world.clock,
    active: () => true,
    request: async () => {
      seen.requests++;
    },
    onError: (error) => {
      throw error;
    },
  });
  /** Checks at the timer's intervals until recovery is requested. Returns the time passed, or null after `mostMs`. */
  const untilRequested = async (mostMs: number): Promise<number | null> => {
    for (let passed = 0; passed <= mostMs; ) {
      const wait = await watch.look();
      if (seen.requests > 0) return passed;
      passed += wait;
      here.world.clock.advance(wait);
    }
    return null;
  };
  const send = (by: Db) =>
    publishDue({
      ctx: { ...here.world.ctx, db: by, platforms: here.platform },
      input: { connectionId: here.connectionId },
    }).catch(() => {});
  return { here, own, seen, watch, untilRequested, send };
}

test('the watch requests recovery within 20 s of the death of another process, but not before its lease is over', async () => {
  const { here, untilRequested, send } = await watched('pg');
  await here.schedule();
  await claimDue({ db, clock: here.world.clock });
  await send(here.dyingDb(1));
  const after = await untilRequested(60_000);
  expect(after).toBeGreaterThanOrEqual(LEASE_MS);
  expect(after).toBeLessThan(20_000);
});

test('the watch requests recovery within 20 s for a lane whose claim was never announced', async () => {
  const { here, untilRequested } = await watched('pg');
  await here.schedule();
  await claimDue({ db, clock: here.world.clock });
  expect(await untilRequested(60_000)).toBeLessThan(20_000);
});

test('the watch requests nothing while all is well, and costs one check every few seconds', async () => {
  const { here, seen, untilRequested } = await watched('pg');
  await here.scheduleIn(1);
  await claimDue({ db, clock: here.world.clock });
  expect(await untilRequested(59_000)).toBeNull();
  expect(seen.statements).toBeLessThanOrEqual(Math.ceil(59_000 / EVERY_MS) + 1);
});

test('on the embedded database the watch costs nothing once nothing is in progress', async () => {
  const { here, own, seen, watch, send } = await watched('pglite');
  await watch.look();
  expect(seen.statements).toBe(1);
  for (let i = 0; i < 5; i++) await watch.look();
  expect(seen.statements).toBe(1);
  await here.schedule();
  await claimDue({ db, clock: here.world.clock });
  await send(own);
  seen.statements = 0;
  await watch.look();
  await watch.look();
  await watch.look();
  expect(seen.statements).toBe(1);
});

test('on the embedded database the watch detects work that its own process left unfinished', async () => {
  const { here, own, seen, watch, untilRequested, send } = await watched('pglite');
  await watch.look();
  let away = false;
  here.platform.afterEffect = async () => {
    away = true;
  };
  const failing: Db = Object.assign(own, {
    raw: gated(db, () => {
      if (away) throw new Error('the database is away');
    }).raw,
  });
  await here.schedule();
  await claimDue({ db, clock: here.world.clock });
  await send(failing);
  expect(seen.requests).toBe(0);
  expect(await untilRequested(60_000)).toBeLessThan(20_000);
});
