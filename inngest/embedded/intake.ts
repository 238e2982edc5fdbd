import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { type IncomingEvent, insertEvents } from './store/events';

/** This process's embedded runner, shared between bundles. New events wake it. */
const shared = globalThis as typeof globalThis & { __tributaryRunner?: { wake(): void } };

export function setWaker(runner: { wake(): void } | undefined): void {
  if (runner) shared.__tributaryRunner = runner;
  else delete shared.__tributaryRunner;
}

/**
 * A `fetch` for the Inngest client that writes events straight into the runner's tables and responds like the event API. Any other network
 * request of the SDK is refused.
 */
export function embeddedFetch(db: () => Promise<Db>, clock: Clock): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input.toString());
    if (!url.pathname.startsWith('/e/') || typeof init?.body !== 'string')
      return Response.json(
        { status: 501, error: 'The embedded runner does not offer this' },
        { status: 501 },
      );
    const now = clock.now();
    // The SDK stamps events without a time with this machine's time, so only a time in the future means "later".
    const sent = Date.now();
    const events = (JSON.parse(init.body) as IncomingEvent[]).map((event) => ({
      ...event,
      ts: event.ts !== undefined && event.ts > sent ? event.ts : now.getTime(),
    }));
    // The SDK retries a failed request with the same seed. Ids derived from it make the retry harmless.
    const seed = new Headers(init.headers).get('x-inngest-event-id-seed') ?? undefined;
    const ids = await insertEvents({ db: await db() }, events, now, seed);
    shared.__tributaryRunner?.wake();
    return Response.json({ ids, status: 200 });
  };
}
