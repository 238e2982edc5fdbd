import { subscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';

/** How long a request may take to come in, in milliseconds: 100 MB at half a megabit a second. Node ends it after five minutes. */
const REQUEST_MS = 30 * 60_000;
/** Node's default for the head of a request; what a slow client can do before anything is known of it stays as it is. */
const HEADERS_MS = 60_000;

/**
 * Gives requests whose head has come the time that a slow upload needs. Next makes its server by itself and passes on no setting for
 * that (https://github.com/vercel/next.js/issues/74992), so the server is met at its first request, on Node's own channel
 * (https://nodejs.org/api/diagnostics_channel.html#event-httpserverrequeststart), and its documented property is set. An upload from
 * which nothing comes is ended by its route much sooner.
 */
export function allowSlowUploads(limitMs = REQUEST_MS): void {
  const seen = new WeakSet<Server>();
  subscribe('http.server.request.start', (message) => {
    const { server } = message as { server: Server };
    if (seen.has(server)) return;
    seen.add(server);
    server.requestTimeout = limitMs;
    server.headersTimeout = Math.min(server.headersTimeout || HEADERS_MS, HEADERS_MS);
  });
}
