import { type Connection, type Exchange, hasBody } from './exchange';

/** Time limits of the request guard, in milliseconds. */
export interface Times {
  /** For receiving a head, counted from the start of the connection, or from the first byte on a reused one. */
  headMs: number;
  /** For a client that does not read a response. */
  unreadMs: number;
  /** For holding a slot after the response has started. From then on the response only waits for its client, which may be slow. */
  placeMs: number;
  /** For a request that waits for its turn. */
  queueMs: number;
}

/** The time limit that was exceeded on a connection. */
export type Timeout =
  /** The client does not read the response. */
  | 'unread'
  /** The client has sent nothing for too long. */
  | 'silent'
  /** A head has started and does not end. */
  | 'head'
  /** No slot became free in time. */
  | 'queue'
  /** A body takes too long or has stopped arriving. */
  | 'body'
  /** The response has taken so long that its slot goes to the next request. */
  | 'place';

/** Returns the time limit that a connection has exceeded, or null. Records what it observes, so it must be called regularly. */
export function exceededTimeout(connection: Connection, now: number, times: Times): Timeout | null {
  if (isUnread(connection, now, times)) return 'unread';
  return connection.active
    ? latenessOfVisit(connection.active, now, times)
    : latenessOfHead(connection, now, times);
}

function latenessOfHead(connection: Connection, now: number, times: Times): Timeout | null {
  const begun = connection.socket.bytesRead > connection.readBefore;
  // On a reused connection the time starts with the first byte. The server itself limits how long the connection may be idle.
  if (connection.headSince === null && begun) connection.headSince = now;
  if (connection.headSince === null || now - connection.headSince < times.headMs) return null;
  return begun ? 'head' : 'silent';
}

function latenessOfVisit(visit: Exchange, now: number, times: Times): Timeout | null {
  if (visit.queuedAt !== null && now - visit.queuedAt > times.queueMs) return 'queue';
  // If the reader of a stream is slower than its sender, or a body waits for memory, the sender is not to blame for the silence.
  const { request, response } = visit;
  const coming = !visit.whole && hasBody(request) && !request.complete;
  if (coming) {
    const full = visit.large && request.readableLength >= request.readableHighWaterMark;
    if (visit.paused || full) visit.heard = now;
    if (now - visit.began > visit.limit.seconds * 1000 || now - visit.heard > visit.limit.idleSeconds * 1000)
      return 'body';
  }
  if (!visit.takesPlace || !visit.passed || !response.headersSent) return null;
  visit.answeredAt ??= now;
  return now - visit.answeredAt >= times.placeMs ? 'place' : null;
}

function isUnread(connection: Connection, now: number, times: Times): boolean {
  const { socket } = connection;
  // A large piece leaves the buffer as a whole. Only the socket's handle knows how much of it the system has accepted (Node's own timeouts
  // use it, too).
  const handle = (socket as { _handle?: { writeQueueSize?: number } | null })._handle;
  const waiting = socket.writableLength + (handle?.writeQueueSize ?? 0);
  if (waiting === 0 || waiting < connection.unread || connection.unread === 0) connection.unreadSince = now;
  connection.unread = waiting;
  return now - connection.unreadSince > times.unreadMs;
}
