import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { users } from '@/db/schema';
import { plainError } from '@/inngest/embedded/protocol';
import { describeError, safeMessage } from '@/server/foundation/error-text';
import { newId } from '@/server/foundation/ids';
import { createLog } from '@/server/foundation/log';
import { freshDb } from '@/tests/support/db';
import type { Db } from './client';

const SECRET = 'hunter2-reset-token@example.test';
let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

const person = () => ({
  id: newId('user'),
  email: SECRET,
  name: 'Ada',
  passwordHash: `hash-of-${SECRET}`,
  termsAcceptedAt: new Date(),
});

/** Queries that fail with the secret among their values, each for a different reason. */
const FAILING: Record<string, () => Promise<unknown>> = {
  'unique constraint': () =>
    db.asSystem(async (tx) => {
      await tx.insert(users).values(person());
      await tx.insert(users).values(person());
    }),
  'invalid number': () => db.asSystem((tx) => tx.execute(sql`select ${SECRET}::int`)),
  'literal in the SQL text': () => db.asSystem((tx) => tx.execute(sql.raw(`select nothing('${SECRET}')`))),
  'null in a required column': () =>
    db.asSystem((tx) => tx.insert(users).values({ ...person(), name: sql`null` as never })),
  'check constraint': () =>
    db.asSystem((tx) =>
      tx.execute(
        sql`do ${sql.raw(`$$ begin raise exception using errcode='23514', constraint='c', message='refused', detail='${SECRET}'; end $$`)}`,
      ),
    ),
  'query without a transaction': () => db.raw.execute(sql`select ${SECRET}::uuid`),
  'relational query': () =>
    db.asSystem((tx) =>
      tx
        .select({ n: sql`${SECRET}::int` })
        .from(users)
        .where(eq(sql`${SECRET}::int`, 1)),
    ),
};

describe.each(Object.entries(FAILING))('a failed query (%s)', (_, fail) => {
  it('exposes its values nowhere: not in the error, its causes, the log or stored data', async () => {
    const error = await fail().then(
      () => expect.unreachable('the query should fail'),
      (caught: unknown) => caught,
    );
    const lines: string[] = [];
    const log = createLog('debug', { write: (line: string) => void lines.push(line) });
    log.error({ err: error }, 'failed');
    log.warn({ error }, 'failed');
    log.error(error as Error);
    log.error({ err: new Error('outer', { cause: new Error('inner', { cause: error }) }) });
    log.error({ err: new AggregateError([error], 'several') });
    log.error({ reason: error });
    const shown = [
      ...lines,
      ...chain(error),
      JSON.stringify(describeError(error)),
      safeMessage(error),
      JSON.stringify(plainError(error)),
    ];
    for (const text of shown) expect(text).not.toContain('hunter2');
    expect(lines).toHaveLength(6);
    // The information needed to diagnose the error is still there.
    expect(lines[0]).toMatch(/errorCode":"[0-9A-Z]{5}/);
  });
});

/** Every text of an error that Node, Next or Inngest could print or send. */
function chain(error: unknown): string[] {
  const texts: string[] = [];
  for (let at = error as Error | undefined; at; at = at.cause as Error | undefined) {
    texts.push(at.message, String(at.stack), JSON.stringify(at), JSON.stringify({ ...at }));
    for (const name of Object.getOwnPropertyNames(at)) texts.push(String(Reflect.get(at, name)));
  }
  return texts;
}
