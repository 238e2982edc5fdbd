import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { refuseError } from '@/app/api/answer';
import { failed } from '@/components/account/form-state';
import { readAppError } from '@/components/trpc/app-error';
import type { Db } from '@/db/client';
import { wordsIn } from '@/i18n/words';
import { isUnstorable } from '@/server/foundation/refusal';
import { createCallerFactory, publicProcedure, router } from '@/server/trpc/init';
import { procedureOf } from '@/server/trpc/procedure';
import { defineVerb, nothing } from '@/server/verbs/define';
import { freshDb } from '@/tests/support/db';
import { createWorld, viewerFor } from '@/tests/support/world';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

const STATEMENTS = {
  'U+0000 in a text': sql`select ${'a\u0000b'}::text`,
  'a lone surrogate in JSON': sql`select ${'{"a":"\\ud800"}'}::jsonb`,
  'U+0000 in JSON': sql`select ${'{"a":"\\u0000"}'}::jsonb`,
  'an invalid number': sql`select ${'NaN-ish'}::int`,
  'a number out of range': sql`select ${'99999999999'}::int`,
  'an invalid timestamp': sql`select ${'0000-01-01'}::timestamptz`,
  'a timestamp out of range': sql`select ${'999999-01-01'}::timestamptz`,
  'an unknown time zone': sql`select now() at time zone ${'Nowhere/Else'}`,
};

it.each(Object.entries(STATEMENTS))(
  '%s that reaches the database is refused by every adapter',
  async (_name, statement) => {
    const error = await db.asSystem((tx) => tx.execute(statement)).catch((caught: unknown) => caught);
    expect(isUnstorable(error)).toBe(true);
    expect(refuseError(new Request('http://here.test'), error).status).toBe(400);
    expect(failed(error).message).toMatch(/cannot be saved/);
    const world = await createWorld(db);
    const caller = createCallerFactory(
      router({ odd: publicProcedure.query(() => db.asSystem((tx) => tx.execute(statement))) }),
    )({ ...world.services, viewer: null, words: wordsIn('en') });
    await expect(caller.odd()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  },
);

it('an internal error is still reported as an internal error', async () => {
  for (const statement of [sql`select 1/0`, sql`select * from nothing_here`]) {
    const error = await db.asSystem((tx) => tx.execute(statement)).catch((caught: unknown) => caught);
    expect(isUnstorable(error)).toBe(false);
    const response = refuseError(new Request('http://here.test'), error);
    expect(response.status).toBe(500);
    // Not `unavailable`, which clients may retry.
    expect(await response.json()).toMatchObject({ code: 'internal' });
  }
  const world = await createWorld(db);
  const odd = defineVerb({
    verb: 'test.odd',
    access: 'workspace.read',
    effect: 'read',
    input: nothing,
    output: z.object({ n: z.number() }),
    run: async () => ({ n: 'x' }) as never,
  });
  const routes = router({ odd: procedureOf(odd) as never });
  const context = { ...world.services, viewer: await viewerFor(world), words: wordsIn('en') };
  const caller = createCallerFactory(routes)(context) as unknown as { odd(): Promise<unknown> };
  await expect(caller.odd()).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  const response = await fetchRequestHandler({
    endpoint: '/api/trpc',
    req: new Request('http://here.test/api/trpc/odd'),
    router: routes,
    createContext: () => context,
  });
  expect(response.status).toBe(500);
  const { error } = (await response.json()) as { error: { json: unknown } };
  expect(readAppError(error.json).code).toBe('internal');
});
