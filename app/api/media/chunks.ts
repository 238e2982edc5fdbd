import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';

/** How long nothing may come before an upload counts as broken off, in milliseconds. However slow it is, it goes on. */
const SILENCE_MS = 60_000;

/** What a request's body brings, until its end; throws `invalid` when nothing came for a while. */
export async function* chunksOf(
  body: ReadableStream<Uint8Array> | null,
  silenceMs = SILENCE_MS,
): AsyncIterable<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), silenceMs);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function withinSilence<T>(next: Promise<T>, silenceMs: number): Promise<T> {
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
