import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  RowTally,
  type SnapshotHead,
  type SnapshotSink,
  type SnapshotTable,
  tableName,
} from '@/db/snapshot-format';
import { KEY } from '@/server/domains/files/store';
import type { Secrets } from '@/server/foundation/secrets';
import { type ArchiveOptions, ArchiveWriter } from './archive';
import {
  appVersion,
  BackupError,
  type BackupHead,
  FORMAT,
  HEAD_ENTRY,
  MANIFEST_ENTRY,
  type Manifest,
  maxSizeOf,
  SECRETS_ENTRY,
} from './format';

/** Passes a snapshot of the database to the sink, and returns the keys of the installation. */
export type SnapshotSource = (sink: SnapshotSink) => Promise<Secrets>;

export interface BackupOptions extends ArchiveOptions {
  /** The file to create. */
  to: string;
  source: SnapshotSource;
  /** Folder of the stored files (`storeFolder`). */
  files: string;
}

export interface BackupReport {
  takenAt: string;
  rows: number;
  tables: number;
  files: Manifest['files'];
  /** Size of the backup in bytes. */
  size: number;
  missing: string[];
  damaged: string[];
  /** What is in our schemas and not ours (`SnapshotHead`). */
  leftOut: string[];
}

/**
 * Makes a backup of an installation that may be running. The rows are those of one moment. The files are copied afterwards: each has the
 * name of its content and is never changed, so those that the rows refer to are there unless they were removed meanwhile, which the report
 * says. On any error, nothing is left under the backup's name. Throws BackupError, or the error of the disk or the database.
 */
export async function createBackup(options: BackupOptions): Promise<BackupReport> {
  const archive = await ArchiveWriter.create(options.to, options);
  try {
    const { head, tables, secrets, wanted } = await addRows(archive, options.source);
    const text = JSON.stringify(secrets);
    await addPart(archive, SECRETS_ENTRY, text);
    const copied = await addFiles(archive, options.files, wanted);
    const manifest: Manifest = {
      tables,
      secrets: createHash('sha256').update(text).digest('hex'),
      ...copied,
    };
    await addPart(archive, MANIFEST_ENTRY, JSON.stringify(manifest, null, 2));
    const size = await archive.commit();
    return {
      takenAt: head.takenAt,
      rows: Object.values(tables).reduce((sum, { rows }) => sum + rows, 0),
      tables: head.tables.length,
      size,
      leftOut: head.leftOut,
      ...copied,
    };
  } catch (error) {
    await archive.abort();
    throw error;
  }
}

/** Adds a part that a reader takes into memory. */
async function addPart(archive: ArchiveWriter, name: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  if (bytes.byteLength > maxSizeOf(name))
    throw new BackupError(`A part of the backup is too large to be restored: ${name}. Nothing was written.`);
  await archive.add(name, bytes);
}

/** Columns of `tributary.files` that name stored files. */
const FILE_COLUMNS = ['storage_key', 'still_key'];

async function addRows(archive: ArchiveWriter, source: SnapshotSource) {
  let head: SnapshotHead | undefined;
  const tallies = new Map<string, { tally: RowTally; parts: number }>();
  /** Keys of the files that rows refer to. */
  const wanted = new Set<string>();
  const secrets = await source({
    async head(snapshot) {
      head = snapshot;
      for (const table of snapshot.tables) tallies.set(tableName(table), { tally: new RowTally(), parts: 0 });
      const about: BackupHead = { format: FORMAT, version: appVersion(), snapshot };
      await addPart(archive, HEAD_ENTRY, JSON.stringify(about, null, 2));
    },
    async rows(table, rows) {
      const name = tableName(table);
      const known = tallies.get(name);
      if (!known) throw new Error(`The snapshot does not describe ${name}`);
      known.tally.add(rows);
      if (name === 'tributary.files') for (const key of fileKeys(table, rows)) wanted.add(key);
      const part = String(++known.parts).padStart(6, '0');
      await addPart(archive, `tables/${name}/${part}.jsonl`, `${rows.join('\n')}\n`);
    },
  });
  if (!head) throw new Error('The snapshot is empty');
  const tables = Object.fromEntries([...tallies].map(([name, { tally }]) => [name, tally.result()]));
  return { head, tables, secrets, wanted };
}

function fileKeys(table: SnapshotTable, rows: readonly string[]): string[] {
  const at = FILE_COLUMNS.map((name) => table.columns.findIndex((column) => column.name === name));
  return rows.flatMap((row) => {
    const values = JSON.parse(row) as (string | null)[];
    return at.flatMap((i) => values[i] ?? []);
  });
}

async function addFiles(archive: ArchiveWriter, folder: string, wanted: ReadonlySet<string>) {
  const copied = new RowTally();
  const missing = new Set(wanted);
  const damaged: string[] = [];
  let bytes = 0;
  for (const key of await storedKeys(folder)) {
    const file = await open(path.join(folder, key), 'r').catch(() => null);
    // Removed meanwhile.
    if (!file) continue;
    try {
      const { size, isWhole } = await inspect(file, key);
      missing.delete(key);
      if (!isWhole || size > maxSizeOf(`files/${key}`)) {
        damaged.push(key);
        continue;
      }
      await archive.addStream(`files/${key}`, size, file.createReadStream({ start: 0, autoClose: false }));
      copied.add([key]);
      bytes += size;
    } finally {
      await file.close();
    }
  }
  const { rows: count, digest } = copied.result();
  return { files: { count, bytes, digest }, missing: [...missing].sort(), damaged };
}

/** Returns the size of an open stored file, and whether its content is the one that it is named after. */
async function inspect(file: FileHandle, key: string): Promise<{ size: number; isWhole: boolean }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).byteLength;
  }
  return { size, isWhole: hash.digest('hex') === key.slice(3) };
}

async function storedKeys(folder: string): Promise<string[]> {
  const keys: string[] = [];
  const names = async (of: string) =>
    (
      await readdir(of).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [] as string[];
        throw error;
      })
    ).sort();
  for (const first of await names(folder))
    if (/^[0-9a-f]{2}$/.test(first))
      for (const name of await names(path.join(folder, first))) {
        const key = `${first}/${name}`;
        if (KEY.test(key)) keys.push(key);
      }
  return keys;
}
