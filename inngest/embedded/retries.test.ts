import { NonRetriableError, RetryAfterError } from 'inngest';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { freshDb } from '@/tests/support/db';
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

test('a failing function is attempted five times with growing delays, then fails', async () => {
  const at: number[] = [];
  const start = app.clock.now().getTime();
  app.define({ id: 'f', triggers: [{ event: 'e' }] }, async () => {
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

test('a failing step is retried alone, and the function may catch its final failure', async () => {
  let before = 0;
  let tries = 0;
  app.define({ id: 'f', retries: 2, triggers: [{ event: 'e' }] }, async ({ step }) => {
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

test('NonRetriableError ends a run immediately and RetryAfterError sets the time of the retry', async () => {
  const tries: Record<string, number> = { never: 0, later: 0, step: 0 };
  app.define({ id: 'never', triggers: [{ event: 'e' }] }, async () => {
    tries.never = (tries.never ?? 0) + 1;
    throw new NonRetriableError('never');
  });
  app.define({ id: 'later', triggers: [{ event: 'e' }] }, async ({ attempt }) => {
    tries.later = (tries.later ?? 0) + 1;
    if (attempt === 0) throw new RetryAfterError('later', '2h');
    return attempt;
  });
  app.define({ id: 'step', triggers: [{ event: 'e' }] }, async ({ step }) => {
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

test('onFailure receives the error and the event, and is retried itself', async () => {
  const got: string[] = [];
  app.define(
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
