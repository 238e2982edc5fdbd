import { type ChildProcess, spawn } from 'node:child_process';
import { openDb } from '@/db/client';
import { resetEnv } from '@/server/foundation/env';
import { resetSecrets } from '@/server/foundation/secrets';
import { startPostgres } from '../../scripts/postgres.mjs';
import { freePort, removeFolder, scratchFolder, startApp } from './app';
import { report } from './figure';
import { NO_LIMITS, reportRows } from './publish';
import { countOut, fill, readAll } from './publish-rows';

const N = Number(process.env.BENCH_N ?? 30_000);
const CONNECTIONS = 200;
const PER_MINUTE = 6_000;

/**
 * A PostgreSQL, two app processes and the sandbox in a process of its own, all on this machine: posts on two hundred
 * accounts, due at an even 6,000 a minute.
 */
export async function publishPostgres(): Promise<void> {
  const postgres = await startPostgres();
  const dataDir = scratchFolder();
  process.env.TRIBUTARY_DATA_DIR = dataDir;
  resetEnv();
  resetSecrets();
  const sandboxPort = await freePort();
  const env = {
    ...NO_LIMITS,
    DATABASE_URL: postgres.url,
    TRIBUTARY_SANDBOX_URL: `http://127.0.0.1:${sandboxPort}/sandbox`,
  };
  await (await startApp({ dataDir, env: { DATABASE_URL: postgres.url } })).stop();
  const db = await openDb({ url: postgres.url, driver: 'pg', pool: 2 });
  const sandbox = startSandbox(sandboxPort, dataDir, postgres.url);
  const apps = [];
  try {
    const dueFrom = Date.now() + 60_000;
    await fill(db, {
      posts: N,
      connections: CONNECTIONS,
      dueAt: (i) => new Date(dueFrom + Math.floor((i * 60_000) / PER_MINUTE)),
    });
    for (let i = 0; i < 2; i++) apps.push(await startApp({ dataDir, env: { ...env, TRIBUTARY_DEMO: '0' } }));
    const until = dueFrom + (N / PER_MINUTE) * 60_000 + 120_000;
    let resident = 0;
    while (Date.now() < until && (await countOut(db)) < N) {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      resident = Math.max(resident, ...apps.map((app) => app.residentMiB()));
    }
    const base = { bench: 'publish-postgres', n: N, database: 'pg' as const, scenario: '6000_a_minute' };
    const rows = await readAll(db);
    reportRows({ ...base }, rows, dueFrom);
    report({ ...base, metric: 'connections', value: CONNECTIONS, unit: 'connections' });
    report({ ...base, metric: 'resident_max', value: resident, unit: 'MiB' });
  } finally {
    await Promise.all(apps.map((app) => app.stop()));
    sandbox.kill('SIGKILL');
    await db.close();
    await postgres.stop();
    removeFolder(dataDir);
  }
}

/** The sandbox alone, in a process of its own. */
export function startSandbox(port: number, dataDir: string, url: string): ChildProcess {
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
