import { existsSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

/** The PostgreSQL version of the embedded database. A folder of another one cannot be opened. */
const EMBEDDED_VERSION = '18';

/** The folder was made by another version of the embedded database. */
export class OtherEmbeddedVersion extends Error {
  override name = 'OtherEmbeddedVersion';
}

/**
 * Creates the embedded database's folder if it does not exist. This runs in its own thread so that the memory PostgreSQL's `initdb` needs
 * once (about 400 MiB) is freed afterwards, and next to the folder, which therefore appears complete or not at all. Throws the database's
 * own error, for example if the disk is full, and OtherEmbeddedVersion, with instructions, before anything in an existing folder is touched.
 */
export async function prepareFolder(dataDir: string): Promise<void> {
  const versionFile = path.join(/* turbopackIgnore: true */ dataDir, 'PG_VERSION');
  if (existsSync(versionFile)) {
    const version = readFileSync(versionFile, 'utf8').trim();
    if (version === EMBEDDED_VERSION) return;
    throw new OtherEmbeddedVersion(
      `The database in ${dataDir} was made by PostgreSQL ${version}, and this version of Tributary contains PostgreSQL ${EMBEDDED_VERSION}, which cannot open it. ` +
        'Nothing was changed. Make a backup with the version of Tributary that made it (npm run backup), and restore that into an empty data folder with this one: docs/backup.md.',
    );
  }
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
