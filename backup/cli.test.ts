// @alone: changes the settings and the umask of the process
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { configuredDatabase, openDb } from '@/db/client';
import { env, resetEnv } from '@/server/foundation/env';
import { resetSecrets, secrets } from '@/server/foundation/secrets';
import { emptyDatabase, fillFolder, testDriver } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { run } from './cli';
import { serveSnapshots } from './serve-snapshots';

let folder: string;
let settings: Record<string, string>;
let drop: () => Promise<void>;
const kept = { ...process.env };
let output = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-cli-'));
  ({ settings, drop } = await emptyDatabase());
});
afterAll(async () => {
  await drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  output = '';
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      output += String(text);
      return true;
    });
});
afterEach(() => {
  vi.restoreAllMocks();
  use({});
});

/** Makes these the settings of the process. */
function use(more: Record<string, string>) {
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  Object.assign(process.env, kept, more);
  resetEnv();
  resetSecrets();
}
const passphrase = { TRIBUTARY_BACKUP_PASSPHRASE: 'correct horse battery staple' };

test('says how it is used', async () => {
  expect(await run('backup', ['--help'])).toBe(0);
  expect(output).toContain('--to FILE');
  expect(await run('restore', ['-h'])).toBe(0);
  expect(await run('restore', [])).toBe(1);
  expect(await run('backup', ['here.age'])).toBe(1);
  expect(await run('backup', ['--form', 'x'])).toBe(1);
  expect(output).not.toMatch(/\n\s+at /);
});

test('with nothing to back up, says so and creates nothing', async () => {
  const dataDir = path.join(folder, 'nothing');
  use({ TRIBUTARY_DATA_DIR: dataDir, ...passphrase });
  expect(await run('backup', ['--to', folder])).toBe(1);
  expect(output).toMatch(/nothing to back up/);
  expect(existsSync(dataDir)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test('an installation is backed up, stopped and running, and the backup verified', async () => {
  const dataDir = path.join(folder, 'data');
  use({ TRIBUTARY_DATA_DIR: dataDir, ...settings });
  await fillFolder(path.join(dataDir, 'pglite'));
  mkdirSync(dataDir, { recursive: true });
  process.env.TRIBUTARY_NEW_SECRETS = 'yes-sealed-credentials-are-lost';
  resetEnv();
  secrets();
  delete process.env.TRIBUTARY_NEW_SECRETS;
  const db = await openDb(configuredDatabase());
  await db.migrate();
  await createWorld(db);
  await db.raw.execute(sql`create table tributary."My Notes" (note text)`);

  use({ TRIBUTARY_DATA_DIR: dataDir, ...settings, TRIBUTARY_BACKUP_PASSPHRASE: 'too short' });
  expect(await run('backup', ['--to', folder])).toBe(1);
  expect(output).toMatch(/TRIBUTARY_BACKUP_PASSPHRASE: must have at least 12/);

  use({ TRIBUTARY_DATA_DIR: dataDir, ...settings, ...passphrase });
  const file = path.join(folder, 'a.age');
  const stop = await serveSnapshots(db, env().dataDir, secrets);
  expect(await run('backup', ['--to', 'a.age'], folder, 1)).toBe(0);
  stop();
  expect(output).toMatch(/\d+ rows in \d+ tables, 0 files, and the keys/);
  expect(output).toMatch(/left out of backups: tributary\.My Notes/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  if (testDriver() === 'pglite') {
    // The app runs and cannot be asked.
    expect(await run('backup', ['--to', 'b.age'], folder)).toBe(1);
    expect(output).toMatch(/cannot be asked/);
    expect(existsSync(path.join(folder, 'b.age'))).toBe(false);
  }
  await db.close();
  expect(await run('backup', ['--to', folder], folder, 1)).toBe(0);
  expect(
    readdirSync(folder).filter((name) => /^tributary-\d{8}T\d{6}Z\.tar\.gz\.age$/.test(name)),
  ).toHaveLength(1);

  output = '';
  expect(await run('restore', ['--check', 'a.age'], folder)).toBe(0);
  expect(await run('backup', ['--check', 'a.age'], folder)).toBe(0);
  expect(output).toMatch(/complete and can be read/);
  expect(output.match(/left out of backups: tributary\.My Notes/g)).toHaveLength(2);
  writeFileSync(path.join(folder, 'c.age'), 'no backup');
  expect(await run('restore', ['--check', 'c.age'], folder)).toBe(1);
  expect(await run('restore', ['a.age'], folder)).toBe(1);
  expect(output).toMatch(/data folder .* is not empty/);
  use({ TRIBUTARY_DATA_DIR: dataDir, ...settings, TRIBUTARY_BACKUP_PASSPHRASE: 'another passphrase' });
  expect(await run('restore', ['--check', 'a.age'], folder)).toBe(1);
  expect(output).toMatch(/passphrase is not the one/);
  expect(output).not.toMatch(/\n\s+at /);
});
