import { type Connection, hasBody, type Visit } from './visit';

/** What the request guard waits for, in milliseconds. */
export interface Times {
  /** For how long a head may be on its way, counted from the connection or from its first byte on a kept connection. */
  headMs: number;
  /** For how long a reader may leave an answer untouched. */
  unreadMs: number;
  /** For how long an answer that has begun keeps its place: after that it waits for its reader, who may be slow. */
  placeMs: number;
  /** For how long a request may wait for its turn. */
  queueMs: number;
}

/** What is too late on a connection. */
export type Lateness =
  /** Nobody reads the answer. */
  | 'unread'
  /** Nothing was said for too long. */
  | 'silent'
  /** A head has begun and does not end. */
  | 'head'
  /** No place became free in time. */
  | 'queue'
  /** A body takes too long, or has stopped. */
  | 'body'
  /** The answer has been on its way for so long that its place goes to the next one. */
  | 'place';

/** What is too late on a connection at this time, or null. Notes what it saw, so it is to be asked now and then. */
export function latenessOf(connection: Connection, now: number, times: Times): Lateness | null {
  if (isUnread(connection, now, times)) return 'unread';
  return connection.active
    ? latenessOfVisit(connection.active, now, times)
    : latenessOfHead(connection, now, times);
}

function latenessOfHead(connection: Connection, now: number, times: Times): Lateness | null {
  const begun = connection.socket.bytesRead > connection.readBefore;
  // On a kept connection the time begins with the first byte; how long it may be silent, the server itself knows.
  if (connection.headSince === null && begun) connection.headSince = now;
  if (connection.headSince === null || now - connection.headSince < times.headMs) return null;
  return begun ? 'head' : 'silent';
}

function latenessOfVisit(visit: Visit, now: number, times: Times): Lateness | null {
  if (visit.queuedAt !== null && now - visit.queuedAt > times.queueMs) return 'queue';
  // Where the reader of a stream is slower than its sender, or a body waits for room, silence is not the sender's.
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
  // A large piece leaves the buffer as a whole; how much of it the system has taken, its handle knows (as for Node's own time-outs).
  const handle = (socket as { _handle?: { writeQueueSize?: number } | null })._handle;
  const waiting = socket.writableLength + (handle?.writeQueueSize ?? 0);
  if (waiting === 0 || waiting < connection.unread || connection.unread === 0) connection.unreadSince = now;
  connection.unread = waiting;
  return now - connection.unreadSince > times.unreadMs;
}
