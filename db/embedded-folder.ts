import { existsSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * Makes the embedded database's folder when it is not there yet. Done in a thread of its own, whose memory (about 400 MiB
 * that PostgreSQL's `initdb` needs once) is given back when it ends; and beside the folder, which appears whole or not at
 * all. Throws what the database says, for instance that the disk is full.
 */
export async function prepareFolder(dataDir: string): Promise<void> {
  if (existsSync(path.join(/* turbopackIgnore: true */ dataDir, 'PG_VERSION'))) return;
  const scratch = `${dataDir}.new`;
  rmSync(/* turbopackIgnore: true */ scratch, { recursive: true, force: true });
  await inThread(
    `const { PGlite } = await import('@electric-sql/pglite');
     const db = await PGlite.create({ dataDir: ${JSON.stringify(scratch)} });
     await db.close();`,
  );
  // Only an empty folder gives way: what is in it may be somebody's.
  if (existsSync(/* turbopackIgnore: true */ dataDir)) rmdirSync(dataDir);
  renameSync(/* turbopackIgnore: true */ scratch, dataDir);
}

/** Runs a script with packages of this project in a worker thread, and waits for its end. */
function inThread(script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(`(async () => { ${script} })().catch((e) => { throw e; });`, {
      eval: true,
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`The embedded database could not be made (${code})`)),
    );
  });
}
