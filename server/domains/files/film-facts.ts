import { execFile } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { fact } from '@/server/foundation/facts';
import { DAMAGED, LOOK_MS, type NotTaken, sideTooLong, tookTooLong } from './facts';
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
 * Reads the properties of a video with mediabunny (film-reader.mjs) in a separate process, because a crafted file of a few bytes can
 * exhaust the memory of any parser, and then only that process dies. Videos are read one at a time.
 */
export async function readFilm(file: string): Promise<Film | NotTaken> {
  const film = await inTurn(() => ask(file));
  if (!film) return DAMAGED;
  if ('refused' in film) return REFUSED[film.refused];
  if (film.width > MAX_SIDE || film.height > MAX_SIDE) return sideTooLong(film.width, film.height, MAX_SIDE);
  const durationMs = Math.round(film.seconds * 1000);
  if (!(durationMs > 0)) return DAMAGED;
  return { width: film.width, height: film.height, durationMs };
}

/** Returns the reader's result, or null if it exceeded its memory. Throws if it timed out or could not be run. */
function ask(file: string): Promise<z.output<typeof answer> | null> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [
        `--max-old-space-size=${MEMORY_MB}`,
        path.join(/* turbopackIgnore: true */ process.cwd(), 'server', 'domains', 'files', 'film-reader.mjs'),
        file,
      ],
      {
        timeout: LOOK_MS,
        killSignal: 'SIGKILL',
        maxBuffer: 1024 * 1024,
        windowsHide: true,
        // No environment variables of ours, because the process reads untrusted files.
        env: {
          NODE_ENV: 'production',
          ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
        },
      },
      (error, stdout, stderr) => {
        // Node exits with 1 if it could not run the program at all. A process that exceeded its limits has another code, or a signal.
        if (error && (error.code === 1 || typeof error.code === 'string'))
          return reject(new Error('The video reader could not be started', { cause: stderr || error }));
        if (error?.killed) return reject(tookTooLong());
        if (error) return resolve(null);
        try {
          resolve(answer.parse(JSON.parse(stdout)));
        } catch (wrong) {
          reject(wrong);
        }
      },
    );
  });
}
