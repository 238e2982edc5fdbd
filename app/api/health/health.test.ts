import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { heartbeats } from '@/db/schema';
import { startHeartbeat } from '@/inngest/embedded/heartbeat';
import { systemClock } from '@/server/foundation/clock';
import { resetEnv } from '@/server/foundation/env';
import { freshDb } from '@/tests/support/db';
import { GET } from './route';

let db: Db;
let folder: string;
beforeAll(async () => {
  db = await freshDb();
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-health-'));
});
beforeEach(() => vi.stubEnv('TRIBUTARY_DATA_DIR', folder));
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  setDb(undefined);
  vi.unstubAllEnvs();
  resetEnv();
  await db.asSystem((tx) => tx.delete(heartbeats));
});

async function ask() {
  // An answer holds for two seconds.
  Reflect.deleteProperty(globalThis, '__tributaryHealth');
  const response = await GET();
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { code: response.status, ...((await response.json()) as object) };
}
const beat = (ago: number) =>
  db.asSystem((tx) => tx.insert(heartbeats).values({ part: 'runner', at: new Date(Date.now() - ago) }));

it('is 200 when the database is open and the runner was alive a moment ago', async () => {
  setDb(db);
  const stop = startHeartbeat(db, systemClock, () => true);
  try {
    await vi.waitFor(
      async () =>
        expect(await ask()).toEqual({
          code: 200,
          status: 'ok',
          database: 'open',
          runner: 'alive',
          files: 'writable',
        }),
      { timeout: 20_000 },
    );
  } finally {
    stop();
  }
});

it('is 503 with words when the runner never was, or is no longer, alive', async () => {
  setDb(db);
  const down = {
    code: 503,
    status: 'unavailable',
    database: 'open',
    runner: 'not running',
    files: 'writable',
  };
  expect(await ask()).toEqual(down);
  await beat(16_000);
  expect(await ask()).toEqual(down);
  await db.asSystem((tx) => tx.delete(heartbeats));
  await beat(10_000);
  expect(await ask()).toMatchObject({ code: 200 });
});

it('a runner whose turns hang writes no heartbeat', async () => {
  setDb(db);
  const stop = startHeartbeat(db, systemClock, () => false);
  // The database answers in order: a heartbeat that was begun would be there by now.
  await db.asSystem((tx) => tx.select().from(heartbeats));
  stop();
  expect(await ask()).toMatchObject({ code: 503, runner: 'not running' });
});

it('does not ask for the runner where Inngest does the work', async () => {
  setDb(db);
  vi.stubEnv('INNGEST_BASE_URL', 'http://inngest:8288');
  resetEnv();
  expect(await ask()).toEqual({
    code: 200,
    status: 'ok',
    database: 'open',
    runner: 'external',
    files: 'writable',
  });
});

it.each(['embedded', 'external'])('is 503 when the database is not migrated (%s runner)', async (runner) => {
  if (runner === 'external') vi.stubEnv('INNGEST_BASE_URL', 'http://inngest:8288');
  resetEnv();
  const empty = await freshDb();
  await empty.raw.execute(sql`drop schema tributary cascade`);
  setDb(empty);
  expect(await ask()).toEqual({
    code: 503,
    status: 'unavailable',
    database: 'not migrated',
    runner: 'unknown',
    files: 'writable',
  });
  await empty.close();
});

it('is 503 when the database is closed or cannot be reached, and does not say where it is', async () => {
  const closed = await freshDb();
  await closed.close();
  setDb(closed);
  expect(await ask()).toEqual({
    code: 503,
    status: 'unavailable',
    database: 'not reachable',
    runner: 'unknown',
    files: 'writable',
  });
  setDb(undefined);
  vi.stubEnv('DATABASE_URL', 'postgres://someone:hunter2@127.0.0.1:1/x');
  vi.stubEnv('TRIBUTARY_LOG', 'silent');
  resetEnv();
  expect(await ask()).toMatchObject({ code: 503, database: 'not reachable' });
  setDb(undefined);
});
