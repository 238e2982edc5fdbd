import { z } from 'zod';
import { fact } from '@/server/foundation/facts';
import { DAMAGED, type NotTaken, sideTooLong } from './facts';
import { runReader } from './run-reader';
import { serialQueue } from './serial-queue';

export interface Film {
  width: number;
  height: number;
  durationMs: number;
}

/** Memory limit for reading a video, in megabytes. A video of 100 MB takes a tenth of it. */
const MEMORY_MB = 128;
const MAX_SIDE = 16_384;
const inTurn = serialQueue();

const answer = z.union([
  z.object({ refused: z.enum(['quicktime', 'no picture', 'damaged']) }),
  z.object({ width: z.number(), height: z.number(), seconds: z.number() }),
]);
const REFUSED: Record<'quicktime' | 'no picture' | 'damaged', NotTaken> = {
  quicktime: { refused: fact('files.problems.quickTime') },
  'no picture': { refused: fact('files.problems.noPicture') },
  damaged: DAMAGED,
};

/**
 * Reads the properties of a video with mediabunny (film-reader.mjs) in a separate process. Videos are read one at a time.
 */
export async function readFilm(file: string): Promise<Film | NotTaken> {
  const film = await inTurn(() => runReader('film-reader.mjs', file, answer, { memoryMb: MEMORY_MB }));
  if (!film) return DAMAGED;
  if ('refused' in film) return REFUSED[film.refused];
  if (film.width > MAX_SIDE || film.height > MAX_SIDE) return sideTooLong(film.width, film.height, MAX_SIDE);
  const durationMs = Math.round(film.seconds * 1000);
  if (!(durationMs > 0)) return DAMAGED;
  return { width: film.width, height: film.height, durationMs };
}
