import { printable } from '@/server/foundation/console-errors';
import { BackupError } from './format';

/** Tar's unit: a header has one block, and content is padded to whole ones. */
const BLOCK = 512;
/** Blocks of zeros end an archive. Some programs write twenty. */
const MAX_END_BYTES = 64 * 1024;

export interface ArchiveEntry {
  name: string;
  size: number;
  /** Not to be read once the next entry was asked for. */
  content: AsyncIterable<Uint8Array>;
}

/**
 * Reads a tar archive as ArchiveWriter writes it: plain files whose names are in their headers. Extended headers, which may have any length,
 * links and the like are refused before anything of theirs is read. Throws BackupError for these and `broken()` if the archive ends early or
 * is none.
 */
export async function* tarEntries(
  chunks: AsyncIterable<Uint8Array>,
  broken: () => Error,
): AsyncGenerator<ArchiveEntry> {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  /** Returns between 1 and `most` bytes; null at the end. */
  async function take(most: number): Promise<Buffer | null> {
    while (rest.length === 0) {
      const next = await source.next();
      if (next.done) return null;
      rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    return taken;
  }
  /** Bytes of the entry, or the header, that were not read yet. */
  let left = 0;
  async function* content(): AsyncGenerator<Buffer> {
    while (left > 0) {
      const chunk = await take(left);
      if (!chunk) throw broken();
      left -= chunk.length;
      yield chunk;
    }
  }
  /** Returns the next header; null at the end. */
  async function block(): Promise<Buffer | null> {
    const first = await take(BLOCK);
    if (!first) return null;
    left = BLOCK - first.length;
    const pieces = [first];
    for await (const piece of content()) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  for (;;) {
    const header = await block();
    if (!header) return;
    if (isZero(header)) break;
    const { name, size, isFile } = read(header) ?? raise(broken());
    if (!isFile) throw new BackupError(`The backup contains something unexpected: ${printable(name)}.`);
    left = size;
    yield { name, size, content: content() };
    left += -size & (BLOCK - 1);
    for await (const _ of content());
  }
  for (let bytes = BLOCK; ; ) {
    const chunk = await take(BLOCK);
    if (!chunk) return;
    bytes += chunk.length;
    if (bytes > MAX_END_BYTES || !isZero(chunk)) throw broken();
  }
}

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

function raise(error: Error): never {
  throw error;
}

/** Reads a header (POSIX.1-1988 "ustar"). Returns null if it is none. */
function read(header: Buffer): { name: string; size: number; isFile: boolean } | null {
  const text = (from: number, length: number) => {
    const field = header.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.toString('utf8', 0, end === -1 ? length : end);
  };
  const size = text(124, 12).trim();
  if (text(257, 5) !== 'ustar' || !/^[0-7]{1,12}$/.test(size)) return null;
  const prefix = text(345, 155);
  return {
    name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    size: Number.parseInt(size, 8),
    isFile: header[156] === 0 || header[156] === 0x30,
  };
}
