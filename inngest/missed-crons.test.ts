import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { ManualClock, systemClock } from '@/server/foundation/clock';
import { secrets } from '@/server/foundation/secrets';
import { freshDb } from '@/tests/support/db';
import { sync } from './embedded/protocol';
import { EmbeddedRunner } from './embedded/runner';
import { rows } from './embedded/store/base';
import { TestApp } from './embedded/testing';
import { runLog } from './middleware/run-log';
import { handleInngest } from './serve';

// Runs the real functions, on an empty database, after their machine was off.
let db: Db;
let clock: ManualClock;
beforeAll(async () => {
  vi.spyOn(systemClock, 'now').mockImplementation(() => clock.now());
  db = await freshDb();
  setDb(db);
});
afterAll(async () => {
  await runLog.flush();
  setDb(undefined);
  vi.restoreAllMocks();
  await db.close();
});
beforeEach(() => new TestApp(db).reset());

const aMachine = () =>
  EmbeddedRunner.create({ db, handler: handleInngest, signingKey: secrets().inngestSigningKey, clock });
/** Counts the runs that crons started since an instant, by function. */
async function begun(since: Date): Promise<Record<string, number>> {
  const found = await rows<{ id: string; n: number }>(
    db.raw,
    sql`select function_id as id, count(*)::int as n from tributary_runner.runs
      where started_at >= ${since.toISOString()}::timestamptz and event::jsonb ->> 'name' = 'inngest/scheduled.timer' group by 1`,
  );
  return Object.fromEntries(found.map((row) => [row.id, row.n]));
}

/**
 * Each case gives when the machine goes off and comes back on, and the function whose firing it misses. Null means every function with a
 * cron.
 */
test.each([
  ['for a night', '2026-03-03T22:00:30Z', '2026-03-04T08:00:30Z', null],
  ['for months', '2026-01-03T22:00:30Z', '2026-03-04T08:00:30Z', null],
  ['at the time of the daily job', '2026-03-04T03:20:30Z', '2026-03-04T03:40:30Z', 'tributary-identity-tidy'],
  [
    'at the time of the hourly job',
    '2026-03-04T04:05:30Z',
    '2026-03-04T04:30:30Z',
    'tributary-planning-series',
  ],
])('after the machine was off %s, missed work is done once', async (_name, off, on, only) => {
  clock = new ManualClock(off);
  const before = await aMachine();
  await before.drain();
  // The old process cleans up, as it does every ten minutes, and ends.
  await before.cleanUp();
  clock.set(on);
  const after = await aMachine();
  await after.drain();
  await after.cleanUp();
  const runs = await begun(clock.now());
  const crons = (
    (await sync(handleInngest, secrets().inngestSigningKey)) as { id: string; triggers: object[] }[]
  )
    .filter((fn) => fn.triggers.some((trigger) => 'cron' in trigger))
    .map((fn) => fn.id);
  if (only) expect(runs[only]).toBe(1);
  else expect(runs).toEqual(Object.fromEntries(crons.map((id) => [id, 1])));
  // No other process does it again.
  await (await aMachine()).drain();
  expect(await begun(clock.now())).toEqual(runs);
  const failed = await rows(
    db.raw,
    sql`select function_id, output from tributary_runner.runs where status = 'failed'`,
  );
  expect(failed).toEqual([]);
});

test('a process that was suspended also makes up for missed work', async () => {
  clock = new ManualClock('2026-03-04T03:20:30Z');
  const machine = await aMachine();
  await machine.drain();
  clock.set('2026-03-04T06:01:30Z');
  await machine.drain();
  expect((await begun(clock.now()))['tributary-identity-tidy']).toBe(1);
});
