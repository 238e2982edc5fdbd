import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Db, openDb } from '@/db/client';
import { LEASE_MS } from '@/db/leases';
import { freshDb, testDriver } from '@/tests/support/db';
import type { EmbeddedRunner } from './runner';
import { TestApp } from './testing';

class Killed extends Error {}

/** An app whose run passes through every kind of step, and the effects it had outside the database. */
function flow(db: Db) {
  const app = new TestApp(db);
  const effects: string[] = [];
  app.define({ id: 'flow', triggers: [{ event: 'begin' }] }, async ({ step, event }) => {
    const first = await step.run('first', () => {
      effects.push('first');
      return Math.random();
    });
    const [left, right] = await Promise.all([
      step.run('left', () => {
        effects.push('left');
        return 'l';
      }),
      step.run('right', () => {
        effects.push('right');
        return 'r';
      }),
      step.sleep('nap', '10s'),
    ]);
    const [answer] = await Promise.all([
      step.waitForEvent('wait', { event: 'answer', timeout: '1h', match: 'data.id' }),
      step.sendEvent('ask', { name: 'ask', id: `ask-${event.data.id}`, data: event.data }),
    ]);
    await step.sleep('rest', '5s');
    const again = await step.run('last', () => first);
    return { same: first === again, left, right, answer: answer?.data.id };
  });
  app.define({ id: 'reply', triggers: [{ event: 'ask' }] }, async ({ event, step }) => {
    await step.sendEvent('reply', { name: 'answer', id: `answer-${event.data.id}`, data: event.data });
  });
  app.define(
    {
      id: 'broken',
      retries: 1,
      triggers: [{ event: 'begin' }],
      onFailure: async () => {
        effects.push('on failure');
      },
    },
    async () => {
      throw new Error('broken');
    },
  );
  return { app, effects };
}

const EXPECTED = [
  { functionId: 'test-broken', status: 'failed' },
  { functionId: 'test-broken-failure', status: 'completed' },
  {
    functionId: 'test-flow',
    status: 'completed',
    output: { same: true, left: 'l', right: 'r', answer: 3 },
  },
  { functionId: 'test-reply', status: 'completed' },
];

/** Advances time until all runs have ended, starting a new runner after each kill. Returns the number of writes. */
async function carryOn(app: TestApp, killAt: number): Promise<number> {
  let writes = 0;
  const fault = () => {
    if (++writes === killAt) throw new Killed();
  };
  let runner: EmbeddedRunner | undefined;
  for (let second = 0; second < 20; second++) {
    for (let tries = 0; tries < 3; tries++) {
      try {
        runner ??= await app.runner({ fault });
        await runner.drain();
        break;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        runner = undefined;
      }
    }
    const runs = await app.runs();
    if (runs.length >= EXPECTED.length && runs.every((run) => run.status !== 'running')) break;
    app.clock.advance(5000);
  }
  return writes;
}

describe('a kill between any two writes', () => {
  let db: Db;
  beforeAll(async () => {
    db = await freshDb();
  });
  afterAll(() => db.close());

  test('changes no result and repeats no finished step', async () => {
    const { app } = flow(db);
    await app.inngest.send({ name: 'begin', id: 'begin', data: { id: 3 } });
    const total = await carryOn(app, 0);
    expect(await sorted(app)).toMatchObject(EXPECTED);
    expect(total).toBeGreaterThan(40);
    // The runner's code is the same on both databases, so each kill is tried on one of them: a third of them on the embedded database, on
    // which they take longest.
    const onEmbedded = testDriver() === 'pglite';
    for (let killAt = 1; killAt <= total; killAt++) {
      if ((killAt % 3 === 1) !== onEmbedded) continue;
      const { app, effects } = flow(db);
      await app.reset();
      await app.inngest.send({ name: 'begin', id: 'begin', data: { id: 3 } });
      await carryOn(app, killAt);
      expect(await sorted(app), `killed at write ${killAt}`).toMatchObject(EXPECTED);
      // A step that was in progress at the kill may run a second time; no other step may.
      const counts = ['first', 'left', 'right', 'on failure'].map(
        (e) => effects.filter((x) => x === e).length,
      );
      expect(Math.min(...counts), `killed at write ${killAt}`).toBe(1);
      expect(Math.max(...counts), `killed at write ${killAt}`).toBeLessThanOrEqual(2);
    }
  }, 240_000);
});

async function sorted(app: TestApp) {
  return (await app.runs()).sort((a, b) => a.functionId.localeCompare(b.functionId));
}

/** Two runners on one database, as in two processes. On PostgreSQL each has its own connections. */
function twoRunners(open: () => Promise<[Db, Db]>) {
  let one: Db;
  let two: Db;
  beforeAll(async () => {
    [one, two] = await open();
  });
  afterAll(async () => {
    await one.close();
    if (two !== one) await two.close();
  });
  beforeEach(() => new TestApp(one).reset());

  test('never run the same job at the same time', async () => {
    const ran: string[] = [];
    const apps = [one, two].map((db) => {
      const app = new TestApp(db);
      for (const limit of [0, 2])
        app.functions.push(
          app.inngest.createFunction(
            {
              id: `f${limit}`,
              triggers: [{ event: 'e' }],
              concurrency: { limit, key: 'event.data.key' },
            },
            async ({ event, step }) => {
              await step.run('work', () => {
                ran.push(`${limit} ${event.data.n}`);
              });
            },
          ),
        );
      return app;
    });
    const [a, b] = await Promise.all(apps.map((app) => app.runner()));
    await apps[0]?.inngest.send(
      Array.from({ length: 60 }, (_, n) => ({ name: 'e', data: { n, key: n % 2 } })),
    );
    while (ran.length < 120) {
      const before = ran.length;
      await Promise.all([a?.drain(), b?.drain()]);
      if (ran.length === before) break;
    }
    expect(ran).toHaveLength(120);
    expect(new Set(ran).size).toBe(120);
  });

  test('an expired lease is taken over, and the late result is not stored', async () => {
    let calls = 0;
    let free = () => {};
    const blocked = new Promise<void>((done) => {
      free = done;
    });
    const apps = [one, two].map((db) => {
      const app = new TestApp(db);
      app.functions.push(
        app.inngest.createFunction({ id: 'slow', triggers: [{ event: 'e' }] }, async () => {
          const mine = ++calls;
          if (mine === 1) await blocked;
          return mine;
        }),
      );
      return app;
    });
    const [app, other] = apps;
    if (!app || !other) throw new Error('two apps');
    const [a, b] = [await app.runner(), await other.runner()];
    await app.inngest.send({ name: 'e' });
    const late = a.drain();
    while (calls === 0) await new Promise((done) => setTimeout(done, 5));
    other.clock.advance(LEASE_MS - 1);
    await b.drain();
    expect(calls).toBe(1);
    other.clock.advance(1);
    await b.drain();
    expect(calls).toBe(2);
    free();
    await late;
    expect(await app.runs()).toEqual([{ functionId: 'test-slow', status: 'completed', output: 2 }]);
  });
}

describe('two runners on the embedded database', () => {
  twoRunners(async () => {
    const db = await freshDb();
    return [db, db];
  });
});

describe.runIf(process.env.TEST_DATABASE_URL)('two runners on PostgreSQL', () => {
  twoRunners(async () => {
    const url = process.env.TEST_DATABASE_URL;
    const [one, two] = [await openDb({ url, driver: 'pg' }), await openDb({ url, driver: 'pg' })];
    await Promise.all([one.migrate(), two.migrate()]);
    return [one, two];
  });
});
