import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { systemClock } from '@/server/foundation/clock';
import { streamOf } from '@/server/foundation/streams';
import type { VisitorCtx } from './context';
import { defineVerb, nothing } from './define';
import { stream } from './streams';
import { UnexpectedOutput } from './unexpected-output';

const ctx: VisitorCtx = {
  db: null as unknown as Db,
  clock: systemClock,
  events: { publish: async () => {} },
  client: { ip: '192.0.2.1', userAgent: null },
};
const telling = (values: unknown[]) =>
  defineVerb({
    verb: 'test.tell',
    access: 'visitor',
    effect: 'read',
    input: nothing,
    output: stream(z.object({ n: z.number() })),
    run: async () => {
      async function* told() {
        yield* values as { n: number }[];
      }
      return streamOf(told());
    },
  });

it('parses each value of a stream as it arrives, and throws UnexpectedOutput for one of another shape', async () => {
  const reader = (await telling([{ n: 1, secret: 'x' }, { n: 'two' }])(ctx)).getReader();
  expect(await reader.read()).toEqual({ done: false, value: { n: 1 } });
  await expect(reader.read()).rejects.toBeInstanceOf(UnexpectedOutput);
});

it('throws UnexpectedOutput for a result that is not a stream', async () => {
  const verb = defineVerb({
    verb: 'test.tell',
    access: 'visitor',
    effect: 'read',
    input: nothing,
    output: stream(z.number()),
    run: async () => [1] as unknown as ReadableStream<number>,
  });
  await expect(verb(ctx)).rejects.toBeInstanceOf(UnexpectedOutput);
});
