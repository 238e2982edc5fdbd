import type pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { resetBoundedLog } from '@/server/foundation/bounded-log';
import { isDatabaseUnreachable } from '@/server/foundation/database-unreachable';
import type { createLog } from '@/server/foundation/log';
import { refusalOf } from '@/server/foundation/refusal';
import { type RequestOutage, whileAnswering } from '@/server/foundation/request-outage';
import { freshDb } from '@/tests/support/db';
import type { Db } from './client';
import { DatabaseTimeout } from './query-limits';
import { markIfUnreachable } from './unreachable';

const lines = vi.hoisted((): string[] => []);
vi.mock('@/server/foundation/log', async (original) => {
  const module = await original<{ createLog: typeof createLog }>();
  let made: pino.Logger | undefined;
  const log = () => {
    made ??= module.createLog('debug', { write: (line: string) => void lines.push(line) });
    return made;
  };
  return { ...module, log };
});

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(() => {
  lines.length = 0;
  resetBoundedLog();
});

const QUERY = "select 'secret', $1 from posts";
/** The error as Drizzle throws it. */
const failedQuery = (cause: Error) =>
  Object.assign(new Error(`Failed query: ${QUERY}`, { cause }), { query: QUERY, params: ['victim'] });
const written = () => lines.map((line) => JSON.parse(line));

it.each([
  [
    'the server cancelled',
    Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }),
  ],
  ['timed out without a response', new DatabaseTimeout('The database has not answered for 10 s')],
])('logs the text and call site, but no values, of a statement that %s', (_how, cause) => {
  const error = markIfUnreachable(failedQuery(cause));
  // The error passes through here again while it propagates.
  markIfUnreachable(error);
  expect(refusalOf(error)?.code).toBe('unavailable');
  const [line, ...rest] = written().filter(({ level }) => level === 50);
  expect(rest).toEqual([]);
  expect(line).toMatchObject({
    msg: 'a statement timed out',
    statement: "select '…', $1 from posts",
    err: { stack: expect.stringContaining('unreachable.test.ts') },
  });
  expect(lines.join('')).not.toMatch(/victim|secret/);
});

it('does not report a slow statement as an unreachable database', () => {
  markIfUnreachable(failedQuery(Object.assign(new Error('canceling statement'), { code: '57014' })));
  expect(written().map(({ msg }) => msg)).toEqual(['a statement timed out']);
});

it.each(['asSystem', 'asWorkspace'] as const)(
  'does not blame the database when an unrelated connection breaks inside a transaction of %s',
  async (method) => {
    const outage: RequestOutage = { databaseUnreachable: false };
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const work = () => Promise.reject(reset);
    const ask = () => (method === 'asSystem' ? db.asSystem(work) : db.asWorkspace('wrk_1' as never, work));
    await expect(whileAnswering(outage, ask)).rejects.toBe(reset);
    expect(isDatabaseUnreachable(reset)).toBe(false);
    expect(outage).toEqual({ databaseUnreachable: false });
    expect(lines).toEqual([]);
  },
);
