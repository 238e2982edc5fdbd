import type { Listener, LiveEvent, LiveHub } from './hub';

/** How long a browser that reconnects by itself waits, in milliseconds. Ours reconnects on its own terms. */
const RETRY_MS = 3_000;
/** A reader who is so many events behind has gone to sleep; it resumes when it comes back. */
const BEHIND = 100;

/** One server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function frame(event: LiveEvent): string {
  const { type, ...rest } = event;
  const { cursor, ...data } = 'cursor' in rest ? rest : { ...rest, cursor: null };
  return `${cursor === null ? '' : `id: ${cursor}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * A listener's events as a stream. It ends when the reader leaves, when the hub says goodbye, after `lifetimeMs`, and with `once` as soon
 * as what was missed is told. Null when the session has its number of streams.
 */
export function liveStream({
  hub,
  listener,
  signal,
  lifetimeMs,
  once = false,
}: {
  hub: LiveHub;
  listener: Omit<Listener, 'tell'>;
  signal: AbortSignal;
  lifetimeMs: number;
  once?: boolean;
}): ReadableStream<Uint8Array> | null {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let lifetime: ReturnType<typeof setTimeout> | undefined;
  let stop: (() => void) | null = null;
  let over = false;

  const write = (text: string) => controller?.enqueue(encoder.encode(text));
  function finish(): void {
    if (over) return;
    over = true;
    clearTimeout(lifetime);
    signal.removeEventListener('abort', finish);
    stop?.();
    try {
      controller?.close();
    } catch {
      // The reader was faster.
    }
  }
  function goodbye(): void {
    if (!over) write(frame({ type: 'bye', why: 'later' }));
    finish();
  }
  function tell(event: LiveEvent): void {
    if (over) return;
    write(frame(event));
    if (event.type === 'bye' || (controller?.desiredSize ?? 0) < -BEHIND) finish();
    else if (once && event.type === 'ready') goodbye();
  }

  stop = hub.join({ ...listener, tell });
  if (!stop) return null;
  return new ReadableStream<Uint8Array>({
    start(made) {
      controller = made;
      if (signal.aborted) return finish();
      signal.addEventListener('abort', finish, { once: true });
      lifetime = setTimeout(goodbye, lifetimeMs);
      lifetime.unref?.();
      // Something at once, so that the headers leave and everything on the way knows that this is alive.
      write(`: connected\nretry: ${RETRY_MS}\n\n`);
    },
    cancel: finish,
  });
}
