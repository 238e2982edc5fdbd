/**
 * A stream of what `change` makes of each value. The reader sets the pace. When the reader cancels or `signal` fires, the source is
 * cancelled; a signal also ends the stream. What `change` throws is the stream's error.
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
          // What comes after a fault is wanted by nobody.
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
 * A stream of what a generator yields. When the reader cancels, `onCancel` is called first, as a generator that waits for something
 * cannot be ended before that has come, and then the generator is ended.
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
