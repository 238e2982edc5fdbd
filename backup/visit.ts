import { createHash } from 'node:crypto';
import { RowTally, type RowText, type SnapshotTable, tableName } from '@/db/snapshot-format';
import { KEY } from '@/server/domains/files/store';
import { printable } from '@/server/foundation/console-errors';
import { type Secrets, secretsSchema } from '@/server/foundation/secrets';
import { readArchive } from './archive';
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
  maxSizeOf,
  SECRETS_ENTRY,
} from './format';
import type { ArchiveEntry } from './tar-entries';

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
  const tables = new Map<string, { shape: SnapshotTable; tally: RowTally; parts: number }>();
  let lastKey = '';
  const keys = new RowTally();
  let bytes = 0;
  const unexpected = (name: string) =>
    new BackupError(`The backup contains something unexpected: ${printable(name)}. Nothing was changed.`);

  await readArchive(file, passphrase, async (entry) => {
    const { name } = entry;
    if (manifest) throw unexpected(name);
    if (entry.size > maxSizeOf(name))
      throw new BackupError(
        `A part of the backup is larger than Tributary makes any: ${printable(name)}. Nothing was changed.`,
      );
    if (!head) {
      if (name !== HEAD_ENTRY)
        throw new BackupError(`${file} is not a backup of Tributary. Nothing was changed.`);
      head = readHead(await textOf(entry));
      for (const shape of head.snapshot.tables)
        tables.set(tableName(shape), { shape, tally: new RowTally(), parts: 0 });
      await visitor.head?.(head);
      return;
    }
    // Parts are numbered, and files sorted, so none can come twice.
    const [, table, part] = /^tables\/([a-z_]+\.[a-z0-9_]+)\/(\d+)\.jsonl$/.exec(name) ?? [];
    if (table !== undefined) {
      const known = tables.get(table);
      if (!known || secretsDigest || Number(part) !== ++known.parts) throw unexpected(name);
      const rows = rowsIn(await textOf(entry), known.shape, name);
      known.tally.add(rows);
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
      if (!secretsDigest || key <= lastKey) throw unexpected(name);
      lastKey = key;
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
  if (Object.keys(manifest.tables).length !== tables.size) throw incomplete('tables are missing');
  for (const [name, { tally }] of tables) {
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
  const rows: RowText[] = [];
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const row = text.slice(from, end === -1 ? text.length : end);
    const values = parsed(row);
    if (
      !Array.isArray(values) ||
      values.length !== columns.length ||
      values.some((value) => value !== null && typeof value !== 'string')
    )
      throw new BackupError(`The backup contains something that is no row: ${name}. Nothing was changed.`);
    rows.push(row);
    from += row.length + 1;
  }
  if (rows.length === 0)
    throw new BackupError(`The backup contains a part without rows: ${name}. Nothing was changed.`);
  return rows;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function textOf({ content }: ArchiveEntry): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
