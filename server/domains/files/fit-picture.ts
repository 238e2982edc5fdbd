import type { Sharp } from 'sharp';
import type { PictureLimits } from '@/server/connectors/kit/types';
import { AppError, isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { LOOK_MS, tookTooLong } from './facts';
import { decodeInTurn, decoder, READ } from './picture-decoder';

/** A picture as it is stored, with its displayed size in pixels. */
export interface PictureSource {
  /** Path of the content. */
  file: string;
  mime: string;
  width: number;
  height: number;
}
export interface FittedPicture {
  content: Buffer;
  mime: string;
  width: number;
  height: number;
}

/** Names the way in which pictures are made smaller. A change of this file that changes its results changes this. */
export const FITTING = '1';

/** Maximum number of pixels of a picture that is encoded again: no platform shows more. */
const MAX_ENCODED_PIXELS = 16_000_000;
/** Qualities at which a picture is tried at its full size. Below the last one, a smaller picture looks better. */
const QUALITIES = [90, 82, 74, 66] as const;
const SMALLER_QUALITY = 78;
/** Number of smaller sizes that are tried. Each is at most this part of the one before. */
const SIZES = 12;
const STEP = 0.85;
const SMALLEST_SIDE = 16;

type Target = 'image/jpeg' | 'image/png' | 'image/webp';

/**
 * Encodes a picture so that it fits the limits: turned upright, without metadata, at the best quality that fits, and only then at fewer
 * pixels. The same file and limits give the same bytes. Transparent parts become white only if no other type than JPEG is left. Returns null
 * if it does not fit at any size. Throws `unavailable` if it takes too long or is damaged.
 */
export async function fitPicture(
  source: PictureSource,
  limits: PictureLimits,
): Promise<FittedPicture | null> {
  const sharp = await decoder();
  return decodeInTurn(async () => {
    const until = performance.now() + LOOK_MS;
    const read = (): Sharp => {
      const left = Math.ceil((until - performance.now()) / 1000);
      if (left < 1) throw tookTooLong();
      return sharp(source.file, READ).timeout({ seconds: left });
    };
    try {
      return await bestFit(read, source, limits);
    } catch (error) {
      const said = error instanceof Error ? error.message : '';
      if (/^timeout/.test(said)) throw tookTooLong();
      // It was whole when it was uploaded. A lack of memory is not its fault.
      if (isAppError(error) || /memory/i.test(said)) throw error;
      throw new AppError('unavailable', fact('files.errors.notRead'), { cause: error });
    }
  });
}

async function bestFit(
  read: () => Sharp,
  source: PictureSource,
  limits: PictureLimits,
): Promise<FittedPicture | null> {
  const transparent = await isTransparent(read);
  const encode = async (type: Target, quality: number | null, scale: number): Promise<FittedPicture> => {
    const width = Math.max(1, Math.floor(source.width * scale));
    const height = Math.max(1, Math.floor(source.height * scale));
    const { data, info } = await encoded(
      read().autoOrient().resize(width, height, { fit: 'fill' }).toColourspace('srgb'),
      type,
      quality,
    ).toBuffer({ resolveWithObject: true });
    return { content: data, mime: type, width: info.width, height: info.height };
  };
  const fits = ({ content }: FittedPicture) => content.byteLength <= limits.bytes;
  const full = largestScale(source, limits);

  // A drawing whose sides are too long stays as sharp as it is.
  if (source.mime === 'image/png' && limits.mimes.includes('image/png')) {
    const sharpest = await encode('image/png', null, full);
    if (fits(sharpest)) return sharpest;
  }
  const type = targetOf(limits.mimes, transparent);
  if (!type) return null;
  let best: FittedPicture | null = null;
  for (const quality of QUALITIES) {
    best = await encode(type, quality, full);
    if (fits(best)) return best;
  }
  let scale = full;
  for (let i = 0; i < SIZES; i++) {
    const over: number = best ? limits.bytes / best.content.byteLength : STEP;
    scale *= Math.min(STEP, Math.sqrt(over) * 0.97);
    if (Math.max(source.width, source.height) * scale < SMALLEST_SIDE) return null;
    best = await encode(type, SMALLER_QUALITY, scale);
    if (fits(best)) return best;
  }
  return null;
}

/** Returns the largest factor, at most 1, at which the sides and the number of pixels are within the limits. */
function largestScale({ width, height }: PictureSource, { longestSide, bothSides }: PictureLimits): number {
  return Math.min(
    1,
    (longestSide ?? Number.POSITIVE_INFINITY) / Math.max(width, height),
    (bothSides ?? Number.POSITIVE_INFINITY) / (width + height),
    Math.sqrt(MAX_ENCODED_PIXELS / (width * height)),
  );
}

/** Returns the type that is encoded: one that keeps transparency if there is any, and otherwise the most widely read one. */
function targetOf(mimes: readonly string[], transparent: boolean): Target | null {
  const order: readonly Target[] = transparent
    ? ['image/webp', 'image/png', 'image/jpeg']
    : ['image/jpeg', 'image/webp', 'image/png'];
  return order.find((type) => mimes.includes(type)) ?? null;
}

/** `quality`: from 1 to 100; null for a lossless picture. */
function encoded(picture: Sharp, type: Target, quality: number | null): Sharp {
  if (type === 'image/jpeg')
    return picture.flatten({ background: '#ffffff' }).jpeg({ quality: quality ?? 100 });
  if (type === 'image/webp')
    return quality === null ? picture.webp({ lossless: true }) : picture.webp({ quality });
  return quality === null
    ? picture.png({ compressionLevel: 9 })
    : picture.png({ compressionLevel: 9, palette: true, quality });
}

/** Whether any pixel is not opaque. Many pictures have a transparency channel that hides nothing. */
async function isTransparent(read: () => Sharp): Promise<boolean> {
  if (!(await read().metadata()).hasAlpha) return false;
  return !(await read().stats()).isOpaque;
}
