import { randomBytes } from 'node:crypto';
import type { FilePart, StreamPart } from '../kit/connector';
import type { WireBody } from './transport';

export type Parts = Readonly<Record<string, string | number | FilePart | StreamPart>>;

/** A file of a request could not be read before anything was sent. */
export class FileNotRead extends Error {
  override readonly name = 'FileNotRead';
}

/** A body with files. */
export interface Encoded {
  contentType: string;
  body: WireBody;
  /** Releases the files. Called when the request has ended, however it did. */
  close(): Promise<void>;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;
/** A file whose first piece has been read. */
interface Opened {
  reader: Reader;
  first: Uint8Array | null;
  bytes: number;
}

/**
 * Encodes a form with files (RFC 7578; names are escaped as browsers do). Streams are opened, and their first pieces read, before this
 * returns, so that a missing file is found while nothing has been sent; throws FileNotRead then. The rest is read while the request is sent.
 */
export async function encodeMultipart(parts: Parts): Promise<Encoded> {
  const boundary = `----tributary${randomBytes(18).toString('hex')}`;
  const pieces: (Uint8Array | Opened)[] = [];
  const close = async () => {
    await Promise.all(
      pieces.map((piece) => ('reader' in piece ? piece.reader.cancel().catch(() => {}) : undefined)),
    );
  };
  try {
    for (const [name, part] of Object.entries(parts)) {
      pieces.push(headOf(boundary, name, part));
      if (typeof part !== 'object') pieces.push(utf8(String(part)));
      else if ('open' in part) pieces.push(await opened(part));
      else pieces.push(part.bytes);
      pieces.push(utf8('\r\n'));
    }
  } catch (error) {
    await close();
    throw error;
  }
  pieces.push(utf8(`--${boundary}--\r\n`));
  const contentType = `multipart/form-data; boundary=${boundary}`;
  const whole = pieces.filter((piece) => piece instanceof Uint8Array);
  if (whole.length === pieces.length) return { contentType, body: Buffer.concat(whole), close };
  const bytes = pieces.reduce((sum, piece) => sum + ('reader' in piece ? piece.bytes : piece.byteLength), 0);
  return { contentType, body: { bytes, chunks: () => chunksOf(pieces) }, close };
}

/** Encodes a file as a body. A stream is opened like those of a form; throws FileNotRead like `encodeMultipart`. */
export async function encodeFile(part: FilePart | StreamPart): Promise<Encoded> {
  const contentType = part.mime || 'application/octet-stream';
  if (!('open' in part)) return { contentType, body: part.bytes, close: async () => {} };
  const file = await opened(part);
  return {
    contentType,
    body: { bytes: file.bytes, chunks: () => contentOf(file) },
    close: () => file.reader.cancel().catch(() => {}),
  };
}

async function opened(part: StreamPart): Promise<Opened> {
  const reader = part.open().getReader();
  try {
    const { value } = await reader.read();
    return { reader, first: value ?? null, bytes: part.bytes };
  } catch (error) {
    throw new FileNotRead(`${part.name} could not be read`, { cause: error });
  }
}

async function* chunksOf(pieces: readonly (Uint8Array | Opened)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (!('reader' in piece)) yield piece;
    else yield* contentOf(piece);
  }
}

async function* contentOf(file: Opened): AsyncGenerator<Uint8Array> {
  let left = file.bytes;
  let next = file.first;
  file.first = null;
  while (next) {
    left -= next.byteLength;
    if (left < 0) throw new Error('A file is longer than was said');
    yield next;
    next = (await file.reader.read()).value ?? null;
  }
  if (left > 0) throw new Error('A file is shorter than was said');
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const quoted = (text: string): string => `"${text.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22')}"`;

function headOf(boundary: string, name: string, part: Parts[string]): Uint8Array {
  const file = typeof part === 'object' ? part : null;
  const said = `form-data; name=${quoted(name)}${file ? `; filename=${quoted(file.name)}` : ''}`;
  const type = file ? `Content-Type: ${file.mime || 'application/octet-stream'}\r\n` : '';
  return utf8(`--${boundary}\r\nContent-Disposition: ${said}\r\n${type}\r\n`);
}
