import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { HEAD_BYTES } from './detect-kind';
import { assertDiskSpace, diskFull } from './disk';
import { MAX_FILE_BYTES, tooLarge } from './limits';

/** Number of received bytes between two checks of the disk space. */
const LOOK_EVERY_BYTES = 16 * 1024 * 1024;

/** Folder of the stored content: `ab/abcd…`, the first two letters of the hash and the whole hash. */
export const storeFolder = (): string => path.join(/* turbopackIgnore: true */ env().dataDir, 'files');
/** Folder of uploads in progress. */
export const incomingFolder = (): string => path.join(/* turbopackIgnore: true */ storeFolder(), 'incoming');
export const KEY = /^[0-9a-f]{2}\/[0-9a-f]{64}$/;

export interface Stored {
  storageKey: string;
  sha256: string;
  bytes: number;
}
/** Content that was received but is not stored yet. */
export interface Incoming extends Stored {
  /** Temporary path. */
  file: string;
  /** The first bytes, for detecting the kind. */
  head: Uint8Array;
  /**
   * Moves the content into the store. Called under `lockStore` in the transaction that writes its row, so that the clean-up sees both or
   * neither. If the transaction fails afterwards, the clean-up finds the content later.
   */
  keep(): Promise<void>;
}

/**
 * Receives a stream and passes it to `use`, which may inspect and store it; otherwise it is deleted afterwards. The bytes are written to a
 * temporary file, flushed to the disk and then renamed to the hash of their content, so that a half-written file is never found under a
 * key. Throws if there are more than `most` bytes (20 MB by default) or if the disk is nearly full.
 */
export async function receive<T>(
  chunks: AsyncIterable<Uint8Array>,
  use: (incoming: Incoming) => Promise<T>,
  most = MAX_FILE_BYTES,
): Promise<T> {
  const folder = incomingFolder();
  await mkdir(folder, { recursive: true });
  const temporary = path.join(/* turbopackIgnore: true */ folder, randomBytes(16).toString('hex'));
  try {
    const incoming = await write(temporary, chunks, most);
    return await use(incoming);
  } catch (error) {
    throw (error as { code?: unknown } | null)?.code === 'ENOSPC' ? diskFull() : error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function write(temporary: string, chunks: AsyncIterable<Uint8Array>, most: number): Promise<Incoming> {
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let bytes = 0;
  let roomFor = 0;
  const file = await open(temporary, 'wx', 0o600);
  try {
    for await (const chunk of chunks) {
      if (bytes < HEAD_BYTES) head.push(Buffer.from(chunk.subarray(0, HEAD_BYTES)));
      bytes += chunk.byteLength;
      if (bytes > most) throw tooLarge(most);
      if (bytes > roomFor) {
        await assertDiskSpace(path.dirname(temporary));
        roomFor = bytes + LOOK_EVERY_BYTES;
      }
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const sha256 = hash.digest('hex');
  const storageKey = `${sha256.slice(0, 2)}/${sha256}`;
  return {
    file: temporary,
    sha256,
    storageKey,
    bytes,
    head: Buffer.concat(head).subarray(0, HEAD_BYTES),
    async keep() {
      const target = path.join(/* turbopackIgnore: true */ storeFolder(), storageKey);
      await mkdir(path.dirname(target), { recursive: true });
      await rename(temporary, target);
      await syncFolder(path.dirname(target));
    },
  };
}

/** Returns the path of the content under a key. Throws `unavailable` if it is missing. */
export async function storedPath(storageKey: string): Promise<string> {
  const target = path.join(/* turbopackIgnore: true */ storeFolder(), storageKey);
  const there =
    KEY.test(storageKey) &&
    (await stat(target).then(
      (found) => found.isFile(),
      () => false,
    ));
  if (!there) throw new AppError('unavailable', fact('files.errors.notRead'));
  return target;
}

/** Returns the bytes under a key. Throws `unavailable` if they are missing or differ from what was stored. */
export async function readStored(storageKey: string, sha256: string): Promise<Uint8Array> {
  if (!KEY.test(storageKey)) throw new AppError('unavailable', fact('files.errors.notFound'));
  const target = path.join(/* turbopackIgnore: true */ storeFolder(), storageKey);
  const content = await readFile(target).catch(() => null);
  if (!content || createHash('sha256').update(content).digest('hex') !== sha256)
    throw new AppError('unavailable', fact('files.errors.notRead'));
  return content;
}

/**
 * Returns part of the content under a key, shorter at its end. Throws `unavailable` if it is missing or its length differs from what was
 * stored.
 */
export async function readStoredPart(
  { storageKey, bytes }: Pick<Stored, 'storageKey' | 'bytes'>,
  offset: number,
  length: number,
): Promise<Buffer> {
  const gone = new AppError('unavailable', fact('files.errors.notRead'));
  if (!KEY.test(storageKey)) throw gone;
  const target = path.join(/* turbopackIgnore: true */ storeFolder(), storageKey);
  const part = await readerOf(target)(offset, length).catch(() => null);
  if (!part || part.byteLength !== Math.max(0, Math.min(length, bytes - offset))) throw gone;
  return part;
}

/** Reads up to `length` bytes of a file from `offset`, fewer at its end. */
const readerOf =
  (target: string) =>
  async (offset: number, length: number): Promise<Buffer> => {
    const file = await open(target, 'r');
    try {
      const buffer = Buffer.alloc(Math.max(0, length));
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  };

async function syncFolder(folder: string): Promise<void> {
  // Not every system can flush a folder; the rename itself is atomic everywhere.
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
