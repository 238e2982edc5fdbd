import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';

/** How long an upload may stay silent before it counts as aborted, in milliseconds. A slow upload is never aborted. */
const IDLE_TIMEOUT_MS = 60_000;

/** Yields the chunks of a request's body. Throws `invalid` when none arrives for a while. */
export async function* chunksOf(
  body: ReadableStream<Uint8Array> | null,
  silenceMs = IDLE_TIMEOUT_MS,
): AsyncIterable<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withIdleTimeout(reader.read(), silenceMs);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function withIdleTimeout<T>(next: Promise<T>, silenceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('invalid', fact('errors.uploadBroke'))), silenceMs);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
