import { open } from 'node:fs/promises';
import { fact } from '@/server/foundation/facts';
import { HEAD_BYTES, mimeOf } from './detect-kind';
import { DAMAGED, type MediaFacts, type NotTaken } from './facts';
import { readFilm } from './film-facts';
import { readPdf } from './pdf-facts';
import { type PictureFormat, readPicture } from './picture-facts';

export const MEDIA_LABELS = 'JPEG, PNG, WebP, GIF, MP4, PDF';
const PICTURES: readonly PictureFormat[] = ['png', 'jpeg', 'gif', 'webp'];
/** All of these have the same tables; the video reader decides which are accepted. */
const FILMS = ['video/mp4', 'video/quicktime', 'video/x-m4v', 'video/3gpp', 'video/3gpp2'];
/** Maximum length of a video, in milliseconds. No platform accepts a longer one, and larger values are false. */
const LONGEST_MS = 24 * 3_600_000;
const OTHER: NotTaken = { refused: fact('files.errors.otherKind', { kinds: MEDIA_LABELS }) };
/**
 * Reads the properties of a file: kind, size in pixels, length. The first bytes alone, never the name, select the reader: pictures are
 * decoded (picture-facts.ts), and only the tables of a video (film-facts.ts) and the pages of a document (pdf-facts.ts) are read.
 */
export async function readMediaFacts(file: string, bytes: number): Promise<MediaFacts | NotTaken> {
  const facts = await factsOf(file, bytes);
  if ('refused' in facts) return facts;
  if (facts.kind === 'document') return facts;
  const { width, height, durationMs } = facts;
  if (!(width >= 1 && height >= 1)) return DAMAGED;
  if (durationMs !== null && !(durationMs >= 0)) return DAMAGED;
  if (durationMs !== null && durationMs > LONGEST_MS)
    return { refused: fact('files.problems.longerThanDay', { hours: Math.ceil(durationMs / 3_600_000) }) };
  return facts;
}

async function factsOf(file: string, bytes: number): Promise<MediaFacts | NotTaken> {
  const mime = await mimeOf(await firstBytes(file));
  const picture = PICTURES.find((format) => mime === `image/${format}`);
  if (picture) return readPicture(file, bytes, picture);
  if (mime === 'application/pdf') return readDocument(file, bytes);
  if (mime?.startsWith('image/hei')) return { refused: fact('files.problems.heic') };
  if (!FILMS.includes(mime ?? '')) return OTHER;
  const film = await readFilm(file);
  if ('refused' in film) return film;
  return {
    kind: 'video',
    mime: 'video/mp4',
    extension: 'mp4',
    label: 'MP4',
    ...film,
    frames: null,
    pages: null,
    still: null,
  };
}

/** Number of last bytes in which a PDF says where it ends; programs append a little after it (ISO 32000-1, 7.5.5 and annex H). */
const PDF_END_BYTES = 1024;

/** Tells whether a PDF is complete, and counts its pages. It has no size in pixels. */
async function readDocument(file: string, bytes: number): Promise<MediaFacts | NotTaken> {
  const handle = await open(/* turbopackIgnore: true */ file, 'r');
  try {
    const length = Math.min(PDF_END_BYTES, bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, bytes - length);
    if (!buffer.subarray(0, bytesRead).includes('%%EOF')) return DAMAGED;
  } finally {
    await handle.close();
  }
  const read = await readPdf(file);
  if ('refused' in read) return read;
  return {
    kind: 'document',
    mime: 'application/pdf',
    extension: 'pdf',
    label: 'PDF',
    width: 0,
    height: 0,
    durationMs: null,
    frames: null,
    pages: read.pages,
    still: null,
  };
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(/* turbopackIgnore: true */ file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
