import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type Db, openDb } from './client';
import { connectWithRetry, DatabaseUnreachable } from './connect-with-retry';

const ADDRESS = { host: 'db.example.com', port: 5433 };
const NO_WAIT = { waitMs: 0, onWait: () => {} };
/** A client factory whose connections have these results, in order; the last result repeats. */
function clients(...ends: (Error | null)[]) {
  let made = 0;
  return {
    made: () => made,
    make: () => {
      const end = ends[Math.min(made++, ends.length - 1)];
      return {
        connect: async () => {
          if (end) throw end;
        },
        end: async () => {},
        on: () => {},
      };
    },
  };
}
const failing = (code: string | undefined) =>
  Object.assign(new Error('connect to hunter2 as admin'), code === undefined ? {} : { code });

test('a server that is not up yet is awaited, and the wait is reported once', async () => {
  const said: string[] = [];
  const { make, made } = clients(failing('ECONNREFUSED'), failing('57P03'), failing(undefined), null);
  await connectWithRetry(make, ADDRESS, { waitMs: 60_000, onWait: (words) => said.push(words) });
  expect(made()).toBe(4);
  expect(said).toEqual([expect.stringContaining('db.example.com:5433')]);
});

test.each(['ECONNREFUSED', 'ENOTFOUND', 'ENOENT', '57P03', '28P01', '28000', '3D000', '42501', undefined])(
  'the error for a failed connection (%s) names host and port and reveals no secret',
  async (code) => {
    const error = await connectWithRetry(clients(failing(code)).make, ADDRESS, NO_WAIT).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(DatabaseUnreachable);
    expect(String(error)).toContain('db.example.com:5433');
    expect(
      `${(error as Error).stack} ${JSON.stringify(error)} ${String((error as Error).cause)}`,
    ).not.toMatch(/hunter2|admin/);
  },
);

test.each(['28P01', '3D000', '42501'])('a refusal by the server itself (%s) is not retried', async (code) => {
  const { make, made } = clients(failing(code));
  await expect(connectWithRetry(make, ADDRESS, { waitMs: 60_000, onWait: () => {} })).rejects.toThrow(
    code === '3D000' ? 'no database' : code,
  );
  expect(made()).toBe(1);
});

test.each(['pg', 'neon'] as const)(
  'starting without the database fails with a clear message, through %s',
  async (driver) => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const db: Db = await openDb({
      url: `postgres://admin:hunter2@127.0.0.1:${port}/d`,
      driver,
      neonWsProxy: `127.0.0.1:${port}/v1`,
    });
    const error = await db.migrate().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DatabaseUnreachable);
    expect(String(error)).toContain(`127.0.0.1:${port}`);
    expect(String(error)).not.toMatch(/hunter2|admin/);
    await db.close();
  },
);
