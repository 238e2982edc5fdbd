import { existsSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * Creates the embedded database's folder if it does not exist. This runs in its own thread so that the memory PostgreSQL's `initdb` needs
 * once (about 400 MiB) is freed afterwards, and next to the folder, which therefore appears complete or not at all. Throws the database's
 * own error, for example if the disk is full.
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
  // Only an empty folder is replaced, because existing content might belong to somebody else.
  if (existsSync(/* turbopackIgnore: true */ dataDir)) rmdirSync(dataDir);
  renameSync(/* turbopackIgnore: true */ scratch, dataDir);
}

/** Runs a script that may import this project's packages in a worker thread, and waits for it to end. */
function inThread(script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(`(async () => { ${script} })().catch((e) => { throw e; });`, {
      eval: true,
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`The embedded database could not be created (exit code ${code})`)),
    );
  });
}
