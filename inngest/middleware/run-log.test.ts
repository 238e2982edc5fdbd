import { NonRetriableError } from 'inngest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { jobRuns, systemRuns } from '@/db/schema';
import { getRun, listRuns, listSystemRuns } from '@/server/domains/runs/queries';
import { systemClock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { operatorCtx } from '@/tests/support/operator';
import { createWorld, RecordedEvents, type World } from '@/tests/support/world';
import { TestApp } from '../embedded/testing';
import { RunBuffer } from './run-buffer';
import { createRunLog } from './run-log';

let db: Db;
let app: TestApp;
let flush: () => Promise<void>;
let ours: World;
let other: World;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  const clock = { now: () => app.clock.now() };
  const records = new RunBuffer({
    db: async () => db,
    clock,
    onError: (error) => {
      throw error;
    },
    delayMs: 3_600_000,
  });
  const log = createRunLog(records);
  flush = log.flush;
  app = new TestApp(db, undefined, [log.Middleware]);
  await app.reset();
  await db.asSystem(async (tx) => {
    await tx.delete(jobRuns);
    await tx.delete(systemRuns);
  });
  ours = await createWorld(db);
  other = await createWorld(db);
});

const define = (...args: Parameters<TestApp['inngest']['createFunction']>) => {
  app.functions.push(app.inngest.createFunction(...args));
};
async function send(world: World | null, data: object = {}) {
  const runner = await app.runner();
  await app.inngest.send({
    name: 'work',
    data: { ...data, ...(world ? { workspaceId: world.workspaceId } : {}) },
  });
  await runner.drain();
  return runner;
}
const seen = async (world: World) => {
  await flush();
  return (await listRuns(world.ctx, {})).items;
};

describe('the run log', () => {
  it('lists the steps of a successful run in order, with their durations and the subject of the run', async () => {
    define({ id: 'ship', triggers: [{ event: 'work' }] }, async ({ step }) => {
      await step.run('pack', () => 1);
      await step.sleep('nap', '10s');
      await step.run('send', () => 2);
    });
    const runner = await send(ours, { orderId: 'ord_1' });
    // While it sleeps, it is shown as running, with the steps so far.
    const [half] = await seen(ours);
    expect(half).toMatchObject({ status: 'running', steps: 1, endedAt: null, error: null, attempts: 1 });
    app.clock.advance(10_000);
    await runner.drain();
    const [run] = await seen(ours);
    expect(run).toMatchObject({
      id: half?.id,
      function: 'ship',
      status: 'completed',
      attempts: 1,
      subject: 'ord_1',
      error: null,
      startedAt: half?.startedAt,
      endedAt: app.clock.now(),
    });
    const { steps } = await getRun(ours.ctx, { id: run?.id ?? '' });
    expect(steps.map((s) => s.name)).toEqual(['pack', 'send']);
    for (const step of steps) expect(step).toMatchObject({ attempt: 0, ms: expect.any(Number) });
    expect(steps.every((s) => s.error === undefined && s.ms >= 0)).toBe(true);
  });

  it('lists each attempt of a retried step with its error, and no error once it succeeded', async () => {
    let tries = 0;
    define({ id: 'flaky', retries: 2, triggers: [{ event: 'work' }] }, async ({ step }) => {
      await step.run('call', () => {
        if (++tries < 3) throw new Error(`try ${tries} \u0000 failed`);
      });
    });
    const runner = await send(ours);
    const [failing] = await seen(ours);
    expect(failing).toMatchObject({ status: 'running', error: 'try 1  failed', endedAt: null });
    for (let i = 0; i < 3; i++) {
      app.clock.advance(3_600_000);
      await runner.drain();
    }
    expect(tries).toBe(3);
    const [run] = await seen(ours);
    expect(run).toMatchObject({ id: failing?.id, status: 'completed', attempts: 3, error: null, steps: 3 });
    const { steps } = await getRun(ours.ctx, { id: run?.id ?? '' });
    expect(steps.map((s) => [s.attempt, s.error])).toEqual([
      [0, 'try 1  failed'],
      [1, 'try 2  failed'],
      [2, undefined],
    ]);
  });

  it('shows the last error of a failed run, and onFailure as a run of its own', async () => {
    define(
      {
        id: 'doomed',
        retries: 3,
        triggers: [{ event: 'work' }],
        onFailure: async ({ step }) => {
          await step.run('tell people', () => 1);
        },
      },
      async () => {
        throw new NonRetriableError('no such listing');
      },
    );
    await send(ours, { listingId: 'lst_1' });
    const runs = await seen(ours);
    expect(runs.map((r) => [r.function, r.status, r.error, r.subject, r.steps]).sort()).toEqual(
      [
        [expect.stringMatching(/^doomed.* \(on failure\)$/), 'completed', null, 'lst_1', 1],
        ['doomed', 'failed', 'no such listing', 'lst_1', 0],
      ].sort(),
    );
    expect(runs.find((r) => r.function === 'doomed')).toMatchObject({
      attempts: 1,
      endedAt: app.clock.now(),
    });
  });

  it('shows each workspace only its own runs', async () => {
    define({ id: 'both', triggers: [{ event: 'work' }] }, async () => {});
    await send(ours, { postId: 'ours' });
    await send(other, { postId: 'theirs' });
    expect((await seen(ours)).map((r) => r.subject)).toEqual(['ours']);
    const [theirs] = await seen(other);
    expect(theirs?.subject).toBe('theirs');
    const open = (id: string) => getRun(ours.ctx, { id }).catch((e) => [e.code, e.message]);
    const missing = newId('jobRun');
    expect(await open(theirs?.id ?? '')).toEqual(await open(missing));
    expect(await open(missing)).toEqual(['not_found', expect.any(String)]);
  });

  it('shows runs of no workspace to the operator, without their texts', async () => {
    define({ id: 'sweep', retries: 0, triggers: [{ event: 'work' }] }, async () => {
      throw new Error('a text about somebody');
    });
    await send(null, { postId: 'pst_1' });
    expect(await seen(ours)).toEqual([]);
    const list = await listSystemRuns(
      operatorCtx({ db, clock: systemClock, events: new RecordedEvents() }),
      {},
    );
    expect(list).toMatchObject([{ function: 'sweep', status: 'failed', attempts: 1, steps: 0 }]);
    expect(JSON.stringify(list)).not.toContain('somebody');
  });

  it('drops runs of a deleted or invented workspace and stores the others', async () => {
    define({ id: 'f', triggers: [{ event: 'work' }] }, async () => {});
    await send({ workspaceId: 'ws_gone' } as World);
    await send(ours);
    expect(await seen(ours)).toHaveLength(1);
    expect(await db.asSystem((tx) => tx.select().from(jobRuns))).toHaveLength(1);
  });
});
