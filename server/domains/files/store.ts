import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import type { ReadAt } from './media-facts';

/** The largest file that is taken, in bytes; and the largest picture, GIF or video of a post. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;
export const MAX_MEDIA_BYTES = 100 * 1024 * 1024;
export const tooLarge = (most = MAX_FILE_BYTES): AppError => {
  const size = `${most / 1024 / 1024} MB`;
  return new AppError('invalid', `This file is larger than ${size}. Make it smaller and upload it again.`, {
    fields: { file: `This file is larger than ${size}.` },
  });
};

const root = (): string => path.join(/* turbopackIgnore: true */ env().dataDir, 'files');
const KEY = /^[0-9a-f]{2}\/[0-9a-f]{64}$/;

export interface Stored {
  storageKey: string;
  sha256: string;
  bytes: number;
  /** The first bytes, to tell the kind from. */
  head: Uint8Array;
}

/**
 * Writes a stream into the store under the hash of its content. The bytes go to a temporary file first, are flushed to the disk and
 * then renamed, so that a half-written file is never found under a key. Throws when there are more than `most` bytes, 20 MB if it is not
 * said, and when `accept` does: it may look at the bytes before they are kept.
 */
export async function storeStream(
  chunks: AsyncIterable<Uint8Array>,
  most = MAX_FILE_BYTES,
  accept?: (read: ReadAt, bytes: number) => Promise<void>,
): Promise<Stored> {
  const folder = path.join(/* turbopackIgnore: true */ root(), 'incoming');
  await mkdir(folder, { recursive: true });
  const temporary = path.join(/* turbopackIgnore: true */ folder, randomBytes(16).toString('hex'));
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let bytes = 0;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      for await (const chunk of chunks) {
        if (bytes < 64) head.push(Buffer.from(chunk.subarray(0, 64)));
        bytes += chunk.byteLength;
        if (bytes > most) throw tooLarge(most);
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      await file.sync();
      await accept?.(readerOf(temporary), bytes);
    } finally {
      await file.close();
    }
    const sha256 = hash.digest('hex');
    const storageKey = `${sha256.slice(0, 2)}/${sha256}`;
    const target = path.join(/* turbopackIgnore: true */ root(), storageKey);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(temporary, target);
    await syncFolder(path.dirname(target));
    return { storageKey, sha256, bytes, head: Buffer.concat(head).subarray(0, 64) };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The bytes under a key. Throws `unavailable` when they are gone, and when they are not what was stored. */
export async function readStored(storageKey: string, sha256: string): Promise<Uint8Array> {
  if (!KEY.test(storageKey)) throw new AppError('unavailable', 'We cannot find the content of this file.');
  const target = path.join(/* turbopackIgnore: true */ root(), storageKey);
  const content = await readFile(target).catch(() => null);
  if (!content || createHash('sha256').update(content).digest('hex') !== sha256)
    throw new AppError('unavailable', 'We cannot read the content of this file. Please upload it again.');
  return content;
}

/** A part of what is under a key; shorter at its end. Throws `unavailable` when it is gone or is not as long as what was stored. */
export async function readStoredPart(
  { storageKey, bytes }: Pick<Stored, 'storageKey' | 'bytes'>,
  offset: number,
  length: number,
): Promise<Buffer> {
  const gone = new AppError(
    'unavailable',
    'We cannot read the content of this file. Please upload it again.',
  );
  if (!KEY.test(storageKey)) throw gone;
  const target = path.join(/* turbopackIgnore: true */ root(), storageKey);
  const part = await readerOf(target)(offset, length).catch(() => null);
  if (!part || part.byteLength !== Math.max(0, Math.min(length, bytes - offset))) throw gone;
  return part;
}

/** Reads from a file by places. */
const readerOf =
  (target: string): ReadAt =>
  async (offset, length) => {
    const file = await open(target, 'r');
    try {
      const buffer = Buffer.alloc(Math.max(0, length));
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  };

/** Whether the bytes under a key are there. */
export const isStored = async (storageKey: string): Promise<boolean> =>
  KEY.test(storageKey) &&
  (await stat(path.join(/* turbopackIgnore: true */ root(), storageKey)).then(
    (found) => found.isFile(),
    () => false,
  ));

async function syncFolder(folder: string): Promise<void> {
  // Not every system lets a folder be flushed; the rename itself is atomic everywhere.
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
