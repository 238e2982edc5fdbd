import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { configuredDatabase, type Db, openDb } from '@/db/client';
import { resetEnv } from '@/server/foundation/env';
import { resetSecrets, secrets } from '@/server/foundation/secrets';
import { emptyDatabase, fillFolder, testDriver } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { run } from './cli';
import { serveSnapshots } from './serve-snapshots';

let folder: string;
let backups: string;
let settings: Record<string, string>;
let drop: () => Promise<void>;
let db: Db;
const kept = { ...process.env };

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-killed-'));
  backups = path.join(folder, 'backups');
  mkdirSync(backups);
  const empty = await emptyDatabase();
  drop = empty.drop;
  settings = {
    TRIBUTARY_DATA_DIR: path.join(folder, 'data'),
    TRIBUTARY_BACKUP_PASSPHRASE: 'correct horse battery staple',
    ...empty.settings,
  };
  await fillFolder(path.join(folder, 'data', 'pglite'));
  mkdirSync(path.join(folder, 'data'), { recursive: true });
  Object.assign(process.env, settings, { TRIBUTARY_NEW_SECRETS: 'yes-sealed-credentials-are-lost' });
  resetEnv();
  resetSecrets();
  secrets();
  delete process.env.TRIBUTARY_NEW_SECRETS;
  resetEnv();
  db = await openDb(configuredDatabase());
  await db.migrate();
  await createWorld(db);
});
afterAll(async () => {
  await db.close();
  await drop();
  rmSync(folder, { recursive: true, force: true });
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  resetEnv();
  resetSecrets();
});

const begin = (): ChildProcess =>
  spawn(process.execPath, ['scripts/backup.mjs', 'backup', '--to', backups], {
    env: { PATH: process.env.PATH, NODE_ENV: 'test', ...settings } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
const unfinished = () => readdirSync(backups).filter((name) => /^\..*\.part$/.test(name));

/** Kills a backup of the running app when it has received all rows and waits for the keys. */
async function killBeforeKeys(): Promise<unknown> {
  let child: ChildProcess | undefined;
  const stop = await serveSnapshots(db, path.join(folder, 'data'), () => {
    child?.kill('SIGKILL');
    return secrets();
  });
  child = begin();
  const [, signal] = await once(child, 'exit');
  stop();
  return signal;
}

/** Kills a backup that waits for the rows of a table. */
const killBeforeRows = (): Promise<unknown> =>
  db.raw.transaction(async (tx) => {
    await tx.execute(sql`lock table tributary.workspaces in access exclusive mode`);
    const child = begin();
    const exit = once(child, 'exit');
    await expect.poll(unfinished, { timeout: 60_000 }).toHaveLength(1);
    child.kill('SIGKILL');
    const [, signal] = await exit;
    return signal;
  });

test('a backup that is killed leaves nothing under a final name, and the next one is complete', async () => {
  expect(await (testDriver() === 'pglite' ? killBeforeKeys() : killBeforeRows())).toBe('SIGKILL');
  expect(unfinished()).toHaveLength(1);
  expect(readdirSync(backups)).toEqual(unfinished());

  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const stop = await serveSnapshots(db, path.join(folder, 'data'), secrets);
  expect(await run('backup', ['--to', backups], folder, 1)).toBe(0);
  stop();
  const [made = '', ...more] = readdirSync(backups).filter((name) => name.endsWith('.age'));
  expect(more).toEqual([]);
  expect(await run('backup', ['--check', path.join(backups, made)], folder)).toBe(0);
  vi.restoreAllMocks();
});
