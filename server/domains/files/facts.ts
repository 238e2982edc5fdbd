import type { MediaKind } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';

/** Properties of a picture, GIF or video as it is displayed, or of a document. */
export interface MediaFacts {
  kind: MediaKind;
  mime: string;
  extension: string;
  label: string;
  /** In pixels, after applying the orientation; zero for a document. */
  width: number;
  height: number;
  /** Length of a video or an animated GIF. */
  durationMs: number | null;
  /** Number of frames of a GIF. */
  frames: number | null;
  /** Number of pages of a document. */
  pages: number | null;
  /** Small still WebP picture; null for a video or a document. */
  still: Buffer | null;
}
/** Why a file is not accepted. */
export interface NotTaken {
  refused: Fact;
}

export const DAMAGED: NotTaken = { refused: fact('files.problems.damaged') };
/** Time limit for reading one file, in milliseconds. Normally a second or two is enough, but a busy machine needs much more. */
export const LOOK_MS = 90_000;
/** The cause may be the machine as well as the file. */
export const tookTooLong = (): AppError => new AppError('unavailable', fact('files.errors.tookTooLong'));

/** Millions, rounded up to a tenth, so that a number above the limit never reads like the limit. */
const millions = (pixels: number): number => Math.ceil(pixels / 1e5) / 10;

/** Refuses a picture with more pixels than `most`. `decoded` tells how its format is read, on which the limit depends. */
export const tooManyPixels = (
  width: number,
  height: number,
  most: number,
  decoded: 'by line' | 'at once',
): NotTaken => ({
  refused: fact('files.problems.tooManyPixels', {
    width,
    height,
    millions: millions(width * height),
    most: millions(most),
    decoded: decoded === 'at once' ? 'whole' : 'lines',
  }),
});
/** Refuses a picture or video with a side longer than `most` pixels. */
export const sideTooLong = (width: number, height: number, most: number): NotTaken => ({
  refused: fact('files.problems.sideTooLong', { width, height, most }),
});
