import { randomBytes } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeWebStream } from 'node:stream/web';
import { createGunzip, createGzip } from 'node:zlib';
import { Decrypter, Encrypter } from 'age-encryption';
import tar from 'tar-stream';
import { syncFolder } from './disk';
import { BackupError } from './format';
import { canonicalPassphrase, passphraseForms } from './passphrase';
import { type ArchiveEntry, tarEntries } from './tar-entries';
import { assertFree } from './target';

/** Fast: most of the size are pictures and films, which do not shrink. */
const GZIP_LEVEL = 1;

export interface ArchiveOptions {
  passphrase: string;
  /** Base-2 logarithm of the cost of one passphrase (scrypt); age's default of 18 takes about a second. Lower only in tests. */
  workFactor?: number | undefined;
}

/**
 * Writes an archive. The file gets its name when it is complete and on the disk; until then it has another one, which ends with `.part`.
 * Only its owner can read it. An existing file is never replaced.
 */
export class ArchiveWriter {
  readonly #pack = tar.pack();
  readonly #target: string;
  readonly #temporary: string;
  private readonly handle: FileHandle;
  readonly #mtime = new Date();
  /** Removes the unfinished file if the process exits. */
  readonly #cleanUp = () => rmSync(this.#temporary, { force: true });
  #written: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | undefined;
  #fail: (error: unknown) => void = () => {};
  readonly #failed: Promise<never>;

  private constructor(target: string, temporary: string, handle: FileHandle) {
    this.#target = target;
    this.#temporary = temporary;
    this.handle = handle;
    this.#failed = new Promise<never>((_, reject) => {
      this.#fail = (error) => {
        this.#failure ??= { error };
        reject(this.#failure.error);
      };
    });
    this.#failed.catch(() => {});
    process.once('exit', this.#cleanUp);
  }

  /** Throws BackupError if there is a file of this name already, and the error of the file system. */
  static async create(target: string, { passphrase, workFactor }: ArchiveOptions): Promise<ArchiveWriter> {
    await assertFree(target);
    const temporary = path.join(
      path.dirname(target),
      `.${path.basename(target)}.${randomBytes(4).toString('hex')}.part`,
    );
    const handle = await open(temporary, 'wx', 0o600);
    const writer = new ArchiveWriter(target, temporary, handle);
    try {
      const encrypter = new Encrypter();
      encrypter.setPassphrase(canonicalPassphrase(passphrase));
      if (workFactor !== undefined) encrypter.setScryptWorkFactor(workFactor);
      const gzip = createGzip({ level: GZIP_LEVEL });
      const packed = pipeline(writer.#pack, gzip);
      const encrypted = await encrypter.encrypt(Readable.toWeb(gzip) as ReadableStream<Uint8Array>);
      const ciphertext = Readable.fromWeb(encrypted as NodeWebStream);
      const written = pipeline(ciphertext, async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks)
          await handle.writeFile(chunk).catch((error: unknown) => {
            // Recorded before its consequences in the streams above, which end with errors of their own.
            writer.#fail(error);
            throw error;
          });
      });
      for (const stream of [gzip, ciphertext]) stream.on('error', () => {});
      for (const part of [packed, written]) part.catch((error: unknown) => writer.#fail(error));
      writer.#written = written;
      return writer;
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  /** Adds an entry with these bytes. */
  async add(name: string, bytes: Uint8Array): Promise<void> {
    await this.#guarded(
      new Promise<void>((done, fail) => {
        this.#pack.entry({ name, mtime: this.#mtime, mode: 0o600 }, Buffer.from(bytes), (error) =>
          error ? fail(error) : done(),
        );
      }),
    );
  }

  /** Adds an entry of `size` bytes. Throws if the chunks have another size. */
  async addStream(name: string, size: number, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#guarded(
      new Promise<void>((done, fail) => {
        const entry = this.#pack.entry({ name, size, mtime: this.#mtime, mode: 0o600 }, (error) =>
          error ? fail(error) : done(),
        );
        pipeline(chunks, entry).catch(fail);
      }),
    );
  }

  async #guarded(work: Promise<void>): Promise<void> {
    work.catch(() => {});
    try {
      await Promise.race([this.#failed, work]);
    } catch (error) {
      throw this.#failure ? this.#failure.error : error;
    }
  }

  /** Ends the archive and gives it its name. Returns its size in bytes. */
  async commit(): Promise<number> {
    this.#pack.finalize();
    await Promise.race([this.#written, this.#failed]);
    await this.handle.sync();
    const { size } = await this.handle.stat();
    await this.handle.close();
    await giveName(this.#temporary, this.#target);
    process.removeListener('exit', this.#cleanUp);
    return size;
  }

  /** Removes what was written. */
  async abort(): Promise<void> {
    this.#pack.destroy();
    await this.#written.catch(() => {});
    await this.handle.close().catch(() => {});
    await rm(this.#temporary, { force: true });
    process.removeListener('exit', this.#cleanUp);
  }
}

/** Unlike a rename, a link does not replace a file that was created meanwhile. */
async function giveName(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
    await rm(temporary);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Says what it is that appeared meanwhile.
    if (code === 'EEXIST') await assertFree(target);
    // File systems without links, such as FAT and many network shares.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    await assertFree(target);
    await rename(temporary, target);
  }
  await syncFolder(path.dirname(target));
}

/** Far more than the header of an age file with a passphrase has, which is read into memory before it can be authenticated. */
const MAX_HEADER_BYTES = 64 * 1024;
const HEADER_END = '\n---';

/** Ends an age file with an error if its header is too long. */
async function* withShortHeader(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let header: string | undefined = '';
  for await (const chunk of chunks) {
    if (header !== undefined) {
      header += chunk.toString('latin1');
      if (header.includes(HEADER_END)) header = undefined;
      else if (header.length > MAX_HEADER_BYTES) throw new Error('The header is too long');
    }
    yield chunk;
  }
}

/**
 * Reads an archive and passes its entries to `use`, one after the other. Every byte is authenticated before it is passed on, and the end of
 * the file before this returns. Throws BackupError if the passphrase is wrong or the file is damaged or incomplete.
 */
export async function readArchive(
  file: string,
  passphrase: string,
  use: (entry: ArchiveEntry) => Promise<void>,
): Promise<void> {
  const source = createReadStream(file);
  let plain: ReadableStream<Uint8Array>;
  try {
    const decrypter = new Decrypter();
    for (const form of passphraseForms(passphrase)) decrypter.addPassphrase(form);
    const bounded = Readable.from(withShortHeader(source), { objectMode: false });
    plain = await decrypter.decrypt(Readable.toWeb(bounded) as ReadableStream<Uint8Array>);
  } catch (error) {
    source.destroy();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code) throw new BackupError(`${file} cannot be read (${code}).`);
    throw new BackupError(
      /no identity matched/.test(message)
        ? 'The passphrase is not the one that the backup was made with, or the beginning of the file is damaged. Nothing was changed.'
        : `${file} is not a backup of Tributary, or its beginning is damaged. Nothing was changed.`,
    );
  }
  const broken = () =>
    new BackupError(
      `${file} is damaged or incomplete: it cannot be read to its end. Nothing was changed. Use another backup.`,
    );
  const gunzip = createGunzip();
  const read = pipeline(Readable.fromWeb(plain as NodeWebStream), gunzip);
  read.catch(() => {});
  /** Errors of the stream, and no others, mean that the file is damaged. */
  async function* unpacked(): AsyncGenerator<Uint8Array> {
    const chunks = gunzip[Symbol.asyncIterator]();
    for (;;) {
      const next = await chunks.next().catch(() => {
        throw broken();
      });
      if (next.done) return;
      yield next.value;
    }
  }
  try {
    for await (const entry of tarEntries(unpacked(), broken)) await use(entry);
    await read.catch(() => {
      throw broken();
    });
  } finally {
    gunzip.destroy();
    source.destroy();
  }
}
