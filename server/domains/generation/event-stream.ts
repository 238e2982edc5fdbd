import { showFacts, type Words } from '@/server/foundation/facts';
import type { GenerationEvent } from './schemas';

/**
 * The events as newline-delimited JSON, each fact with its words for the reader. The one who reads sets the pace; when they leave, the generator is ended, which stops the
 * models.
 */
export function eventStream(
  events: AsyncGenerator<GenerationEvent>,
  onLeave: () => void,
  words: Words,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await events.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(`${JSON.stringify(showFacts(value, words))}\n`));
      } catch (error) {
        controller.error(error);
      }
    },
    async cancel() {
      onLeave();
      await events.return(undefined);
    },
  });
}
