import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configuredDatabase, type Db, openDb } from '@/db/client';
import { seedDemo } from '@/db/seed';
import { seedContent } from '@/db/seed/content';
import { readSnapshot } from '@/db/snapshot';
import { RowTally, type SnapshotHead, tableName } from '@/db/snapshot-format';
import { openTokens } from '@/server/connectors/host/tokens';
import { storeFolder } from '@/server/domains/files/store';
import { ManualClock } from '@/server/foundation/clock';
import { type Env, parseEnv, resetEnv } from '@/server/foundation/env';
import { resetSecrets, type Secrets, secrets, secretsSchema } from '@/server/foundation/secrets';
import { emptyDatabase, freshDb, testDriver } from '@/tests/support/db';
import { openModes } from '@/tests/support/modes';
import { createBackup } from './create';
import { restoreBackup } from './restore';
import { assertRestoreFinished } from './unfinished';

const passphrase = 'correct horse battery staple';
const TAKEN = '2026-07-10T12:00:00Z';

let db: Db;
let folder: string;
let file: string;
let before: Map<string, { rows: number; digest: string }>;
let known: Secrets;
const dropped: (() => Promise<void>)[] = [];

beforeAll(async () => {
  process.env.TRIBUTARY_SANDBOX = '1';
  resetEnv();
  resetSecrets();
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-backup-'));
  file = path.join(folder, 'demo.age');
  db = await freshDb();
  const clock = new ManualClock(TAKEN);
  const demo = await seedDemo(db, clock);
  if (!demo) throw new Error('no demo');
  await seedContent(db, { ...demo, clock });
  known = secrets();
  before = await tallies(db);
  const source = async (sink: Parameters<typeof readSnapshot>[1]) => {
    await readSnapshot(db, sink);
    return known;
  };
  const report = await createBackup({ to: file, passphrase, workFactor: 10, source, files: storeFolder() });
  expect(report.missing).toEqual([]);
  expect(report.files.count).toBeGreaterThan(0);
});
afterAll(async () => {
  await db.close();
  for (const drop of dropped) await drop();
  rmSync(folder, { recursive: true, force: true });
  delete process.env.TRIBUTARY_SANDBOX;
  resetEnv();
  resetSecrets();
});

/** Returns the number and the digest of the rows of every table. */
async function tallies(of: Db) {
  const found = new Map<string, RowTally>();
  await readSnapshot(of, {
    head: async (head) => {
      for (const table of head.tables) found.set(tableName(table), new RowTally());
    },
    rows: async (table, rows) => found.get(tableName(table))?.add(rows),
  });
  return new Map([...found].map(([name, tally]) => [name, tally.result()]));
}

let folders = 0;
/** Settings of an installation without anything. */
async function emptyInstallation(more: Record<string, string> = {}): Promise<Env> {
  const { settings, drop } = await emptyDatabase();
  dropped.push(drop);
  return parseEnv({
    NODE_ENV: 'test',
    TRIBUTARY_DATA_DIR: path.join(folder, `installation-${++folders}`),
    ...settings,
    ...more,
  });
}
/** Half an hour after the backup, so that nothing in the demo was due meanwhile. */
const clock = new ManualClock('2026-07-10T12:30:00Z');
const restore = (settings: Env, onPoint?: (name: string) => void, from = file) =>
  restoreBackup({ file: from, passphrase, settings, clock, ...(onPoint ? { onPoint } : {}) });
const rowsIn = async <T>(of: Db, text: ReturnType<typeof sql>) =>
  ((await of.asSystem((tx) => tx.execute(text))) as unknown as { rows: T[] }).rows;

test('everything comes back: every row, every file, the keys, the policies and the triggers', async () => {
  const settings = await emptyInstallation();
  const { manifest } = await restore(settings);
  const restored = await openDb(configuredDatabase(settings));
  try {
    await restored.migrate();
    const after = await tallies(restored);
    const changed = [...after]
      .filter(
        ([name, { rows, digest }]) => before.get(name)?.rows !== rows || before.get(name)?.digest !== digest,
      )
      .map(([name]) => name);
    // What holdRestored changes, and the record of it.
    const byDesign = [
      'tributary.activity',
      'tributary.alerts',
      'tributary.devices',
      'tributary.emails',
      'tributary.heartbeats',
      'tributary.oauth_states',
      'tributary.price_rules',
      'tributary.publication_results',
      'tributary.sessions',
      'tributary.workspaces',
    ];
    expect(changed.filter((name) => !byDesign.includes(name))).toEqual([]);
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect(manifest.tables['tributary.ledger_postings']?.rows).toBeGreaterThan(0);

    // The credentials open with the restored keys.
    const own = secretsSchema.parse(
      JSON.parse(readFileSync(path.join(settings.dataDir, 'secrets.json'), 'utf8')),
    );
    expect(own).toEqual(known);
    const sealed = await rowsIn<{ context: string; credentials: string }>(
      restored,
      sql`select 'connection:' || id as context, credentials from connections where credentials is not null
        union all select coalesce(sealed_for, 'grant:' || id), credentials from grants where credentials is not null`,
    );
    expect(new Set(sealed.map(({ context }) => context.split(':')[0]))).toEqual(
      new Set(['connection', 'grant']),
    );
    for (const { context, credentials } of sealed)
      expect(openTokens(context, credentials).accessToken).toBeTruthy();

    // The files are there and private.
    const stored = await rowsIn<{ key: string }>(restored, sql`select storage_key as key from files`);
    for (const { key } of stored)
      expect(
        readFileSync(path.join(settings.dataDir, 'files', key)).equals(
          readFileSync(path.join(storeFolder(), key)),
        ),
      ).toBe(true);
    if (process.platform !== 'win32') expect(openModes(path.join(settings.dataDir, 'files'))).toEqual([]);
    expect(existsSync(path.join(settings.dataDir, 'restoring'))).toBe(false);
    await assertRestoreFinished(settings);

    // The bare login sees no rows, the ledger is append-only, and references are checked.
    const bare = (await restored.raw.execute(
      sql`select count(*)::int as n from tributary.workspaces`,
    )) as unknown as {
      rows: { n: number }[];
    };
    expect(bare.rows).toEqual([{ n: 0 }]);
    await expect(
      restored.asSystem((tx) => tx.execute(sql`delete from ledger_postings`)),
    ).rejects.toMatchObject({ cause: { code: expect.stringMatching(/23000|42501/) } });
    await expect(
      restored.asSystem((tx) =>
        tx.execute(sql`insert into posting_settings (workspace_id) values ('nobody')`),
      ),
    ).rejects.toMatchObject({ cause: { code: '23503' } });
    const [keys] = await rowsIn<{ n: number }>(
      restored,
      sql`select count(*)::int as n from pg_constraint where contype = 'f' and connamespace = 'tributary'::regnamespace`,
    );
    const [keysBefore] = await rowsIn<{ n: number }>(
      db,
      sql`select count(*)::int as n from pg_constraint where contype = 'f' and connamespace = 'tributary'::regnamespace`,
    );
    expect(keys).toEqual(keysBefore);
    // New rows continue the counters.
    const next = (of: Db) =>
      of.raw.execute(sql`select last_value from tributary_sandbox.etsy_ledger_id_seq`) as unknown as Promise<{
        rows: unknown[];
      }>;
    expect((await next(restored)).rows).toEqual((await next(db)).rows);
  } finally {
    await restored.close();
  }

  // It is an installation now, which a restore does not replace.
  const was = readdirSync(settings.dataDir).sort();
  await expect(restore(settings)).rejects.toThrow(/not empty/);
  expect(readdirSync(settings.dataDir).sort()).toEqual(was);
});

test('a folder with anything in it, and a database with tables, are left as they are', async () => {
  const settings = await emptyInstallation();
  mkdirSync(settings.dataDir);
  writeFileSync(path.join(settings.dataDir, 'notes.txt'), 'mine');
  await expect(restore(settings)).rejects.toThrow(/not empty: it contains notes\.txt/);
  expect(readdirSync(settings.dataDir)).toEqual(['notes.txt']);

  if (testDriver() === 'pglite') return;
  const taken = await emptyInstallation();
  const there = await openDb(configuredDatabase(taken));
  await there.raw.execute(sql`create schema tributary`);
  await there.raw.execute(sql`create table tributary.rivers (name text)`);
  await there.raw.execute(sql`insert into tributary.rivers values ('Inn')`);
  await expect(restore(taken)).rejects.toThrow(/database is not empty/);
  expect((await there.raw.execute(sql`select name from tributary.rivers`)) as unknown).toMatchObject({
    rows: [{ name: 'Inn' }],
  });
  expect(existsSync(taken.dataDir)).toBe(false);
  await there.close();
});

test('a backup of a newer version is refused before anything is written', async () => {
  const newer = path.join(folder, 'newer.age');
  await createBackup({
    to: newer,
    passphrase,
    workFactor: 1,
    files: path.join(folder, 'none'),
    source: async (sink) => {
      await readSnapshot(db, {
        head: (head: SnapshotHead) =>
          sink.head({
            ...head,
            migrations: [...head.migrations, { hash: 'unknown', at: Date.UTC(2035, 0, 1) }],
          }),
        rows: sink.rows,
      });
      return known;
    },
  });
  const settings = await emptyInstallation();
  await expect(restore(settings, undefined, newer)).rejects.toThrow(/backup was made by a newer version/);
  expect(existsSync(settings.dataDir)).toBe(false);
});

test('other keys in the settings are refused by name', async () => {
  const settings = await emptyInstallation({
    AUTH_SECRET: 'x'.repeat(40),
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
  });
  await expect(restore(settings)).rejects.toThrow(/AUTH_SECRET and ENCRYPTION_KEYS/);
  expect(existsSync(settings.dataDir)).toBe(false);
  // Newer keys beside those of the backup are fine, as are the same ones.
  const same = await emptyInstallation({
    AUTH_SECRET: known.authSecret,
    ENCRYPTION_KEYS: `k2:${Buffer.alloc(32).toString('base64')},${known.encryptionKeys}`,
  });
  await expect(
    restore(same, () => {
      throw new Error('far enough');
    }),
  ).rejects.toThrow('far enough');
});

test('an error at any point leaves nothing, so the restore can be repeated', async () => {
  if (testDriver() === 'pglite') return;
  const settings = await emptyInstallation();
  for (const point of ['begun', 'loaded', 'before the commit']) {
    await expect(
      restore(settings, (name) => {
        if (name === point) throw new Error(`failed: ${point}`);
      }),
    ).rejects.toThrow(`failed: ${point}`);
    expect(readdirSync(settings.dataDir).filter((name) => !name.startsWith('pglite.lock'))).toEqual([]);
  }
  await restore(settings);
});

// The embedded database is created in a folder of the restore, whose content does not matter until the end.
test.each(testDriver() === 'pglite' ? ['begun'] : ['loaded', 'committed'])(
  'a process that is killed when it has %s leaves an installation that does not start, and that a restore completes',
  async (point) => {
    const settings = await emptyInstallation();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'backup/test-interrupt.ts', file, passphrase, point],
      {
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'test',
          TRIBUTARY_DATA_DIR: settings.dataDir,
          ...(settings.DATABASE_URL ? { DATABASE_URL: settings.DATABASE_URL, DATABASE_DRIVER: 'pg' } : {}),
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const signal = await new Promise((done) => child.once('exit', (_, by) => done(by)));
    expect(signal).toBe('SIGKILL');
    if (point === 'committed' && settings.DATABASE_URL) {
      // All of it is there except for the end of the tidying up, which the start does.
      await assertRestoreFinished(settings);
      expect(existsSync(path.join(settings.dataDir, 'restoring'))).toBe(false);
      return;
    }
    await expect(assertRestoreFinished(settings)).rejects.toThrow(/interrupted/);
    if (testDriver() === 'pglite') return;
    await restore(settings);
    await assertRestoreFinished(settings);
  },
);
