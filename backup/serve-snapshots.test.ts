import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { workspaces } from '@/db/schema';
import { tableName } from '@/db/snapshot-format';
import { freshDb, testDriver } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { NotServed, requestSnapshot } from './request-snapshot';
import { MAX_CALLERS, readSnapshotAddress, type SnapshotAddress, serveSnapshots } from './serve-snapshots';

const secrets = Object.fromEntries(
  ['authSecret', 'encryptionKeys', 'linkSigning', 'inngestSigningKey', 'stripeWebhookSecret'].map((name) => [
    name,
    name.repeat(5),
  ]),
) as unknown as Awaited<ReturnType<typeof requestSnapshot>>;

let db: Db;
let folder: string;
let stop: () => void;
let address: SnapshotAddress;
beforeAll(async () => {
  db = await freshDb();
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-serve-'));
  await createWorld(db, { name: 'Before' });
  stop = await serveSnapshots(db, folder, () => secrets);
  address = readSnapshotAddress(folder) as SnapshotAddress;
});
afterAll(async () => {
  stop();
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Reads a snapshot; `onHead` runs while it is being read. Returns the names of the workspaces. */
async function names(onHead: () => Promise<unknown> = async () => {}): Promise<string[]> {
  const found: string[] = [];
  const own = await requestSnapshot(address, {
    head: async () => void (await onHead()),
    rows: async (table, rows) => {
      if (tableName(table) !== 'tributary.workspaces') return;
      const at = table.columns.findIndex(({ name }) => name === 'name');
      for (const row of rows) found.push(String((JSON.parse(row) as unknown[])[at]));
    },
  });
  expect(own).toEqual(secrets);
  return found;
}

test('whoever can read the data folder gets the rows and the keys', async () => {
  expect(statSync(path.join(folder, 'backup.json')).mode & 0o777).toBe(0o600);
  expect(await names()).toEqual(['Before']);
});

test('others can write while it is read, and it does not contain what they wrote', async () => {
  const found = await names(async () => {
    await createWorld(db, { name: 'Meanwhile' });
    expect(await db.asSystem((tx) => tx.$count(workspaces))).toBe(2);
  });
  expect(found).toEqual(['Before']);
  expect(await names()).toHaveLength(2);
});

test('another key gets nothing', async () => {
  const heard = await new Promise<string>((done) => {
    let text = '';
    const socket = connect({ port: address.port, host: '127.0.0.1' }, () =>
      socket.write(`${'x'.repeat(43)}\n`),
    );
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', () => {});
    socket.once('close', () => done(text));
  });
  expect(heard).toBe('');
  await expect(
    requestSnapshot({ ...address, key: 'x'.repeat(43) }, { head: async () => {}, rows: async () => {} }),
  ).rejects.toBeInstanceOf(NotServed);
});

test('a second snapshot at the same time is refused, and a caller that leaves makes room', async () => {
  // More than the connection holds, so that the first one is still being sent.
  await db.raw.execute(
    sql`insert into tributary_sandbox.settings (key, value) select 'large ' || n, to_jsonb(repeat('x', 1500000)) from generate_series(1, 8) n`,
  );
  await expect(
    names(async () => {
      await expect(names()).rejects.toThrow(/in progress/);
      throw new Error('the caller gives up');
    }),
  ).rejects.toThrow('the caller gives up');
  await expect.poll(() => names().catch((error: Error) => error.message)).toHaveLength(2);
  if (testDriver() !== 'pglite') return;
  // Nothing of an unfinished snapshot stays in the database.
  const { rows } = (await db.raw.execute(
    "select name from pg_cursors where name like 'snapshot%'",
  )) as unknown as { rows: unknown[] };
  expect(rows).toEqual([]);
});

async function opened(port: number): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.resume();
  const closed = new Promise((done) => socket.once('close', done));
  await once(socket, 'connect');
  return { socket, closed };
}

test('there are only so many callers', async () => {
  const callers: Socket[] = [];
  for (let i = 0; i < MAX_CALLERS; i++) callers.push((await opened(address.port)).socket);
  await (await opened(address.port)).closed;
  for (const socket of callers) socket.destroy();
  await expect.poll(() => names().catch(() => [])).toHaveLength(2);
});

test('a caller that sends nothing, or never comes to an end, is closed', async () => {
  const other = mkdtempSync(path.join(tmpdir(), 'tributary-serve-'));
  const end = await serveSnapshots(db, other, () => secrets, 500);
  const { port } = readSnapshotAddress(other) as SnapshotAddress;
  const silent = await opened(port);
  const slow = await opened(port);
  // Every byte begins an idle timeout again.
  const typing = setInterval(() => slow.socket.write('x'), 50);
  await Promise.all([silent.closed, slow.closed]);
  clearInterval(typing);
  end();
  rmSync(other, { recursive: true, force: true });
});

test('it ends with the app', async () => {
  const other = mkdtempSync(path.join(tmpdir(), 'tributary-serve-'));
  const end = await serveSnapshots(db, other, () => secrets);
  const was = readSnapshotAddress(other) as SnapshotAddress;
  end();
  expect(existsSync(path.join(other, 'backup.json'))).toBe(false);
  await expect(requestSnapshot(was, { head: async () => {}, rows: async () => {} })).rejects.toBeInstanceOf(
    NotServed,
  );
  rmSync(other, { recursive: true, force: true });
});
