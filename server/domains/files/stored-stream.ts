import { createHash } from 'node:crypto';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { readStoredPart, type Stored } from './store';

/** Bytes read at a time: a reader that is slow or gone must not hold more than this in memory. */
const PIECE_BYTES = 256 * 1024;

/**
 * Streams `length` bytes of a stored content from `from`, reading on demand. The first piece is read before this returns, so that a missing
 * file throws `unavailable` here and not in the middle of a response. With `sha256`, the stream fails at its end if the whole content differs.
 */
export async function streamStored(
  file: Pick<Stored, 'storageKey' | 'bytes'>,
  { from = 0, length, sha256 }: { from?: number; length: number; sha256?: string },
): Promise<ReadableStream<Uint8Array>> {
  const hash = sha256 === undefined ? null : createHash('sha256');
  const read = (at: number) => readStoredPart(file, from + at, Math.min(PIECE_BYTES, length - at));
  let next: Uint8Array | null = await read(0);
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = next ?? (await read(at));
        next = null;
        at += piece.byteLength;
        hash?.update(piece);
        if (at >= length && hash && hash.digest('hex') !== sha256)
          throw new AppError('unavailable', fact('files.errors.notRead'));
        if (piece.byteLength > 0) controller.enqueue(piece);
        if (at >= length) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Opens a stored content, reading on demand from its beginning. Nothing is read before the first piece is asked for; the stream then fails
 * with `unavailable` if the content is missing.
 */
export function openStored(file: Pick<Stored, 'storageKey' | 'bytes'>): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await readStoredPart(file, at, Math.min(PIECE_BYTES, file.bytes - at));
        at += piece.byteLength;
        if (piece.byteLength > 0) controller.enqueue(piece);
        if (at >= file.bytes) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
