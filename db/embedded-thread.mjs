// The embedded database's own thread (see embedded-client.ts). It answers one message after the other, in the order in which
// they came: { id, kind: 'query' | 'exec' | 'close', text, params, rowMode, plain }.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

// The database's file system layer sets the rights of a new file by itself after making it, which the process's umask does not reach.
// The functions are this thread's own.
for (const name of ['chmodSync', 'fchmodSync', 'lchmodSync']) {
  const change = fs[name];
  if (change) fs[name] = (file, mode) => change(file, typeof mode === 'number' ? mode & ~0o077 : mode);
}
syncBuiltinESMExports();

const asIs = (value) => value;

/** What of an error a thread boundary carries: the message and what PostgreSQL says of it (code, constraint, detail and so on). */
function described(error) {
  const said = { name: error?.name, message: error?.message ?? String(error) };
  for (const [key, value] of Object.entries(error ?? {}))
    if (typeof value === 'string' || typeof value === 'number') said[key] = value;
  return said;
}

async function work(db, { kind, text, params, rowMode, plain }) {
  if (kind === 'close') return db.close();
  if (kind === 'exec') return db.exec(text).then((results) => results.at(-1)?.command ?? null);
  const parsers = plain ? Object.fromEntries(plain.map((type) => [type, asIs])) : undefined;
  const { rows, fields, affectedRows } = await db.query(text, params, {
    rowMode,
    ...(parsers ? { parsers } : {}),
  });
  return { rows, fields, affectedRows };
}

/** An abort of the database's program, after which it answers nothing any more; not an error that PostgreSQL tells. */
const isAbort = (error) => error instanceof WebAssembly.RuntimeError || error?.name === 'ExitStatus';

const { begin, ...options } = workerData;
const opened = PGlite.create(options).then(async (db) => {
  if (begin) await db.exec(begin);
  return db;
});
opened.then(
  () => parentPort.postMessage({ opened: true }),
  (error) => parentPort.postMessage({ opened: false, error: described(error) }),
);

let last = opened.catch(() => {});
parentPort.on('message', (message) => {
  last = last.then(async () => {
    try {
      parentPort.postMessage({ id: message.id, result: await work(await opened, message) });
    } catch (error) {
      // Ends this thread; the other side opens the folder again.
      if (isAbort(error))
        setImmediate(() => {
          throw error;
        });
      parentPort.postMessage({ id: message.id, error: described(error) });
    }
    if (message.kind === 'close') parentPort.close();
  });
});
