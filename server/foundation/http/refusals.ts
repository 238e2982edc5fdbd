import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Connection, type Exchange, isTooSmall } from './exchange';

/** Number of bytes that may arrive after a refusal before the connection is cut. */
const LINGER_BYTES = 4 * 1024 * 1024;

/** Number of small pieces in which they may arrive. */
const MAX_SMALL_AFTER = 100;

export interface RefusalSettings {
  /** How long a refused connection stays open, in milliseconds, so that its client can read the reason. */
  lingerMs: number;
  /** Headers added to every response that does not set them itself. */
  answerHeaders: Readonly<Record<string, string>>;
}

/** Refuses requests, and closes connections in a way that lets clients read the response. */
export class Refusals {
  constructor(readonly settings: RefusalSettings) {}

  /** Refuses a request that no handler has seen yet, and closes its connection. */
  refuse({ connection, request }: Exchange, status: number): void {
    if (connection.closing) return;
    this.#say(connection, status);
    this.linger(connection, request);
  }

  /** Aborts a request in the middle of its body. Its reader sees that the client has disconnected. */
  cut({ request, response, connection }: Exchange, status: number): void {
    const { socket } = connection;
    if (connection.closing) return;
    if (!response.headersSent) this.#say(connection, status);
    // Anything still written to the response is discarded. The socket stays open as long as the client reads.
    if (response.socket === socket) response.detachSocket(socket);
    response.destroy();
    response.emit('close');
    this.linger(connection, request);
    request.socket = Object.create(socket, { destroyed: { value: true } }) as Socket;
    request.destroy(new Error('The request body was refused'));
  }

  /** Refuses a connection without a request in progress. */
  turnAway(connection: Connection, status: number): void {
    if (connection.closing) return;
    this.#say(connection, status);
    this.#close(connection);
  }

  /** Closes a connection after its last response. For a while, what still arrives is read and discarded. */
  linger(connection: Connection, request: IncomingMessage): void {
    discard(request, LINGER_BYTES, () => connection.socket.destroy());
    this.#close(connection);
  }

  #say({ socket }: Connection, status: number): void {
    if (!socket.destroyed) socket.write(plainAnswer(status, this.settings.answerHeaders));
  }

  #close(connection: Connection): void {
    const { socket } = connection;
    connection.closing = true;
    connection.active = null;
    connection.waiting = [];
    if (socket.destroyed) return;
    socket.end();
    const timer = setTimeout(() => socket.destroy(), this.settings.lingerMs);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  }
}

/** Discards the rest of a request's body. If it arrives in very small pieces it is not even read, because parsing them is work, too. */
export function discard(request: IncomingMessage, most = Number.POSITIVE_INFINITY, over?: () => void): void {
  let bytes = 0;
  let pieces = 0;
  request.push = ((chunk: Buffer | null) => {
    bytes += chunk?.byteLength ?? 0;
    pieces++;
    if (bytes > most) over?.();
    return chunk !== null && !isTooSmall(bytes, pieces, MAX_SMALL_AFTER);
  }) as typeof request.push;
  if (!request.destroyed) request._read(0);
}

/** Messages for statuses whose standard phrase does not tell the client what to do. */
const MESSAGES: Readonly<Record<number, string>> = {
  429: 'Too many connections from one address',
  503: 'The server is busy. Try again soon.',
};

/** Formats a response as text, for a connection that ends with it. */
function plainAnswer(status: number, headers: Readonly<Record<string, string>>): string {
  const reason = STATUS_CODES[status] ?? 'Refused';
  const words = MESSAGES[status] ?? reason;
  const lines = {
    ...headers,
    Connection: 'close',
    'Cache-Control': 'no-store',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(words)),
    ...(status === 429 || status === 503 ? { 'Retry-After': '5' } : {}),
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${head.join('')}\r\n${words}`;
}
