import type { SharpOptions } from 'sharp';
import { serialQueue } from './serial-queue';

/**
 * Maximum number of pixels, more than nearly any camera produces. Formats that are decoded line by line take the same memory at any size.
 */
export const MAX_PIXELS = 120_000_000;
export const READ: SharpOptions = { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true };

/** Pictures are decoded one at a time, so that many of them take no more memory than one. */
export const decodeInTurn = serialQueue();

let loaded: Promise<typeof import('sharp')['default']> | undefined;
/** Loads the decoder and configures it once: one thread, no cache, and readers for these formats only. */
export function decoder() {
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
        // Next draws product covers from our own SVG in the same process. Uploads never reach this reader, because their format is detected
        // from the first bytes.
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
