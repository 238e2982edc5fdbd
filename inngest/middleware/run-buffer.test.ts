import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { jobRuns } from '@/db/schema';
import { ManualClock } from '@/server/foundation/clock';
import { freshDb } from '@/tests/support/db';
import { eventually } from '@/tests/support/eventually';
import { createWorld, type World } from '@/tests/support/world';
import { type About, RunBuffer } from './run-buffer';

let db: Db;
let world: World;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asSystem((tx) => tx.delete(jobRuns));
  world = await createWorld(db);
});

const clock = new ManualClock('2026-03-02T10:00:00Z');
const about = (runId: string, attempt = 0): About => ({
  runId,
  function: 'f',
  attempt,
  workspaceId: world.workspaceId,
  subject: null,
});
const buffer = (options: Partial<ConstructorParameters<typeof RunBuffer>[0]> = {}) =>
  new RunBuffer({
    db: async () => db,
    clock,
    onError: (error) => {
      throw error;
    },
    delayMs: 3_600_000,
    ...options,
  });
const rows = () => db.asSystem((tx) => tx.select().from(jobRuns).orderBy(jobRuns.runId));

it('writes automatically after a delay, and immediately once many records are buffered', async () => {
  const soon = buffer({ delayMs: 5 });
  soon.ended(about('r1'), 'completed');
  await eventually(async () => expect(await rows()).toHaveLength(1));
  const many = buffer();
  for (let i = 0; i < 200; i++) many.seen(about(`many-${i}`));
  await eventually(async () => expect(await rows()).toHaveLength(201));
});

it('a late start does not overwrite an end that is already stored', async () => {
  const first = buffer();
  const second = buffer();
  first.ended(about('r', 1), 'failed', 'broken');
  await first.flush();
  second.seen(about('r', 0));
  second.step(about('r', 0), { name: 'late', ms: 3 });
  await second.flush();
  expect(await rows()).toMatchObject([
    { status: 'failed', attempt: 1, error: 'broken', endedAt: clock.now(), steps: [{ name: 'late', ms: 3 }] },
  ]);
});

it('cleans and shortens texts for the database and the reader', async () => {
  const b = buffer();
  b.step(about('r'), { name: 's', ms: 1, error: `nul \u0000 half \ud800 ${'x'.repeat(5000)}` });
  await b.flush();
  const [row] = await rows();
  expect(row?.error).toHaveLength(1000);
  expect(row?.error).toMatch(/^nul {2}half \ufffd x/);
  expect(row?.steps[0]?.error).toBe(row?.error);
});

it('a database error is reported and does not stop later writes', async () => {
  const errors: unknown[] = [];
  let broken = true;
  const b = buffer({
    db: async () => {
      if (broken) throw new Error('gone');
      return db;
    },
    onError: (error) => errors.push(error),
  });
  b.seen(about('lost'));
  await b.flush();
  expect(errors).toEqual([new Error('gone')]);
  broken = false;
  b.seen(about('kept'));
  await b.flush();
  expect((await rows()).map((r) => r.runId)).toEqual(['kept']);
  await b.flush();
});
