import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { configuredDatabase, type Db, MIGRATIONS, openDb } from '@/db/client';
import { lockFolder } from '@/db/folder-lock';
import { knownMigrations } from '@/db/known-version';
import { assertEmptyDatabase, SnapshotLoader } from '@/db/load-snapshot';
import { events, jobs, memos, runs } from '@/inngest/embedded/schema';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import { holdRestored } from '@/server/domains/restoring/hold-restored';
import { type Clock, systemClock } from '@/server/foundation/clock';
import { randomToken } from '@/server/foundation/crypto';
import type { Env } from '@/server/foundation/env';
import { makeFilesPrivate } from '@/server/foundation/private-files';
import { type Secrets, secretsFile } from '@/server/foundation/secrets';
import { createSandboxTables } from '@/server/sandbox/create-tables';
import { syncFolder, syncTree, writeDurably } from './disk';
import { BackupError, type BackupHead, type Manifest } from './format';
import { isComplete, readRestore, recordRestore, stagingFolder, stagingRecord } from './unfinished';
import { visitBackup } from './visit';

const HOUR_MS = 3_600_000;
/** The loading of a large table, or an index on it, takes as long as it needs. */
const LIMITS = { connectMs: 30_000, statementMs: 12 * HOUR_MS, idleMs: 12 * HOUR_MS };

export interface RestoreOptions {
  file: string;
  passphrase: string;
  settings: Env;
  clock?: Clock;
  /** Called before each step, with a description. */
  onStep?: (words: string) => void;
  /** For tests: called with the name of each point between two steps. */
  onPoint?: (name: string) => void;
}

export interface RestoreReport {
  head: BackupHead;
  manifest: Manifest;
}

/**
 * Restores a backup into an empty installation: all of it or nothing. The whole file is verified first. Throws BackupError, UnknownDatabase,
 * DatabaseNotEmpty or the error of the disk or the database; whatever was begun is then removed. If the process ends in between, the app
 * refuses to start, and the restore can be repeated. Never changes or removes anything that was there before.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { file, passphrase, settings, onStep = () => {} } = options;
  const { dataDir } = settings;
  makeFilesPrivate();
  if (!existsSync(file)) throw new BackupError(`There is no file ${file}.`);
  await clearInterrupted(settings);
  assertEmptyFolder(dataDir);
  const server = settings.DATABASE_URL
    ? await openDb({ ...configuredDatabase(settings), limits: LIMITS })
    : null;
  try {
    if (server) await assertEmptyDatabase(server.raw);
    onStep('Verifying the backup');
    await verify(file, passphrase, settings);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const unlock = await lockFolder(path.join(dataDir, 'pglite'));
    try {
      // Once more, because the app may have been started meanwhile.
      assertEmptyFolder(dataDir);
      return await fill(options, server);
    } finally {
      unlock();
    }
  } finally {
    await server?.close();
  }
}

/** Reads the whole backup and checks that this version and these settings can use it. */
async function verify(file: string, passphrase: string, settings: Env): Promise<void> {
  await visitBackup(file, passphrase, {
    async head({ snapshot }) {
      knownMigrations(snapshot.migrations, MIGRATIONS, 'backup');
    },
    async secrets(secrets) {
      assertSettingsFit(secrets, settings);
    },
  });
}

/**
 * Checks that settings which take precedence over the restored `secrets.json` have the same keys. The old credentials could not be opened
 * with others.
 */
function assertSettingsFit(secrets: Secrets, settings: Env): void {
  const { AUTH_SECRET, ENCRYPTION_KEYS, LINK_SIGNING_SECRET } = settings;
  const own = new Set(ENCRYPTION_KEYS?.split(','));
  const other = [
    ...(AUTH_SECRET && AUTH_SECRET !== secrets.authSecret ? ['AUTH_SECRET'] : []),
    ...(ENCRYPTION_KEYS && secrets.encryptionKeys.split(',').some((key) => !own.has(key))
      ? ['ENCRYPTION_KEYS']
      : []),
    ...(LINK_SIGNING_SECRET && LINK_SIGNING_SECRET !== secrets.linkSigning ? ['LINK_SIGNING_SECRET'] : []),
  ];
  if (other.length > 0)
    throw new BackupError(
      `${other.join(' and ')} in the settings of this installation ${other.length === 1 ? 'is' : 'are'} not what the backup was made with. Nothing was changed. ` +
        'Leave these settings out: the backup contains its keys and restores them into secrets.json. Or set them as they were.',
    );
}

/** Files that do not make a data folder an installation. */
const HARMLESS = new Set(['pglite.lock', 'pglite.lock.json', 'lost+found']);

function assertEmptyFolder(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  const found = readdirSync(dataDir).filter((name) => !HARMLESS.has(name));
  if (found.length === 0) return;
  throw new BackupError(
    `The data folder ${dataDir} is not empty: it contains ${found.slice(0, 5).join(', ')}${found.length > 5 ? ' and more' : ''}. Nothing was changed. ` +
      'A backup is restored into an empty folder only, so that it never replaces anything. Move that folder away, or set TRIBUTARY_DATA_DIR to another.',
  );
}

/** The names in a data folder that a restore creates, in the order in which they get their place. */
const PLACED = ['files', 'secrets.json', 'pglite'] as const;

/** Removes the parts of an interrupted restore, so that it can begin again. */
async function clearInterrupted(settings: Env): Promise<void> {
  const staging = stagingFolder(settings.dataDir);
  if (!existsSync(staging)) return;
  const record = readRestore(settings.dataDir);
  if (!record) {
    // It was interrupted before it wrote anything but its own record.
    if (readdirSync(staging).every((name) => name === path.basename(stagingRecord(settings.dataDir))))
      return rmSync(staging, { recursive: true, force: true });
    throw new BackupError(`${staging} is not the folder of a restore. Nothing was changed. Move it away.`);
  }
  if (await isComplete(settings, record)) {
    rmSync(staging, { recursive: true, force: true });
    throw new BackupError('The restore was complete when it was interrupted. Start the app.');
  }
  const unlock = await lockFolder(path.join(settings.dataDir, 'pglite'));
  unlock();
  discard(settings.dataDir);
}

function discard(dataDir: string): void {
  for (const name of PLACED) rmSync(path.join(dataDir, name), { recursive: true, force: true });
  rmSync(stagingFolder(dataDir), { recursive: true, force: true });
}

async function fill(options: RestoreOptions, server: Db | null): Promise<RestoreReport> {
  const { settings, onStep = () => {}, onPoint = () => {} } = options;
  const { dataDir } = settings;
  const staging = stagingFolder(dataDir);
  const id = randomToken(12);
  mkdirSync(staging, { mode: 0o700 });
  writeFileSync(stagingRecord(dataDir), JSON.stringify({ id, file: options.file }), {
    mode: 0o600,
    flag: 'wx',
  });
  await syncTree(staging);
  await syncFolder(dataDir);
  try {
    onPoint('begun');
    const db = server ?? (await openDb({ dataDir: path.join(staging, 'pglite'), limits: LIMITS }));
    let report: RestoreReport;
    try {
      onStep('Restoring the rows, the keys and the files');
      // On a server, the files get their place before the commit: without it, all of it is removed again.
      report = await load(options, db, id, async () => {
        onPoint('loaded');
        if (server) await place(dataDir);
        onPoint('before the commit');
      });
      onPoint('committed');
    } finally {
      if (!server) await db.close();
    }
    if (!server) {
      for (const name of ['pglite.lock', 'pglite.lock.json'])
        rmSync(path.join(staging, name), { force: true });
      await syncTree(staging);
      await place(dataDir);
    }
    onPoint('placed');
    rmSync(staging, { recursive: true, force: true });
    await syncFolder(dataDir);
    return report;
  } catch (error) {
    // An error after the commit on a server, such as a full disk, leaves a complete installation.
    if (!(await isComplete(settings, { id, file: options.file }).catch(() => true))) discard(dataDir);
    throw error;
  }
}

/** Moves what was prepared to its place. The database comes last, because it makes the folder an installation. */
async function place(dataDir: string): Promise<void> {
  for (const name of PLACED) {
    const from = path.join(stagingFolder(dataDir), name);
    if (existsSync(from)) await rename(from, path.join(dataDir, name));
  }
  await syncFolder(dataDir);
}

async function load(
  { file, passphrase, settings, clock = systemClock }: RestoreOptions,
  db: Db,
  id: string,
  onLoaded: () => Promise<void>,
): Promise<RestoreReport> {
  const staging = stagingFolder(settings.dataDir);
  let report: RestoreReport | undefined;
  await db.migrate(MIGRATIONS, () =>
    db.raw.transaction(async (tx) => {
      let loader: SnapshotLoader | undefined;
      report = await visitBackup(file, passphrase, {
        async head({ snapshot }) {
          loader = await SnapshotLoader.begin(tx, snapshot, MIGRATIONS, createSandboxTables);
        },
        async rows(table, rows) {
          await loader?.load(table, rows);
        },
        async secrets(secrets) {
          const target = secretsFile(staging);
          await writeDurably(target, Readable.from([Buffer.from(JSON.stringify(secrets, null, 2))]));
        },
        file: (key, content) => writeDurably(path.join(staging, 'files', key), content),
      });
      const { head, manifest } = report;
      await loader?.finish(new Map(Object.entries(manifest.tables)));
      // The embedded runner's queue only starts work that the rows describe, and some of it was done since.
      for (const table of [jobs, memos, runs, events]) await tx.delete(table);
      const services = { db, clock, platforms: connectorPlatforms, events: { publish: async () => {} } };
      await holdRestored(tx, services, new Date(head.snapshot.takenAt));
      await recordRestore(tx, id, head.snapshot.takenAt);
      await syncTree(staging);
      await onLoaded();
    }),
  );
  if (!report) throw new Error('Nothing was restored');
  return report;
}
