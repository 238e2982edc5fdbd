import { z } from 'zod';
import { isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { DAMAGED, type NotTaken } from './facts';
import { runReader } from './run-reader';
import { serialQueue } from './serial-queue';

/** Memory limit for reading a PDF, in megabytes, without the file itself. One of a thousand pages takes a tenth of it. */
const MEMORY_MB = 256;
/** Time limit, in milliseconds. Counting takes a second; what takes longer does not come to an end. */
const TIME_MS = 30_000;
const inTurn = serialQueue();

const answer = z.union([
  z.object({ refused: z.enum(['encrypted', 'damaged']) }),
  z.object({ pages: z.number().int().min(1) }),
]);

/**
 * Counts the pages of a PDF with pdf.js (pdf-reader.mjs) in a separate process. PDFs are read one at a time. One that needs a password, is
 * damaged, or takes more time or memory than any real one is refused. `timeMs` is for tests.
 */
export async function readPdf(file: string, timeMs = TIME_MS): Promise<{ pages: number } | NotTaken> {
  const read = await inTurn(() =>
    runReader('pdf-reader.mjs', file, answer, { memoryMb: MEMORY_MB, timeMs }),
  ).catch((error: unknown) => {
    if (isAppError(error)) return null;
    throw error;
  });
  if (!read) return { refused: fact('files.problems.pdfTooComplex') };
  if ('pages' in read) return read;
  return read.refused === 'encrypted' ? { refused: fact('files.problems.encrypted') } : DAMAGED;
}
