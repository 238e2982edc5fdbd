import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { connections } from '@/db/schema';
import { DAY_MS } from '@/server/foundation/durations';
import { createWorld, type World } from '@/tests/support/world';
import { completeConnection } from './complete-connection';
import { findStaleLimits, refreshLimits } from './refresh-limits';
import { startConnection } from './start-connection';
import { type Bench, connectionsBench } from './test-bench';
import { consent } from './testing';

const SERVER = 'mastodon.example';
let bench: Bench;
let w: World;
let id: string;

const control = async (action: string, body: object) => {
  const answer = await bench.handler(
    new Request(`http://app.test/sandbox/control/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  expect(answer.status).toBe(200);
};
const says = (limits: object) => control('mastodon/limits', { server: SERVER, limits });
const row = async () =>
  (await bench.db.asSystem((tx) => tx.select().from(connections).where(eq(connections.id, id))))[0];
const stale = async () =>
  (await findStaleLimits({ db: bench.db, clock: w.clock })).some(({ connectionId }) => connectionId === id);

beforeAll(async () => {
  bench = await connectionsBench({ waits: true });
});
afterAll(() => bench.close());
beforeEach(async () => {
  w = await createWorld(bench.db, { plan: 'agency', timeZone: 'UTC', clock: bench.world.clock });
  await says({ max_characters: 700 });
  const platform = 'mastodon';
  const { url } = await startConnection(w.ctx, {
    platform,
    environment: 'sandbox',
    server: SERVER,
    returnTo: '/connections',
  });
  const input = { platform, ...(await consent(bench.handler, url, 'mira')) } as const;
  [id = ''] = (await completeConnection({ ctx: w.ctx, input })).connectionIds;
});

it('reads the limits of a server when an account is connected, and again after a day', async () => {
  expect(await row()).toMatchObject({ limits: { characters: 700 }, limitsAt: w.clock.now() });
  expect(await stale()).toBe(false);
  w.clock.advance(DAY_MS + 1000);
  expect(await stale()).toBe(true);
  await says({ max_characters: 90 });
  expect(await refreshLimits(w.ctx, id)).toBe(true);
  expect(await row()).toMatchObject({ limits: { characters: 90 } });
  expect(await stale()).toBe(false);
  await says({});
  await refreshLimits(w.ctx, id);
  expect((await row())?.limits).toBeNull();
});

it('keeps the earlier limits while the server does not answer, and asks again', async () => {
  w.clock.advance(DAY_MS + 1000);
  await control('faults', { platform: 'mastodon', operation: 'getInstanceV2', kind: '500_before', count: 1 });
  expect(await refreshLimits(w.ctx, id)).toBe(false);
  expect(await row()).toMatchObject({ status: 'active', limits: { characters: 700 } });
  expect(await stale()).toBe(true);
  expect(await refreshLimits(w.ctx, id)).toBe(true);
});

it('asks for the limits of no account that is not in use, nor of a platform without such limits', async () => {
  w.clock.advance(DAY_MS + 1000);
  await bench.db.asSystem((tx) =>
    tx.update(connections).set({ status: 'needs_reconnect' }).where(eq(connections.id, id)),
  );
  expect(await stale()).toBe(false);
  await bench.db.asSystem((tx) =>
    tx.update(connections).set({ status: 'active', platform: 'x' }).where(eq(connections.id, id)),
  );
  expect(await stale()).toBe(false);
});

it('a time in the future does not stop the reading', async () => {
  await bench.db.asSystem((tx) =>
    tx
      .update(connections)
      .set({ limitsAt: new Date(w.clock.now().getTime() + 30 * DAY_MS) })
      .where(eq(connections.id, id)),
  );
  expect(await stale()).toBe(true);
});
