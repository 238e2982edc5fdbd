import { createHash } from 'node:crypto';
import { RowTally, type RowText, type SnapshotTable, tableName } from '@/db/snapshot-format';
import { KEY } from '@/server/domains/files/store';
import { type Secrets, secretsSchema } from '@/server/foundation/secrets';
import { type ArchiveEntry, readArchive } from './archive';
import {
  BackupError,
  type BackupHead,
  FORMAT,
  formatSchema,
  HEAD_ENTRY,
  headSchema,
  MANIFEST_ENTRY,
  type Manifest,
  manifestSchema,
  SECRETS_ENTRY,
} from './format';

/** Parts that are read into memory are smaller than this: a batch of rows has about two megabytes, a single row a few more. */
const MAX_PART_BYTES = 256 * 1024 * 1024;

/** Receives the parts of a backup in their order. */
export interface BackupVisitor {
  head?(head: BackupHead): Promise<void>;
  rows?(table: string, rows: RowText[]): Promise<void>;
  secrets?(secrets: Secrets): Promise<void>;
  /** Must read the content to its end. Returns its SHA-256. */
  file?(key: string, content: AsyncIterable<Uint8Array>): Promise<string>;
}

/**
 * Reads a whole backup and passes its parts to the visitor. Checks that all of it is there and as it was written: throws BackupError, which
 * says so, if the passphrase is wrong, the file is damaged, incomplete or of a later format. Until this returns, a visitor must regard what
 * it has received as unconfirmed.
 */
export async function visitBackup(
  file: string,
  passphrase: string,
  visitor: BackupVisitor = {},
): Promise<{ head: BackupHead; manifest: Manifest }> {
  let head: BackupHead | undefined;
  let manifest: Manifest | undefined;
  let secretsDigest: string | undefined;
  const tallies = new Map<string, RowTally>();
  const keys = new RowTally();
  let bytes = 0;
  const unexpected = (name: string) =>
    new BackupError(`The backup contains something unexpected: ${name}. Nothing was changed.`);

  await readArchive(file, passphrase, async (entry) => {
    const { name } = entry;
    if (manifest) throw unexpected(name);
    if (!head) {
      if (name !== HEAD_ENTRY)
        throw new BackupError(`${file} is not a backup of Tributary. Nothing was changed.`);
      head = readHead(await textOf(entry));
      for (const table of head.snapshot.tables) tallies.set(tableName(table), new RowTally());
      await visitor.head?.(head);
      return;
    }
    const table = /^tables\/([a-z_]+\.[a-z0-9_]+)\/\d+\.jsonl$/.exec(name)?.[1];
    if (table !== undefined) {
      const tally = tallies.get(table);
      const shape = head.snapshot.tables.find((one) => tableName(one) === table);
      if (!tally || !shape) throw unexpected(name);
      const rows = rowsIn(await textOf(entry), shape, name);
      tally.add(rows);
      await visitor.rows?.(table, rows);
      return;
    }
    if (name === SECRETS_ENTRY) {
      const text = await textOf(entry);
      const secrets = secretsSchema.safeParse(parsed(text));
      if (!secrets.success || secretsDigest) throw unexpected(name);
      secretsDigest = sha256(text);
      await visitor.secrets?.(secrets.data);
      return;
    }
    const key = name.startsWith('files/') ? name.slice('files/'.length) : '';
    if (KEY.test(key)) {
      const digest = await (visitor.file ?? digestOf)(key, entry.content);
      if (digest !== key.slice(3))
        throw new BackupError(
          `The file ${key} of the backup is damaged. Nothing was changed. Use another backup.`,
        );
      keys.add([key]);
      bytes += entry.size;
      return;
    }
    if (name !== MANIFEST_ENTRY) throw unexpected(name);
    const read = manifestSchema.safeParse(parsed(await textOf(entry)));
    if (!read.success) throw unexpected(name);
    manifest = read.data;
  });

  const incomplete = (what: string) =>
    new BackupError(`The backup is not complete: ${what}. Nothing was changed. Use another backup.`);
  if (!head || !manifest) throw incomplete('its last part is missing');
  if (Object.keys(manifest.tables).length !== tallies.size) throw incomplete('tables are missing');
  for (const [name, tally] of tallies) {
    const { rows, digest } = tally.result();
    const wanted = manifest.tables[name];
    if (rows !== wanted?.rows || digest !== wanted.digest) throw incomplete(`rows of ${name} are missing`);
  }
  if (secretsDigest !== manifest.secrets) throw incomplete('its keys are missing');
  const files = keys.result();
  if (
    files.rows !== manifest.files.count ||
    files.digest !== manifest.files.digest ||
    bytes !== manifest.files.bytes
  )
    throw incomplete('files are missing');
  return { head, manifest };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function digestOf(_: string, content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}

function readHead(text: string): BackupHead {
  const format = formatSchema.safeParse(parsed(text));
  if (!format.success) throw new BackupError('This is not a backup of Tributary. Nothing was changed.');
  if (format.data.format > FORMAT)
    throw new BackupError(
      `This backup was made by a newer version of Tributary (its format is ${format.data.format}, and this version reads ${FORMAT}). ` +
        'Nothing was changed. Restore it with the version that made it, or one after it.',
    );
  const head = headSchema.safeParse(parsed(text));
  if (!head.success)
    throw new BackupError('The beginning of the backup cannot be read. Nothing was changed.');
  return head.data;
}

/** Checks that each line is a row of the table: as many texts or nulls as it has columns. */
function rowsIn(text: string, { columns }: SnapshotTable, name: string): RowText[] {
  const rows = text.split('\n').filter((line) => line !== '');
  for (const row of rows) {
    const values = parsed(row);
    if (
      !Array.isArray(values) ||
      values.length !== columns.length ||
      values.some((value) => value !== null && typeof value !== 'string')
    )
      throw new BackupError(`The backup contains something that is no row: ${name}. Nothing was changed.`);
  }
  return rows;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function textOf({ name, size, content }: ArchiveEntry): Promise<string> {
  if (size > MAX_PART_BYTES)
    throw new BackupError(`A part of the backup is too large to read: ${name}. Nothing was changed.`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
