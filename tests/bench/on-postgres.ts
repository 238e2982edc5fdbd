import { type ChildProcess, spawn } from 'node:child_process';
import { type Db, openDb } from '@/db/client';
import { resetEnv } from '@/server/foundation/env';
import { resetSecrets } from '@/server/foundation/secrets';
import { startPostgres } from '../../scripts/postgres.mjs';
import { freePort, type RunningApp, removeFolder, scratchFolder, startApp } from './app';
import { NO_LIMITS } from './filled-app';

export interface Stage {
  db: Db;
  /** Starts an app process on this database and sandbox, without the demo data. It is stopped with the stage. */
  start(): Promise<RunningApp>;
}

/** Runs `work` with a PostgreSQL that has the app's tables, and the sandbox in a separate process. */
export async function onPostgres(work: (stage: Stage) => Promise<void>): Promise<void> {
  const postgres = await startPostgres();
  const dataDir = scratchFolder();
  process.env.TRIBUTARY_DATA_DIR = dataDir;
  resetEnv();
  resetSecrets();
  const sandboxPort = await freePort();
  const start = (env: Record<string, string>) =>
    startApp({ dataDir, env: { DATABASE_URL: postgres.url, ...env } });
  await (await start({})).stop();
  const db = await openDb({ url: postgres.url, driver: 'pg', pool: 2 });
  const sandbox = startSandbox(sandboxPort, dataDir, postgres.url);
  const apps: RunningApp[] = [];
  try {
    await work({
      db,
      async start() {
        const app = await start({
          ...NO_LIMITS,
          TRIBUTARY_DEMO: '0',
          TRIBUTARY_SANDBOX_URL: `http://127.0.0.1:${sandboxPort}/sandbox`,
        });
        apps.push(app);
        return app;
      },
    });
  } finally {
    await Promise.all(apps.map((app) => app.stop()));
    sandbox.kill('SIGKILL');
    await db.close();
    await postgres.stop();
    removeFolder(dataDir);
  }
}

/** Starts the sandbox in a separate process. */
function startSandbox(port: number, dataDir: string, url: string): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'server/sandbox/standalone.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      TRIBUTARY_DATA_DIR: dataDir,
      DATABASE_URL: url,
      SANDBOX_PORT: String(port),
      TRIBUTARY_SANDBOX: '1',
      TRIBUTARY_LOG: 'error',
    },
  });
}
