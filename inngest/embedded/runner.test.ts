import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { freshDb } from '@/tests/support/db';
import { rows } from './store/base';
import { cleanUp } from './store/clean-up';
import { insertEvents } from './store/events';
import { TestApp } from './testing';

const DAY_MS = 86_400_000;

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

test('an event starts every function that it triggers, and a body without steps is a single call', async () => {
  const calls: string[] = [];
  app.define({ id: 'one', triggers: [{ event: 'a/b' }] }, async ({ event, attempt }) => {
    calls.push(`one ${event.data.n} ${attempt}`);
    return { got: event.data.n };
  });
  app.define({ id: 'two', triggers: [{ event: 'a/b' }, { event: 'a/c' }] }, async ({ event }) => {
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

test('an event id counts once within 24 hours, even within one request, and again afterwards', async () => {
  let runs = 0;
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async () => {
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

test('an event id that arrived while the clock was ahead counts again after the clock was set back', async () => {
  let runs = 0;
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async () => {
    runs++;
  });
  const runner = await app.runner();
  app.clock.advance(30 * DAY_MS);
  await app.inngest.send({ name: 'e', id: 'x' });
  await runner.drain();
  app.clock.advance(-30 * DAY_MS);
  await app.inngest.send({ name: 'e', id: 'x' });
  await app.inngest.send({ name: 'e', id: 'x' });
  await runner.drain();
  expect(runs).toBe(2);
});

test('a completed step is not run again when the function is replayed', async () => {
  const ran: string[] = [];
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
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

test('parallel steps run once each, and the code after them sees all results', async () => {
  const ran: string[] = [];
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
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

test('chains of steps run in parallel', async () => {
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
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

test('sleep and sleepUntil end exactly on time', async () => {
  const woke: string[] = [];
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
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

test('an event with a future time starts its runs only then, and an invalid time counts as now', async () => {
  const calls: string[] = [];
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ event }) => {
    calls.push(`${event.data.n} ${app.clock.now().toISOString()}`);
  });
  const runner = await app.runner();
  const began = app.clock.now().toISOString();
  const now = app.clock.now();
  await insertEvents(
    { db },
    [
      { name: 'e', data: { n: 'later' }, ts: now.getTime() + 60_500 },
      { name: 'e', data: { n: 'past' }, ts: now.getTime() - 60_000 },
      { name: 'e', data: { n: 'never' }, ts: 9e18 },
    ],
    now,
  );
  await runner.drain();
  expect(calls.sort()).toEqual([`never ${began}`, `past ${began}`]);
  app.clock.advance(60_499);
  await runner.drain();
  expect(calls).toHaveLength(2);
  app.clock.advance(1);
  await runner.drain();
  expect(calls[2]).toBe(`later ${app.clock.now().toISOString()}`);
});

test('waitForEvent takes the matching event, is stored before a sibling sends, and ends at its timeout', async () => {
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => {
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
  app.define({ id: 'g', triggers: [{ event: 'question' }] }, async ({ event, step }) => {
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

test('keyed concurrency limits the calls of each key', async () => {
  const running: Record<string, number> = {};
  const most: Record<string, number> = {};
  app.define(
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

test('a cron fires once per minute across two runners and catches up on missed firings with one run', async () => {
  const fired: string[] = [];
  app.define({ id: 'each', triggers: [{ cron: '* * * * *' }] }, async ({ event }) => {
    fired.push(`each ${new Date(event.ts ?? 0).toISOString()}`);
  });
  app.define({ id: 'hourly', triggers: [{ cron: '0 * * * *' }] }, async () => {
    fired.push('hourly');
  });
  const [one, two] = [await app.runner(), await app.runner()];
  await Promise.all([one.drain(), two.drain()]);
  await one.drain();
  // Either runner may be first.
  expect(fired.toSorted()).toEqual(['each 2026-03-04T10:00:00.000Z', 'hourly']);
  app.clock.set('2026-03-04T10:57:10Z');
  await Promise.all([one.drain(), two.drain()]);
  expect(fired.slice(2)).toEqual(['each 2026-03-04T10:57:00.000Z']);
  app.clock.set('2026-03-04T11:02:10Z');
  await (await app.runner()).drain();
  await Promise.all([one.drain(), two.drain()]);
  expect(fired.slice(3).sort()).toEqual(['each 2026-03-04T11:02:00.000Z', 'hourly']);
});

test('crons go on firing after the clock was ahead, also once its time has come', async () => {
  const fired: string[] = [];
  app.define({ id: 'each', triggers: [{ cron: '* * * * *' }] }, async ({ event }) => {
    fired.push(new Date(event.ts ?? 0).toISOString());
  });
  app.define({ id: 'hourly', triggers: [{ cron: '0 * * * *' }] }, async () => {
    fired.push('hourly');
  });
  const one = await app.runner();
  await one.drain();
  app.clock.advance(30 * DAY_MS);
  await one.drain();
  app.clock.advance(-30 * DAY_MS + 60_000);
  fired.length = 0;
  await one.drain();
  expect(fired).toEqual(['2026-03-04T10:01:00.000Z']);
  // A new process makes up for what was missed since the last true firing.
  await one.cleanUp();
  app.clock.set('2026-03-04T11:02:10Z');
  await (await app.runner()).drain();
  expect(fired.slice(1).sort()).toEqual(['2026-03-04T11:02:00.000Z', 'hourly']);
  app.clock.set('2026-04-03T10:00:30.000Z');
  await one.drain();
  expect(fired).toContain('2026-04-03T10:00:00.000Z');
});

test('ended runs are deleted', async () => {
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => step.run('s', () => 1));
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

test('one clean-up deletes all ended runs, however many batches it takes', async () => {
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async ({ step }) => step.run('s', () => 1));
  const runner = await app.runner();
  await app.inngest.send(Array.from({ length: 7 }, () => ({ name: 'e' })));
  await runner.drain();
  await app.inngest.send({ name: 'nobody listens' });
  app.clock.advance(25 * 3_600_000);
  // The last event has not been fanned out yet, so it stays until it has been.
  await cleanUp({ db: app.db }, app.clock.now(), 3);
  expect(await app.runs()).toEqual([]);
  const left = async () =>
    rows<{ n: number }>(app.db.raw, sql`select count(*)::int as n from tributary_runner.events`);
  expect(await left()).toEqual([{ n: 1 }]);
  await runner.drain();
  await cleanUp({ db: app.db }, app.clock.now(), 3);
  expect(await left()).toEqual([{ n: 0 }]);
  expect(await rows(app.db.raw, sql`select run_id from tributary_runner.memos`)).toEqual([]);
});
