import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
import { eventually } from '@/tests/support/eventually';
import { healthChecks } from './checks';
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
  // Clears the cached result, which would otherwise be reused for two seconds.
  Reflect.deleteProperty(globalThis, '__tributaryHealth');
  const response = await GET();
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { code: response.status, ...((await response.json()) as object) };
}
const beat = (ago: number) =>
  db.asSystem((tx) => tx.insert(heartbeats).values({ part: 'runner', at: new Date(Date.now() - ago) }));

it('is 200 when the database is open and the runner has a recent heartbeat', async () => {
  setDb(db);
  const stop = startHeartbeat(db, systemClock, () => true);
  try {
    await eventually(async () =>
      expect(await ask()).toEqual({
        code: 200,
        status: 'ok',
        database: 'open',
        runner: 'alive',
        files: 'writable',
      }),
    );
  } finally {
    stop();
  }
});

it('is 503 and names the cause when the runner never started or is no longer alive', async () => {
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

it('a runner whose loop hangs writes no heartbeat', async () => {
  setDb(db);
  const stop = startHeartbeat(db, systemClock, () => false);
  // The database works in order, so a heartbeat that was started would have been written by now.
  await db.asSystem((tx) => tx.select().from(heartbeats));
  stop();
  expect(await ask()).toMatchObject({ code: 503, runner: 'not running' });
});

it('ignores the runner when Inngest does the work', async () => {
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

it('is 503 when the database is closed or unreachable, without disclosing its address', async () => {
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

it('is 503 when the database is readable but accepts no row', async () => {
  await beat(1000);
  const readOnly = new Proxy(db, {
    get: (target, name, self) =>
      name === 'asSystem'
        ? (work: Parameters<Db['asSystem']>[0]) =>
            target.asSystem(async (tx) => {
              await tx.execute(sql`set transaction read only`);
              return work(tx);
            })
        : Reflect.get(target, name, self),
  });
  setDb(readOnly);
  vi.stubEnv('TRIBUTARY_LOG', 'silent');
  expect(await ask()).toMatchObject({ code: 503, database: 'not writable' });
});

it('is 503 and names the cause when the disk is full or files cannot be written', async () => {
  await beat(1000);
  setDb(db);
  vi.stubEnv('TRIBUTARY_LOG', 'silent');
  const failing = (code: string) =>
    healthChecks(() => Promise.reject(Object.assign(new Error(code), { code })));
  expect(await failing('ENOSPC')()).toMatchObject({ ok: false, database: 'open', files: 'no room' });
  expect(await failing('EIO')()).toMatchObject({ ok: false, files: 'not writable' });
  // A file in place of the folder.
  writeFileSync(path.join(folder, 'blocked'), '');
  vi.stubEnv('TRIBUTARY_DATA_DIR', path.join(folder, 'blocked'));
  resetEnv();
  expect(await ask()).toMatchObject({ code: 503, files: 'not writable' });
});

it('leaves no trace of the file that it writes', async () => {
  await beat(1000);
  setDb(db);
  expect(await ask()).toMatchObject({ code: 200 });
  expect(readdirSync(path.join(folder, 'files'))).toEqual([]);
});

it('responds while the database or the disk hangs, starts no second check meanwhile, and recovers', async () => {
  await beat(1000);
  let questions = 0;
  let go = () => {};
  const hung = new Promise<never>((_, fail) => {
    go = () => fail(new Error('awake again'));
  });
  hung.catch(() => {});
  setDb(
    new Proxy(db, {
      get: (target, name, self) =>
        name === 'asSystem'
          ? () => {
              questions++;
              return hung;
            }
          : Reflect.get(target, name, self),
    }),
  );
  vi.stubEnv('TRIBUTARY_LOG', 'silent');
  let writes = 0;
  const ask = healthChecks(() => {
    writes++;
    return hung;
  }, 20);
  const down = { ok: false, database: 'not answering', runner: 'unknown', files: 'not answering' };
  const now = vi.spyOn(performance, 'now');
  for (let minute = 1; minute < 5; minute++) {
    now.mockReturnValue(minute * 60_000);
    expect(await ask()).toEqual(down);
  }
  expect([questions, writes]).toEqual([1, 1]);
  setDb(db);
  go();
  await hung.catch(() => {});
  now.mockReturnValue(6 * 60_000);
  await ask();
  expect(writes).toBe(2);
  now.mockRestore();
});

it('causes no load, because a result is reused for two seconds', async () => {
  await beat(1000);
  setDb(db);
  let writes = 0;
  const ask = healthChecks(async () => {
    writes++;
  });
  const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
  await Promise.all(Array.from({ length: 50 }, ask));
  now.mockReturnValue(2900);
  await ask();
  expect(writes).toBe(1);
  now.mockReturnValue(3100);
  await ask();
  expect(writes).toBe(2);
  now.mockRestore();
});
