import type { GenerationEvent } from './schemas';

/**
 * The events as newline-delimited JSON. The one who reads sets the pace; when they leave, the generator is ended, which stops the
 * models.
 */
export function eventStream(
  events: AsyncGenerator<GenerationEvent>,
  onLeave: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await events.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
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
