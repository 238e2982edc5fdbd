import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Connection, isTooSmall, type Visit } from './visit';

/** How much may come after a refusal before its connection is cut. */
const LINGER_BYTES = 4 * 1024 * 1024;

/** In how many small pieces it may come. */
const MAX_SMALL_AFTER = 100;

export interface RefusalSettings {
  /** For how long a connection that was refused is still listened to, so that its sender can read why. */
  lingerMs: number;
  /** Headers for every answer that does not set them itself. */
  answerHeaders: Readonly<Record<string, string>>;
}

/** Says no, and closes connections so that their senders can still read it. */
export class Refusals {
  constructor(readonly settings: RefusalSettings) {}

  /** Refuses a request of which nobody has heard yet, and closes its connection. */
  refuse({ connection, request }: Visit, status: number): void {
    if (connection.closing) return;
    this.#say(connection, status);
    this.linger(connection, request);
  }

  /** Ends a request in the middle of its body. Who reads it sees that its sender has gone. */
  cut({ request, response, connection }: Visit, status: number): void {
    const { socket } = connection;
    if (connection.closing) return;
    if (!response.headersSent) this.#say(connection, status);
    // What is still written to the answer goes nowhere; the socket stays for as long as the sender reads.
    if (response.socket === socket) response.detachSocket(socket);
    response.destroy();
    response.emit('close');
    this.linger(connection, request);
    request.socket = Object.create(socket, { destroyed: { value: true } }) as Socket;
    request.destroy(new Error('The body of the request was refused'));
  }

  /** Refuses a connection on which no request is under way. */
  turnAway(connection: Connection, status: number): void {
    if (connection.closing) return;
    this.#say(connection, status);
    this.#close(connection);
  }

  /** Closes a connection after its last answer: what else comes is thrown away, for a while. */
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

/** From now on nothing of a request's body is kept. One in very small pieces is not even read on: taking it apart is work, too. */
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

/** Where the usual words for a status do not say what to do. */
const WORDS: Readonly<Record<number, string>> = {
  429: 'Too many connections from one address',
  503: 'The server is busy. Try again soon.',
};

/** An answer as bytes, for a connection that ends with it. */
function plainAnswer(status: number, headers: Readonly<Record<string, string>>): string {
  const reason = STATUS_CODES[status] ?? 'Refused';
  const words = WORDS[status] ?? reason;
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
