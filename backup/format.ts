import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { snapshotHeadSchema } from '@/db/snapshot-format';
import { MAX_MEDIA_BYTES } from '@/server/domains/files/limits';

/**
 * A backup is a tar archive, compressed with gzip and encrypted with age (a passphrase), so that it can also be opened without Tributary:
 * `age -d backup.tar.gz.age | tar xz`. Its entries, in this order:
 *
 * - `tributary.json`: what it is, and the state of the database it was taken from (`headSchema`)
 * - `tables/<schema>.<table>/<number>.jsonl`: rows, one JSON array of texts per line (`SnapshotTable.columns`)
 * - `secrets.json`: the keys of the installation
 * - `files/<ab>/<sha256>`: the stored files
 * - `manifest.json`: numbers and digests of all of it (`manifestSchema`); a backup without it is not complete
 */
export const FORMAT = 1;

export const HEAD_ENTRY = 'tributary.json';
export const SECRETS_ENTRY = 'secrets.json';
export const MANIFEST_ENTRY = 'manifest.json';

const MIB = 1024 * 1024;
/**
 * Returns how many bytes an entry may have, which holds for what is written as well. A batch of rows has about two megabytes, a single row a
 * few more. The store takes smaller files than this.
 */
export function maxSizeOf(name: string): number {
  if (name === HEAD_ENTRY) return 16 * MIB;
  if (name === SECRETS_ENTRY) return MIB;
  return name.startsWith('files/') ? 10 * MAX_MEDIA_BYTES : 256 * MIB;
}

/** Extension of the default file name. */
export const EXTENSION = '.tar.gz.age';
/** A passphrase protects all keys of the installation, and whoever has the file can try passphrases without limit. */
export const MIN_PASSPHRASE = 12;

/** The format alone, because a later format may differ in everything else. */
export const formatSchema = z.object({ format: z.number().int().positive() });

export const headSchema = z.object({
  format: z.literal(FORMAT),
  /** The version of Tributary that made it. */
  version: z.string(),
  snapshot: snapshotHeadSchema,
});
export type BackupHead = z.output<typeof headSchema>;

const tallySchema = z.object({ rows: z.number().int().min(0), digest: z.string().regex(/^[0-9a-f]{64}$/) });

export const manifestSchema = z.object({
  /** By table: the number of rows, and the sum of the SHA-256 of each line modulo 2^256. */
  tables: z.record(z.string(), tallySchema),
  /** SHA-256 of `secrets.json`. */
  secrets: z.string(),
  /** The stored files. Each is named after its SHA-256. */
  files: z.object({ count: z.number().int().min(0), bytes: z.number().int().min(0), digest: z.string() }),
  /** Files that rows refer to and that were not there, or not as they were stored. */
  missing: z.array(z.string()),
  damaged: z.array(z.string()),
});
export type Manifest = z.output<typeof manifestSchema>;

/** Something that the person at the terminal has to know or do; `message` says what. */
export class BackupError extends Error {
  override name = 'BackupError';
}

/** Returns the version of this Tributary. */
export function appVersion(): string {
  const text = readFileSync(path.join(/* turbopackIgnore: true */ process.cwd(), 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
