/**
 * Maps each value of a stream with `change`. The reader sets the pace. When the reader cancels or `signal` fires, the source is cancelled;
 * a signal also ends the stream. An error thrown by `change` becomes the stream's error.
 */
export function mapStream<T, U>(
  source: ReadableStream<T>,
  change: (value: T) => U,
  signal?: AbortSignal,
): ReadableStream<U> {
  const reader = source.getReader();
  const leave = () => void reader.cancel(signal?.reason).catch(() => {});
  return new ReadableStream<U>(
    {
      start() {
        if (signal?.aborted) leave();
        else signal?.addEventListener('abort', leave, { once: true });
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(change(value));
          signal?.removeEventListener('abort', leave);
          controller.close();
        } catch (error) {
          signal?.removeEventListener('abort', leave);
          // After an error, the remaining values are not needed.
          void reader.cancel(error).catch(() => {});
          throw error;
        }
      },
      cancel(reason) {
        signal?.removeEventListener('abort', leave);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Returns a stream of the values that a generator yields. When the reader cancels, `onCancel` is called before the generator is ended,
 * because a generator that awaits something cannot end until that settles.
 */
export function streamOf<T>(values: AsyncGenerator<T>, onCancel: () => void = () => {}): ReadableStream<T> {
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const { done, value } = await values.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        onCancel();
        await values.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
