import { open } from 'node:fs/promises';
import type { Sharp, SharpOptions } from 'sharp';
import { fact } from '@/server/foundation/facts';
import { DAMAGED, LOOK_MS, type MediaFacts, type NotTaken, TOO_MANY_PIXELS, tookTooLong } from './facts';
import { serialQueue } from './serial-queue';

export type PictureFormat = 'png' | 'jpeg' | 'gif' | 'webp';

const KINDS = {
  png: { mime: 'image/png', extension: 'png', label: 'PNG' },
  jpeg: { mime: 'image/jpeg', extension: 'jpg', label: 'JPEG' },
  gif: { mime: 'image/gif', extension: 'gif', label: 'GIF' },
  webp: { mime: 'image/webp', extension: 'webp', label: 'WebP' },
} as const;

/** More pixels than nearly any camera has. What is read line by line takes the same memory however large it is. */
const MAX_PIXELS = 120_000_000;
/** Of what has to stand in memory as a whole to be decoded. */
const MAX_AT_ONCE = 40_000_000;
const MAX_SIDE = 30_000;
/** Bytes. Platforms take at most 15 MB. */
export const MAX_GIF_BYTES = 20 * 1024 * 1024;
/** The longer side of the small still picture, in pixels: twice as wide as the widest place that shows it. */
const STILL_SIDE = 480;
const STILL_QUALITY = 75;
const READ: SharpOptions = { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true };
const inTurn = serialQueue();

let loaded: Promise<typeof import('sharp')['default']> | undefined;
/** The decoder, set up once: on one thread, without a memory of what it did, and with readers for these four formats only. */
function decoder() {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1);
    sharp.cache(false);
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: [
        'VipsForeignLoadPng',
        'VipsForeignLoadJpeg',
        'VipsForeignLoadNsgif',
        'VipsForeignLoadWebp',
        // Next draws the covers of products from an SVG of ours, in the same process. No upload comes to it: they are told by their first bytes.
        'VipsForeignLoadSvg',
      ],
    });
    return sharp;
  });
  return loaded.catch((error) => {
    loaded = undefined;
    throw error;
  });
}

/**
 * What a picture or GIF is. It is decoded for the small still picture, which proves that all of it is there; one after the other, so
 * that many uploads at once take no more memory than one.
 */
export async function readPicture(
  file: string,
  bytes: number,
  format: PictureFormat,
): Promise<MediaFacts | NotTaken> {
  if (format === 'gif' && bytes > MAX_GIF_BYTES)
    return { refused: fact('files.problems.gifTooLarge', { mb: MAX_GIF_BYTES / 1024 / 1024 }) };
  const sharp = await decoder();
  return inTurn(async () => {
    try {
      return await look(sharp(file, READ), sharp(file, READ), file, bytes, format);
    } catch (error) {
      const said = error instanceof Error ? error.message : '';
      if (/pixel limit/.test(said)) return TOO_MANY_PIXELS;
      if (/^timeout/.test(said)) throw tookTooLong();
      // Not the picture's fault, and it may be taken the next time.
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
  // Begins as one and is another.
  if (said.format !== format) return DAMAGED;
  // The decoder shows an animated PNG as its first picture and does not tell.
  const frames = format === 'png' ? await framesOfPng(file) : (said.pages ?? 1);
  // One rule: what moves is a GIF or a video. Platforms would show these as a still picture, or not at all.
  if (format !== 'gif' && frames > 1)
    return { refused: fact('files.problems.moves', { format: KINDS[format].label }) };
  const { width, height } = said.autoOrient;
  const most =
    format === 'gif' || format === 'webp' || said.isProgressive === true ? MAX_AT_ONCE : MAX_PIXELS;
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > most) return TOO_MANY_PIXELS;
  // The decoder is content with the frames that are there.
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
    still,
  };
}

/** How many chunks may stand before a PNG's picture data; real files have a dozen. */
const MAX_CHUNKS = 1000;
/** The pictures of a PNG: the count of its acTL chunk, which stands before the picture data (PNG, third edition, 11.3.6.1), or one. */
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

/** Whether a GIF has its trailer (GIF 89a, 27). Some programs fill up with zeros behind it. */
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
