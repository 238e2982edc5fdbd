import { once } from 'node:events';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { readSnapshot } from '@/db/snapshot';
import { randomToken, safeEqual } from '@/server/foundation/crypto';
import { log } from '@/server/foundation/log';
import type { Secrets } from '@/server/foundation/secrets';

/**
 * Only one process can have the embedded database open. So that an installation that is running can be backed up, its process passes a
 * snapshot to whoever can read the data folder: `backup.json` there names a port of this machine and a key that is new at each start. Both
 * are as secret as the folder itself, which holds the same rows and keys.
 *
 * The caller sends the key and a line feed, and receives lines of JSON (`answerSchema`), the last of which is `end` or `error`.
 */
const addressSchema = z.object({ port: z.number().int(), key: z.string().min(32), pid: z.number().int() });
export type SnapshotAddress = z.output<typeof addressSchema>;

/** How long a caller may take to send the key, and then to receive something, in milliseconds. */
const REQUEST_MS = 10_000;
const STALLED_MS = 60_000;
const MAX_REQUEST = 200;
/** One is served at a time; any program of this machine can open others. */
export const MAX_CALLERS = 16;

const addressFile = (dataDir: string): string =>
  path.join(/* turbopackIgnore: true */ dataDir, 'backup.json');

/** Returns where the process that uses a data folder can be asked for a snapshot; null if it cannot. */
export function readSnapshotAddress(dataDir: string): SnapshotAddress | null {
  try {
    return addressSchema.parse(JSON.parse(readFileSync(addressFile(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Offers snapshots of this process's database. Returns the function that ends it. Attempts to guess the key are not counted: it is random
 * and as long as those of the installation, and a limit would let any program of this machine prevent backups.
 */
export async function serveSnapshots(
  db: Db,
  dataDir: string,
  secrets: () => Secrets,
  requestMs = REQUEST_MS,
): Promise<() => void> {
  const key = randomToken();
  const open = new Set<Socket>();
  let busy = false;
  const server = createServer((socket) => {
    open.add(socket);
    socket.setTimeout(STALLED_MS, () => socket.destroy());
    // Unlike the timeout of the socket, this one does not begin again with every byte.
    const late = setTimeout(() => socket.destroy(), requestMs).unref();
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(late);
      open.delete(socket);
    });
    let request = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      request += text;
      if (!request.includes('\n') && request.length < MAX_REQUEST) return;
      clearTimeout(late);
      socket.removeAllListeners('data');
      socket.resume();
      if (!safeEqual(request, `${key}\n`)) return void socket.destroy();
      if (busy) return void socket.end(`${JSON.stringify({ error: 'busy' })}\n`);
      busy = true;
      void send(socket, db, secrets).finally(() => {
        busy = false;
      });
    });
  });
  server.maxConnections = MAX_CALLERS;
  server.unref();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  write(addressFile(dataDir), { port, key, pid: process.pid });
  return () => {
    if (readSnapshotAddress(dataDir)?.key === key) rmSync(addressFile(dataDir), { force: true });
    server.close();
    for (const socket of open) socket.destroy();
  };
}

async function send(socket: Socket, db: Db, secrets: () => Secrets): Promise<void> {
  const line = async (answer: object) => {
    if (socket.destroyed) throw new Error('The caller has gone');
    if (!socket.write(`${JSON.stringify(answer)}\n`))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  };
  try {
    await readSnapshot(db, {
      head: (head) => line({ head }),
      rows: (table, rows) => line({ table: `${table.schema}.${table.name}`, rows }),
    });
    await line({ secrets: secrets() });
    socket.end(`${JSON.stringify({ end: true })}\n`);
  } catch (error) {
    log().warn({ err: error }, 'a snapshot for a backup could not be completed');
    socket.end(`${JSON.stringify({ error: 'failed' })}\n`);
  }
}

/** Appears completely or not at all. */
function write(file: string, address: SnapshotAddress): void {
  const temporary = `${file}.${process.pid}`;
  const handle = openSync(/* turbopackIgnore: true */ temporary, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify(address));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(/* turbopackIgnore: true */ temporary, file);
}
