import { open } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { fact } from '@/server/foundation/facts';
import {
  DAMAGED,
  LOOK_MS,
  type MediaFacts,
  type NotTaken,
  sideTooLong,
  tookTooLong,
  tooManyPixels,
} from './facts';
import { sizeInMb } from './limits';
import { decodeInTurn, decoder, MAX_PIXELS, READ } from './picture-decoder';

export type PictureFormat = 'png' | 'jpeg' | 'gif' | 'webp';

const KINDS = {
  png: { mime: 'image/png', extension: 'png', label: 'PNG' },
  jpeg: { mime: 'image/jpeg', extension: 'jpg', label: 'JPEG' },
  gif: { mime: 'image/gif', extension: 'gif', label: 'GIF' },
  webp: { mime: 'image/webp', extension: 'webp', label: 'WebP' },
} as const;

/** Maximum number of pixels of a picture that is decoded in memory as a whole. */
const MAX_AT_ONCE = 40_000_000;
const MAX_SIDE = 30_000;
/** In bytes. Platforms accept at most 15 MB. */
export const MAX_GIF_BYTES = 20 * 1024 * 1024;
/** Longer side of the small still picture, in pixels: twice the largest width at which it is shown. */
const STILL_SIDE = 480;
const STILL_QUALITY = 75;

/**
 * Reads the properties of a picture or GIF. It is decoded for the small still picture, which proves that it is complete.
 */
export async function readPicture(
  file: string,
  bytes: number,
  format: PictureFormat,
): Promise<MediaFacts | NotTaken> {
  if (format === 'gif' && bytes > MAX_GIF_BYTES)
    return {
      refused: fact('files.problems.gifTooLarge', { mb: sizeInMb(MAX_GIF_BYTES), size: sizeInMb(bytes) }),
    };
  const sharp = await decoder();
  return decodeInTurn(async () => {
    try {
      return await look(sharp(file, READ), sharp(file, READ), file, bytes, format);
    } catch (error) {
      const said = error instanceof Error ? error.message : '';
      if (/pixel limit/.test(said))
        return await refusePixels(sharp(file, { ...READ, limitInputPixels: false }));
      if (/^timeout/.test(said)) throw tookTooLong();
      // Not the picture's fault; a later attempt may succeed.
      if (/^Input file is missing|memory/i.test(said)) throw error;
      return DAMAGED;
    }
  });
}

async function look(
  header: Sharp,
  whole: Sharp,
  file: string,
  bytes: number,
  format: PictureFormat,
): Promise<MediaFacts | NotTaken> {
  const said = await header.metadata();
  // Starts as one format but is another.
  if (said.format !== format) return DAMAGED;
  // The decoder shows only the first frame of an animated PNG and does not report the others.
  const frames = format === 'png' ? await framesOfPng(file) : (said.pages ?? 1);
  // Only GIFs and videos may be animated. Platforms would show other animations as a still picture or not at all.
  if (format !== 'gif' && frames > 1)
    return { refused: fact('files.problems.moves', { format: KINDS[format].label }) };
  const { width, height } = said.autoOrient;
  const most =
    format === 'gif' || format === 'webp' || said.isProgressive === true ? MAX_AT_ONCE : MAX_PIXELS;
  const tooLarge = pixelProblem(width, height, most);
  if (tooLarge) return tooLarge;
  // The decoder accepts a GIF with missing frames.
  if (format === 'gif' && !(await endsAsGif(file, bytes))) return DAMAGED;
  const still = await whole
    .timeout({ seconds: LOOK_MS / 1000 })
    .autoOrient()
    .resize(STILL_SIDE, STILL_SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: STILL_QUALITY })
    .toBuffer();
  return {
    ...KINDS[format],
    kind: frames > 1 ? 'gif' : 'picture',
    width,
    height,
    durationMs: frames > 1 ? (said.delay ?? []).reduce((sum, ms) => sum + ms, 0) : null,
    frames: format === 'gif' ? frames : null,
    pages: null,
    still,
  };
}

function pixelProblem(width: number, height: number, most: number): NotTaken | null {
  if (width > MAX_SIDE || height > MAX_SIDE) return sideTooLong(width, height, MAX_SIDE);
  return width * height > most
    ? tooManyPixels(width, height, most, most === MAX_AT_ONCE ? 'at once' : 'by line')
    : null;
}

/** Says how many pixels a picture has that the decoder refused. Only its header is read. */
async function refusePixels(header: Sharp): Promise<NotTaken> {
  const { width, height } = (await header.metadata()).autoOrient;
  return pixelProblem(width, height, MAX_PIXELS) ?? DAMAGED;
}

/** Maximum number of chunks before a PNG's picture data; real files have about a dozen. */
const MAX_CHUNKS = 1000;
/**
 * Returns the number of frames of a PNG: the count in its acTL chunk, which precedes the picture data (PNG, third edition, 11.3.6.1), or
 * one.
 */
async function framesOfPng(file: string): Promise<number> {
  const handle = await open(/* turbopackIgnore: true */ file, 'r');
  try {
    const head = Buffer.alloc(12);
    for (let at = 8, seen = 0; seen < MAX_CHUNKS; seen++) {
      const { bytesRead } = await handle.read(head, 0, 12, at);
      const type = head.toString('latin1', 4, 8);
      if (bytesRead < 12 || type === 'IDAT') return 1;
      if (type === 'acTL') return head.readUInt32BE(8);
      at += head.readUInt32BE(0) + 12;
    }
    return 1;
  } finally {
    await handle.close();
  }
}

/** Whether a GIF has its trailer (GIF 89a, 27). Some programs append zeros after it. */
async function endsAsGif(file: string, bytes: number): Promise<boolean> {
  const handle = await open(/* turbopackIgnore: true */ file, 'r');
  try {
    const from = Math.max(0, bytes - 4096);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, from);
    let end = bytesRead;
    while (end > 0 && buffer[end - 1] === 0) end--;
    return buffer[end - 1] === 0x3b;
  } finally {
    await handle.close();
  }
}
