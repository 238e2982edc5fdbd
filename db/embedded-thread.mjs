// The embedded database's own thread (see embedded-client.ts). Processes one message after the other, in the order of arrival: { id, kind:
// 'query' | 'exec' | 'close', text, params, rowMode, plain }.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

// The database's file system layer sets the mode of a new file explicitly after creating it, so the process's umask has no effect. This
// patches only this thread's copy of the functions.
for (const name of ['chmodSync', 'fchmodSync', 'lchmodSync']) {
  const change = fs[name];
  if (change) fs[name] = (file, mode) => change(file, typeof mode === 'number' ? mode & ~0o077 : mode);
}
syncBuiltinESMExports();

const asIs = (value) => value;

/** The part of an error that can cross a thread boundary: the message and PostgreSQL's fields (code, constraint, detail and so on). */
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

/**
 * Whether the error is an abort of the database program, which does not respond afterwards, rather than an error reported by PostgreSQL.
 */
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
      // Ends this thread; the client then reopens the folder.
      if (isAbort(error))
        setImmediate(() => {
          throw error;
        });
      parentPort.postMessage({ id: message.id, error: described(error) });
    }
    if (message.kind === 'close') parentPort.close();
  });
});
