import path from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { DatabaseUnreachable } from '@/db/connect-with-retry';
import { OtherEmbeddedVersion } from '@/db/embedded-folder';
import { IncompleteDatabase } from '@/db/expected-tables';
import { FolderInUse } from '@/db/folder-lock';
import { UnknownDatabase } from '@/db/known-version';
import { DatabaseNotEmpty, SnapshotMismatch } from '@/db/load-snapshot';
import { DatabaseRightsError } from '@/db/login';
import { NothingToRead } from '@/db/snapshot';
import { UnusableServer } from '@/db/usable-server';
import { storeFolder } from '@/server/domains/files/store';
import { systemClock } from '@/server/foundation/clock';
import { printable } from '@/server/foundation/console-errors';
import { isDatabaseUnreachable } from '@/server/foundation/database-unreachable';
import { EnvError, env } from '@/server/foundation/env';
import { safeMessage, scrubError } from '@/server/foundation/error-text';
import { makeFilesPrivate } from '@/server/foundation/private-files';
import { createBackup } from './create';
import { BackupError, EXTENSION, type Manifest } from './format';
import { leftOutOf } from './left-out';
import { getPassphrase } from './passphrase';
import { restoreBackup } from './restore';
import { installationSource } from './source';
import { targetOf } from './target';
import { visitBackup } from './visit';

const HELP = {
  backup: `Makes an encrypted backup of this installation: database, files and keys. The app may be running.

  npm run backup                        tributary-<time>${EXTENSION} in the current folder
  npm run backup -- --to FILE           that file, or that folder
  npm run backup -- --check FILE        verifies a backup, without restoring it

The passphrase is TRIBUTARY_BACKUP_PASSPHRASE, or is asked for. Without it a backup is worthless: keep it elsewhere.
See docs/backup.md.
`,
  restore: `Restores a backup into an empty installation: an empty data folder and, with DATABASE_URL, an empty database.

  npm run restore -- FILE
  npm run restore -- --check FILE       verifies a backup, without restoring it

Everything is stopped afterwards, until a person has checked what was published since the backup and starts it again.
The passphrase is TRIBUTARY_BACKUP_PASSPHRASE, or is asked for. See docs/backup.md.
`,
};
export type Command = keyof typeof HELP;

/** Errors whose message is meant for the person at the terminal. */
const EXPECTED = [
  BackupError,
  EnvError,
  FolderInUse,
  UnknownDatabase,
  OtherEmbeddedVersion,
  DatabaseNotEmpty,
  IncompleteDatabase,
  SnapshotMismatch,
  NothingToRead,
  DatabaseRightsError,
  DatabaseUnreachable,
  UnusableServer,
];
/** Errors of the disk, with what they mean. */
const DISK: Record<string, string> = {
  ENOSPC: 'The disk is full.',
  EDQUOT: 'The quota of the disk is used up.',
  EIO: 'The disk cannot be read or written.',
  EROFS: 'The disk is read-only.',
  EACCES: 'The rights to read or write there are missing.',
  ENOENT: 'A folder or a file does not exist.',
  ENOTDIR: 'A part of the path is not a folder.',
  ENAMETOOLONG: 'The name is too long.',
};

const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

/**
 * Runs a command and returns its exit code: 0 if it did all of it, 1 if not. `from` is the folder that relative paths start at. Tests set a
 * lower `workFactor` (`ArchiveOptions`).
 */
export async function run(
  command: Command,
  args: readonly string[],
  from = process.cwd(),
  workFactor?: number,
): Promise<number> {
  makeFilesPrivate();
  try {
    await (command === 'backup' ? backup(args, from, workFactor) : restore(args, from));
    return 0;
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n`);
    return 1;
  }
}

function wordsOf(error: unknown): string {
  if (EXPECTED.some((kind) => error instanceof kind)) return (error as Error).message;
  if (isDatabaseUnreachable(error))
    return `The database cannot be reached or does not answer (${safeMessage(error)}). Nothing was left behind under the final name. Check DATABASE_URL.`;
  const { code, path: file } = error as NodeJS.ErrnoException;
  const disk = DISK[code ?? ''];
  if (disk) return `${disk} ${file ? `(${file}) ` : ''}Nothing was left behind under the final name.`;
  return inspect(scrubError(error));
}

function parsed<const O extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(
  args: readonly string[],
  options: O,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new BackupError(`${(error as Error).message}. See --help.`);
  }
}

async function backup(args: readonly string[], from: string, workFactor: number | undefined): Promise<void> {
  const { values, positionals } = parsed(args, {
    to: { type: 'string' },
    check: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP.backup);
  if (values.check !== undefined) return check(path.resolve(from, values.check));
  if (positionals.length > 0)
    throw new BackupError(`What is "${positionals[0]}"? Name the file with --to. See --help.`);
  const settings = env();
  const to = await targetOf(values.to, from, systemClock.now());
  const { source, close } = await installationSource(settings);
  try {
    const passphrase = await getPassphrase(settings.TRIBUTARY_BACKUP_PASSPHRASE, true);
    const report = await createBackup({ to, passphrase, workFactor, source, files: storeFolder() });
    say(`Backup of ${report.takenAt}: ${to} (${megabytes(report.size)})`);
    say(`  ${report.rows} rows in ${report.tables} tables, ${report.files.count} files, and the keys`);
    warn(report);
  } finally {
    await close();
  }
}

async function restore(args: readonly string[], from: string): Promise<void> {
  const { values, positionals } = parsed(args, {
    check: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP.restore);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new BackupError('Name one backup: npm run restore -- FILE. See --help.');
  const full = path.resolve(from, file);
  if (values.check) return check(full);
  const settings = env();
  const passphrase = await getPassphrase(settings.TRIBUTARY_BACKUP_PASSPHRASE, false);
  const { head, manifest } = await restoreBackup({
    file: full,
    passphrase,
    settings,
    onStep: (words) => say(`${words} …`),
  });
  say(`Restored the backup of ${head.snapshot.takenAt}: ${contents(manifest)}.`);
  warn({ ...manifest, leftOut: leftOutOf(head.snapshot) });
  say(
    'Everything is stopped: nothing is posted, listed or priced. Start the app, sign in again, answer the questions in To do about posts that were due since the backup, then start posting. Price rules are off until you turn them on again.',
  );
}

async function check(file: string): Promise<void> {
  const passphrase = await getPassphrase(env().TRIBUTARY_BACKUP_PASSPHRASE, false);
  const { head, manifest } = await visitBackup(file, passphrase);
  const leftOut = leftOutOf(head.snapshot);
  say(
    `The backup of ${head.snapshot.takenAt} (version ${printable(head.version)}) is complete and can be read: ${contents(manifest)}.`,
  );
  warn({ ...manifest, leftOut });
}

const contents = ({ tables, files }: Manifest) =>
  `${Object.values(tables).reduce((sum, { rows }) => sum + rows, 0)} rows in ${Object.keys(tables).length} tables, ${files.count} files (${megabytes(files.bytes)}), and the keys`;
/** Names from a backup, which may have been made by anybody, or from a database. */
const listed = (names: readonly string[], most: number) =>
  `${names.slice(0, most).map(printable).join(', ')}${names.length > most ? ' …' : ''}`;
const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

function warn({
  missing,
  damaged,
  leftOut,
}: Pick<Manifest, 'missing' | 'damaged'> & { leftOut: readonly string[] }): void {
  if (leftOut.length > 0)
    process.stderr.write(
      `Note: the database has tables, columns or sequences that are not Tributary's. They are left out of backups: ${listed(leftOut, 50)}\n`,
    );
  for (const [files, what] of [
    [missing, 'were not there when the backup was made: they were removed meanwhile, or lost before'],
    [damaged, 'were left out of the backup, because their content had changed on the disk'],
  ] as const)
    if (files.length > 0)
      process.stderr.write(
        `Note: ${files.length} file${files.length === 1 ? '' : 's'} ${what}: ${listed(files, 5)}\n`,
      );
}
