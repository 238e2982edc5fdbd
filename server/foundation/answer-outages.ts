import { subscribe } from 'node:diagnostics_channel';
import { type IncomingHttpHeaders, Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RETRY_AFTER_S } from './database-unreachable';
import type { WordsFor } from './facts';
import { outageResponseParts } from './outage-answer';
import { type RequestOutage, whileAnswering } from './request-outage';

/** Routes with their own error responses: background work reports failures to its server, and the health check has its own format. */
const OWN_RESPONSE = /^\/api\/(inngest|health)(?:[/?]|$)/;

const shared = globalThis as typeof globalThis & { __tributaryAnswerOutages?: true };
const met = new WeakSet<Server>();

type Listener = (request: never, response: ServerResponse) => void;

/**
 * From now on, replaces a 500 response of this process with a plain 503 if its request found the database unavailable. Next renders pages
 * and runs actions itself, and responds with 500 to whatever they throw. A response that has already started is left alone (the page's own
 * error boundary shows what happened). Call it before the request guard (http/app-guard.ts), which takes over the existing listeners.
 */
export function installOutageResponses(wordsFor: WordsFor): void {
  if (shared.__tributaryAnswerOutages) return;
  shared.__tributaryAnswerOutages = true;
  subscribe('net.server.socket', (message) => {
    const { server } = (message as { socket: Socket & { server?: unknown } }).socket;
    if (server instanceof Server) watchServer(server, wordsFor);
  });
  subscribe('http.server.request.start', (message) =>
    watchServer((message as { server: Server }).server, wordsFor),
  );
}

/** Watches the responses of one server. Calling it again has no effect. */
export function watchServer(server: Server, wordsFor: WordsFor): void {
  if (met.has(server)) return;
  met.add(server);
  for (const event of ['request', 'checkContinue'] as const) {
    const listeners = server.listeners(event) as Listener[];
    server.removeAllListeners(event);
    for (const listener of listeners)
      server.on(event, (request, response: ServerResponse) => {
        const outage: RequestOutage = { databaseUnreachable: false };
        if (!OWN_RESPONSE.test(request.url ?? '')) watchAnswer(response, outage, request.headers, wordsFor);
        whileAnswering(outage, () => listener.call(server, request as never, response));
      });
  }
}

function watchAnswer(
  response: ServerResponse,
  outage: RequestOutage,
  asked: IncomingHttpHeaders,
  wordsFor: WordsFor,
): void {
  const plain = { writeHead: response.writeHead, write: response.write, end: response.end };
  let replaced = false;

  /** Sends the outage response instead of this one if necessary. Returns true if it was sent. */
  const replace = (status: number): boolean => {
    if (replaced) return true;
    if (response.headersSent || !outage.databaseUnreachable || status < 500) return false;
    // The router and server actions parse this stream themselves and find the error in it.
    const flight = String(response.getHeader('content-type') ?? '').startsWith('text/x-component');
    if (status !== 500 || flight) {
      if (flight) response.statusCode = 503;
      if (!response.hasHeader('Retry-After')) response.setHeader('Retry-After', String(RETRY_AFTER_S));
      return false;
    }
    replaced = true;
    Object.assign(response, plain);
    for (const name of ['Content-Encoding', 'Transfer-Encoding', 'ETag', 'Content-Length'])
      response.removeHeader(name);
    const sent = { get: (name: string) => String(asked[name] ?? '') };
    const { body, headers, status: code } = outageResponseParts(sent, wordsFor({ headers: sent }));
    response.statusCode = code;
    response.statusMessage = '';
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(body);
    // Discards whatever is still written to the original response.
    Object.assign(response, {
      writeHead: () => response,
      write: (...args: unknown[]) => invokeCallback(args, true),
      end: (...args: unknown[]) => invokeCallback(args, response),
    });
    return true;
  };

  response.writeHead = ((status: number, ...rest: unknown[]) => {
    if (replace(status)) return response;
    const kept = status === 500 && response.statusCode === 503 ? 503 : status;
    return Reflect.apply(plain.writeHead, response, [kept, ...rest]);
  }) as typeof response.writeHead;
  response.write = ((...args: unknown[]) =>
    replace(response.statusCode)
      ? invokeCallback(args, true)
      : Reflect.apply(plain.write, response, args)) as typeof response.write;
  response.end = ((...args: unknown[]) =>
    replace(response.statusCode)
      ? invokeCallback(args, response)
      : Reflect.apply(plain.end, response, args)) as typeof response.end;
}

/** Calls the callback of a discarded write. */
function invokeCallback<T>(args: readonly unknown[], answer: T): T {
  const done = args.at(-1);
  if (typeof done === 'function') process.nextTick(done as () => void);
  return answer;
}
