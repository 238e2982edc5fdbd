import { sql } from 'drizzle-orm';
import { NonRetriableError, RetryAfterError } from 'inngest';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { freshDb } from '@/tests/support/db';
import { rows } from './store/base';
import { cleanUp } from './store/clean-up';
import { TestApp } from './testing';

let db: Db;
let app: TestApp;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  app = new TestApp(db);
  await app.reset();
});

/** Adds a function to the app under test. */
const define = (...args: Parameters<TestApp['inngest']['createFunction']>) => {
  app.functions.push(app.inngest.createFunction(...args));
};

test('an event starts every function that it triggers, and a body without steps is one call', async () => {
  const calls: string[] = [];
  define({ id: 'one', triggers: [{ event: 'a/b' }] }, async ({ event, attempt }) => {
    calls.push(`one ${event.data.n} ${attempt}`);
    return { got: event.data.n };
  });
  define({ id: 'two', triggers: [{ event: 'a/b' }, { event: 'a/c' }] }, async ({ event }) => {
    calls.push(`two ${event.name}`);
  });
  const runner = await app.runner();
  await app.inngest.send([
    { name: 'a/b', data: { n: 1 } },
    { name: 'a/c', data: {} },
    { name: 'nobody/cares' },
  ]);
  await runner.drain();
  expect(calls.sort()).toEqual(['one 1 0', 'two a/b', 'two a/c']);
  expect(await app.runs()).toEqual([
    { functionId: 'test-one', status: 'completed', output: { got: 1 } },
    { functionId: 'test-two', status: 'completed', output: null },
    { functionId: 'test-two', status: 'completed', output: null },
  ]);
});

test('an event id counts once within 24 hours, also in one request, and again afterwards', async () => {
  let runs = 0;
  define({ id: 'f', triggers: [{ event: 'e' }] }, async () => {
    runs++;
  });
  const runner = await app.runner();
  await app.inngest.send([
    { name: 'e', id: 'x' },
    { name: 'e', id: 'x' },
  ]);
  await app.inngest.send({ name: 'e', id: 'x' });
  await runner.drain();
  app.clock.advance(24 * 3_600_000 - 1);
  await app.inngest.send({ name: 'e', id: 'x' });
  await runner.drain();
  expect(runs).toBe(1);
  app.clock.advance(2);
  await app.inngest.send({ name: 'e', id: 'x' });
  await runner.drain();
  expect(runs).toBe(2);
});

test('steps are remembered: each body runs once', async () => {
  const ran: string[] = [];
  define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
    const a = await step.run('a', () => {
      ran.push('a');
      return { text: 'nul \u0000 and half \ud800', list: [1] };
    });
    const b = await step.run('b', () => {
      ran.push('b');
      return undefined;
    });
    return { a, b };
  });
  const runner = await app.runner();
  await app.inngest.send({ name: 'e' });
  await runner.drain();
  expect(ran).toEqual(['a', 'b']);
  expect((await app.runs())[0]).toMatchObject({
    status: 'completed',
    output: { a: { text: 'nul \u0000 and half \ud800', list: [1] }, b: null },
  });
});

test('parallel steps run once each, and what follows sees all of them', async () => {
  const ran: string[] = [];
  define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
    const work = (name: string) =>
      step.run(name, () => {
        ran.push(name);
        return name;
      });
    const [x, , y] = await Promise.all([work('x'), step.sleep('nap', '2m'), work('y')]);
    const z = await work('z');
    return [x, y, z];
  });
  const runner = await app.runner();
  await app.inngest.send({ name: 'e' });
  await runner.drain();
  expect(ran.sort()).toEqual(['x', 'y']);
  app.clock.advance(119_000);
  await runner.drain();
  expect(ran).toHaveLength(2);
  app.clock.advance(1000);
  await runner.drain();
  expect(ran.sort()).toEqual(['x', 'y', 'z']);
  expect((await app.runs())[0]).toMatchObject({ status: 'completed', output: ['x', 'y', 'z'] });
});

test('chains in parallel', async () => {
  define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
    const chain = async (name: string) => {
      const first = await step.run(`${name}1`, () => `${name}1`);
      return step.run(`${name}2`, () => `${first} ${name}2`);
    };
    return Promise.all([chain('a'), chain('b'), chain('c')]);
  });
  const runner = await app.runner();
  await app.inngest.send({ name: 'e' });
  await runner.drain();
  expect((await app.runs())[0]).toMatchObject({ status: 'completed', output: ['a1 a2', 'b1 b2', 'c1 c2'] });
});

test('sleep and sleepUntil end at their instant and not before', async () => {
  const woke: string[] = [];
  define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
    await step.sleep('one', 90 * 60_000);
    woke.push(app.clock.now().toISOString());
    await step.sleepUntil('two', new Date('2026-03-04T12:00:00.250Z'));
    woke.push(app.clock.now().toISOString());
  });
  const runner = await app.runner();
  await app.inngest.send({ name: 'e' });
  for (const at of ['2026-03-04T11:30:29.999Z', '2026-03-04T11:30:30.000Z', '2026-03-04T12:00:00.249Z']) {
    await runner.drain();
    app.clock.set(at);
  }
  await runner.drain();
  expect(new Set(woke)).toEqual(new Set(['2026-03-04T11:30:30.000Z']));
  app.clock.advance(1);
  await runner.drain();
  expect(woke.at(-1)).toBe('2026-03-04T12:00:00.250Z');
  expect((await app.runs())[0]?.status).toBe('completed');
});

test('waitForEvent takes the matching event, is stored before a sibling sends, and ends at its time-out', async () => {
  define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
    const [answer] = await Promise.all([
      step.waitForEvent('wait', { event: 'answer', timeout: '1h', match: 'data.id' }),
      step.sendEvent('ask', { name: 'question', data: { id: 7 } }),
    ]);
    const none = await step.waitForEvent('never', {
      event: 'answer',
      timeout: '10m',
      if: 'async.data.id == 99',
    });
    return { answer: answer?.data, none };
  });
  define({ id: 'g', triggers: [{ event: 'question' }] }, async ({ event, step }) => {
    await step.sendEvent('reply', [
      { name: 'answer', data: { id: 8, text: 'other' } },
      { name: 'answer', data: { id: event.data.id, text: 'yes' } },
    ]);
  });
  const runner = await app.runner();
  await app.inngest.send({ name: 'e', data: { id: 7 } });
  await runner.drain();
  app.clock.advance(10 * 60_000 - 1);
  await runner.drain();
  expect((await app.runs())[0]?.status).toBe('running');
  app.clock.advance(1);
  await runner.drain();
  expect((await app.runs())[0]).toMatchObject({
    status: 'completed',
    output: { answer: { id: 7, text: 'yes' }, none: null },
  });
});

test('a failing function is tried five times with growing waits, then fails', async () => {
  const at: number[] = [];
  const start = app.clock.now().getTime();
  define({ id: 'f', triggers: [{ event: 'e' }] }, async () => {
    at.push((app.clock.now().getTime() - start) / 1000);
    throw new Error('no');
  });
  const runner = await app.runner();
  await app.inngest.send({ name: 'e' });
  for (let i = 0; i < 60; i++) {
    await runner.drain();
    app.clock.advance(15_000);
  }
  expect(at).toEqual([0, 15, 45, 105, 225]);
  expect((await app.runs())[0]).toMatchObject({ status: 'failed', output: { message: 'no' } });
});

test('a failing step is tried again alone; when it fails for good the function may catch it', async () => {
  let before = 0;
  let tries = 0;
  define({ id: 'f', retries: 2, triggers: [{ event: 'e' }] }, async ({ step }) => {
    await step.run('before', () => {
      before++;
    });
    try {
      await step.run('bad', () => {
        tries++;
        throw new Error('bad luck');
      });
    } catch (error) {
      return `caught ${(error as Error).message}`;
    }
  });
  const runner = await app.runner();
  await app.inngest.send({ name: 'e' });
  for (let i = 0; i < 5; i++) {
    await runner.drain();
    app.clock.advance(60_000);
  }
  expect([before, tries]).toEqual([1, 3]);
  expect((await app.runs())[0]).toMatchObject({ status: 'completed', output: 'caught bad luck' });
});

test('NonRetriableError ends at once and RetryAfterError says when', async () => {
  const tries: Record<string, number> = { never: 0, later: 0, step: 0 };
  define({ id: 'never', triggers: [{ event: 'e' }] }, async () => {
    tries.never = (tries.never ?? 0) + 1;
    throw new NonRetriableError('never');
  });
  define({ id: 'later', triggers: [{ event: 'e' }] }, async ({ attempt }) => {
    tries.later = (tries.later ?? 0) + 1;
    if (attempt === 0) throw new RetryAfterError('later', '2h');
    return attempt;
  });
  define({ id: 'step', triggers: [{ event: 'e' }] }, async ({ step }) => {
    await step.run('s', () => {
      tries.step = (tries.step ?? 0) + 1;
      if (tries.step === 1) throw new RetryAfterError('later', new Date('2026-03-04T13:00:00Z'));
    });
  });
  const runner = await app.runner();
  await app.inngest.send({ name: 'e' });
  await runner.drain();
  app.clock.advance(2 * 3_600_000 - 1);
  await runner.drain();
  expect(tries).toEqual({ never: 1, later: 1, step: 1 });
  app.clock.advance(1);
  await runner.drain();
  expect(tries).toEqual({ never: 1, later: 2, step: 1 });
  app.clock.set('2026-03-04T13:00:00Z');
  await runner.drain();
  expect(tries).toEqual({ never: 1, later: 2, step: 2 });
  expect((await app.runs()).map((r) => r.status).sort()).toEqual(['completed', 'completed', 'failed']);
});

test('onFailure gets the error and the event, and is itself tried twice', async () => {
  const got: string[] = [];
  define(
    {
      id: 'f',
      retries: 0,
      triggers: [{ event: 'e' }],
      onFailure: async ({ error, event, step }) => {
        const first = await step.run('first', () => 'step');
        got.push(
          `${first} ${error.message} ${JSON.stringify(event.data.event.data)} ${event.data.function_id}`,
        );
        if (got.length === 1) throw new Error('again');
      },
    },
    async () => {
      throw new Error('broken');
    },
  );
  const runner = await app.runner();
  await app.inngest.send({ name: 'e', data: { n: 5 } });
  await runner.drain();
  app.clock.advance(60_000);
  await runner.drain();
  expect(got).toEqual(['step broken {"n":5} test-f', 'step broken {"n":5} test-f']);
  expect((await app.runs()).map((r) => [r.functionId, r.status])).toEqual([
    ['test-f', 'failed'],
    ['test-f-failure', 'completed'],
  ]);
});

test('concurrency with a key limits the calls of each key', async () => {
  const running: Record<string, number> = {};
  const most: Record<string, number> = {};
  define(
    { id: 'f', triggers: [{ event: 'e' }], concurrency: [{ limit: 2, key: 'event.data.who' }, { limit: 3 }] },
    async ({ event }) => {
      for (const key of [event.data.who as string, 'all']) {
        running[key] = (running[key] ?? 0) + 1;
        most[key] = Math.max(most[key] ?? 0, running[key]);
      }
      await new Promise((done) => setTimeout(done, 5));
      for (const key of [event.data.who as string, 'all']) running[key] = (running[key] ?? 0) - 1;
    },
  );
  const runner = await app.runner();
  await app.inngest.send(
    Array.from({ length: 20 }, (_, i) => ({ name: 'e', data: { who: i % 3 ? 'a' : 'b' } })),
  );
  await runner.drain();
  expect((await app.runs()).filter((r) => r.status === 'completed')).toHaveLength(20);
  expect(most).toEqual({ a: 2, b: expect.any(Number), all: 3 });
  expect(most.b).toBeLessThanOrEqual(2);
});

test('a cron fires once a minute, over two runners, and makes up for one missed firing', async () => {
  const fired: string[] = [];
  define({ id: 'each', triggers: [{ cron: '* * * * *' }] }, async ({ event }) => {
    fired.push(`each ${new Date(event.ts ?? 0).toISOString()}`);
  });
  define({ id: 'hourly', triggers: [{ cron: '0 * * * *' }] }, async () => {
    fired.push('hourly');
  });
  const [one, two] = [await app.runner(), await app.runner()];
  await Promise.all([one.drain(), two.drain()]);
  await one.drain();
  expect(fired).toEqual(['each 2026-03-04T10:00:00.000Z', 'hourly']);
  app.clock.set('2026-03-04T10:57:10Z');
  await Promise.all([one.drain(), two.drain()]);
  expect(fired.slice(2)).toEqual(['each 2026-03-04T10:57:00.000Z']);
  app.clock.set('2026-03-04T11:02:10Z');
  await (await app.runner()).drain();
  await Promise.all([one.drain(), two.drain()]);
  expect(fired.slice(3).sort()).toEqual(['each 2026-03-04T11:02:00.000Z', 'hourly']);
});

test('what is over is forgotten', async () => {
  define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => step.run('s', () => 1));
  const runner = await app.runner();
  await app.inngest.send({ name: 'e' });
  await runner.drain();
  app.clock.advance(59 * 60_000);
  await runner.cleanUp();
  expect(await app.runs()).toHaveLength(1);
  app.clock.advance(2 * 60_000);
  await runner.cleanUp();
  expect(await app.runs()).toEqual([]);
});

test('all that is over is forgotten at once, however much it is', async () => {
  define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => step.run('s', () => 1));
  const runner = await app.runner();
  await app.inngest.send(Array.from({ length: 7 }, () => ({ name: 'e' })));
  await runner.drain();
  await app.inngest.send({ name: 'nobody listens' });
  app.clock.advance(25 * 3_600_000);
  // The last event is still to be fanned out, and stays until it was.
  await cleanUp({ db: app.db }, app.clock.now(), 3);
  expect(await app.runs()).toEqual([]);
  const left = async () => rows<{ n: number }>(app.db.raw, sql`select count(*)::int as n from runner.events`);
  expect(await left()).toEqual([{ n: 1 }]);
  await runner.drain();
  await cleanUp({ db: app.db }, app.clock.now(), 3);
  expect(await left()).toEqual([{ n: 0 }]);
  expect(await rows(app.db.raw, sql`select run_id from runner.memos`)).toEqual([]);
});
