import { execFile } from 'node:child_process';
import path from 'node:path';
import type { z } from 'zod';
import { LOOK_MS, tookTooLong } from './facts';

/**
 * Reads a file with a program of this folder in a separate process, because a crafted file of a few bytes can exhaust the memory of any
 * parser, and then only that process dies. The program prints one line of JSON. Returns null if it exceeded its memory. Throws if it timed
 * out or could not be run.
 */
export function runReader<T>(
  program: 'film-reader.mjs' | 'pdf-reader.mjs',
  file: string,
  answer: z.ZodType<T>,
  { memoryMb, timeMs = LOOK_MS }: { memoryMb: number; timeMs?: number },
): Promise<T | null> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [
        `--max-old-space-size=${memoryMb}`,
        path.join(/* turbopackIgnore: true */ process.cwd(), 'server', 'domains', 'files', program),
        file,
      ],
      {
        timeout: timeMs,
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
          return reject(new Error(`${program} could not be started`, { cause: stderr || error }));
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
