import type { LiveEvent } from '@/server/domains/live/schemas';

/** Delay of a browser's automatic reconnect, in milliseconds. Our own client decides for itself. */
const RETRY_MS = 3_000;

/** Formats an event as a server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
function frame(event: LiveEvent): string {
  const { type, ...rest } = event;
  const { cursor, ...data } = 'cursor' in rest ? rest : { ...rest, cursor: null };
  return `${cursor === null ? '' : `id: ${cursor}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Encodes the events as server-sent events. The stream ends when `events` ends, the reader cancels or `signal` fires. It also ends with a
 * `bye` event after `lifetimeMs` or, with `once`, as soon as the missed events have been sent.
 */
export function serverSentEvents(
  events: ReadableStream<LiveEvent>,
  { signal, lifetimeMs, once }: { signal: AbortSignal; lifetimeMs: number; once: boolean },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reader = events.getReader();
  let over = false;
  let lifetime: ReturnType<typeof setTimeout> | undefined;
  let abort = () => {};
  function leave(): void {
    over = true;
    clearTimeout(lifetime);
    signal.removeEventListener('abort', abort);
    void reader.cancel().catch(() => {});
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => controller.enqueue(encoder.encode(text));
      abort = () => {
        leave();
        controller.close();
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      // This also ends a stream that nobody reads, so that a sleeping browser does not occupy a slot.
      lifetime = setTimeout(() => {
        write(frame({ type: 'bye', why: 'later' }));
        abort();
      }, lifetimeMs);
      lifetime.unref?.();
      // Writes something immediately, so that the headers are sent and every proxy knows that the stream is alive.
      write(`: connected\nretry: ${RETRY_MS}\n\n`);
    },
    async pull(controller) {
      const next = await reader.read().catch((error: unknown) => {
        leave();
        throw error;
      });
      if (over) return;
      if (next.done) return abort();
      const text = frame(next.value);
      const last = once && next.value.type === 'ready';
      controller.enqueue(encoder.encode(last ? text + frame({ type: 'bye', why: 'later' }) : text));
      if (last) abort();
    },
    cancel: leave,
  });
}
