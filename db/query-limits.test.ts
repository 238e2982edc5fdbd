import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import { freshDb, testDriver } from '@/tests/support/db';
import { eventually } from '@/tests/support/eventually';
import { neonRelay } from '@/tests/support/neon-relay';
import { type Db, openDb } from './client';

const LIMITS = { connectMs: 300, statementMs: 400, idleMs: 60_000 };
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Opens a database through a driver. The server on this port speaks PostgreSQL's protocol. */
async function through(
  driver: 'pg' | 'neon',
  port: number,
  url = 'postgres://u:p@127.0.0.1/d',
  limits = LIMITS,
): Promise<Db> {
  const address = new URL(url);
  address.port = String(port);
  const relay = driver === 'neon' ? await neonRelay(port) : undefined;
  if (relay) cleanUp.push(() => relay.close());
  const db = await openDb({
    url: address.toString(),
    driver,
    pool: 2,
    neonWsProxy: relay?.proxy,
    limits,
  });
  cleanUp.push(() => void db.close().catch(() => {}));
  return db;
}

// These tests do not depend on the run's driver, so only one run executes them.
test.runIf(testDriver() === 'pglite').each(['pg', 'neon'] as const)(
  'every query through %s fails if the server accepts connections but never responds',
  async (driver) => {
    const port = await listen(createServer((socket) => socket.on('error', () => {})));
    const db = await through(driver, port, undefined, { ...LIMITS, statementMs: 3_600_000 });
    const asked = [1, 2].map(() => db.asSystem((tx) => tx.execute(sql`select 1`)));
    for (const { status } of await Promise.allSettled(asked)) expect(status).toBe('rejected');
    await expect(db.migrate()).rejects.toThrow();
  },
);

/** A proxy in front of a PostgreSQL that can be told to stop forwarding. */
async function silenceable(port: number) {
  let silent = false;
  const own = await listen(
    createServer((socket) => {
      const server = connect(port, '127.0.0.1');
      const pass = (to: Socket) => (data: Buffer) => {
        if (!silent) to.write(data);
      };
      socket.on('data', pass(server));
      server.on('data', pass(socket));
      for (const [one, other] of [
        [socket, server],
        [server, socket],
      ] as const) {
        one.on('error', () => {});
        one.on('close', () => other.destroy());
      }
    }),
  );
  return {
    port: own,
    silence: (on: boolean) => {
      silent = on;
    },
  };
}

const onServer = testDriver() === 'pglite' ? undefined : (testDriver() as 'pg' | 'neon');

test.runIf(onServer)(
  'a connection that falls silent fails its pending queries, and the next query gets a new one',
  async () => {
    const { url } = (await import('vitest')).inject('template') as { url: string };
    const wire = await silenceable(Number(new URL(url).port));
    const db = await through(onServer ?? 'pg', wire.port, url);
    const ask = () => db.raw.transaction((tx) => tx.execute(sql`select 1 as n`));
    await ask();
    wire.silence(true);
    await expect(ask()).rejects.toThrow();
    await expect(db.raw.execute(sql`select 1`)).rejects.toThrow();
    wire.silence(false);
    expect((await ask()) as unknown).toMatchObject({ rows: [{ n: 1 }] });
  },
);

test.runIf(onServer === 'pg' && process.platform === 'linux')(
  'a query to a stopped PostgreSQL process fails in time',
  async () => {
    const { url } = (await import('vitest')).inject('template') as { url: string };
    const db = await through('pg', Number(new URL(url).port), url);
    const asked = (await db.raw.execute(sql`select pg_backend_pid() as pid`)) as unknown as {
      rows: { pid: number }[];
    };
    const pid = Number(asked.rows[0]?.pid);
    process.kill(pid, 'SIGSTOP');
    cleanUp.push(() => process.kill(pid, 'SIGCONT'));
    await expect(db.raw.execute(sql`select 1`)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('has not answered for 0.4 s') },
    });
    // Other server processes respond once there is a new connection.
    await eventually(() => db.raw.execute(sql`select 1`));
  },
);

test.runIf(onServer)('the server itself ends a slow statement and an idle transaction', async () => {
  const fresh = await freshDb();
  cleanUp.push(() => fresh.close());
  const said = (await fresh.asSystem((tx) =>
    tx.execute(
      sql`select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`,
    ),
  )) as unknown as { rows: object[] };
  expect(said.rows).toEqual([{ statement: '10s', idle: '1min' }]);
});
