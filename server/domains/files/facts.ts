import type { MediaKind } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';

/** What a picture, GIF or video is, as it is shown. */
export interface MediaFacts {
  kind: MediaKind;
  mime: string;
  extension: string;
  label: string;
  /** In pixels, turned as it is to be shown. */
  width: number;
  height: number;
  /** Of a video, and of a GIF that moves. */
  durationMs: number | null;
  /** Of a GIF, how many pictures it shows one after the other. */
  frames: number | null;
  /** A small WebP of it that stands still; null for a video. */
  still: Buffer | null;
}
/** Why a file is not taken. */
export interface NotTaken {
  refused: Fact;
}

export const DAMAGED: NotTaken = { refused: fact('files.problems.damaged') };
/** How long looking at one file may take, in milliseconds: a second or two, and much more on a machine that is busy with other things. */
export const LOOK_MS = 90_000;
/** It may be the machine's fault as well as the file's. */
export const tookTooLong = (): AppError => new AppError('unavailable', fact('files.errors.tookTooLong'));
export const TOO_MANY_PIXELS: NotTaken = { refused: fact('files.problems.tooManyPixels') };
