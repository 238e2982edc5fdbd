import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { BodyLimit, LargeBody } from './limits';

/** Whoever answers requests. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** One connection to one server. Times are those of the guard's clock, in milliseconds. */
export interface Connection {
  socket: Socket;
  /** Whose share of the connections it takes. Null for those without a share: named proxies, this process itself. */
  sender: string | null;
  /** Whether this very process is at the other end. */
  own: boolean;
  /** When the head that is on its way began, or null while a request is answered or nothing comes. */
  headSince: number | null;
  /** Since when no request has been under way. */
  idleSince: number;
  /** Bytes read when the last request was over. */
  readBefore: number;
  active: Visit | null;
  waiting: (() => void)[];
  /** Bytes that wait for the reader, and since when they have not become fewer. */
  unread: number;
  unreadSince: number;
  closing: boolean;
}

/** One request that passes the guard. */
export interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  connection: Connection;
  limit: BodyLimit;
  large: LargeBody | null;
  path: string;
  /** Whose request it is, for everything that is shared out by sender. */
  sender: string;
  began: number;
  heard: number;
  bytes: number;
  /** In how many pieces they came. */
  pieces: number;
  /** Waits for room in what all bodies together may take. */
  paused: boolean;
  whole: boolean;
  /** Handed to whoever answers. */
  passed: boolean;
  /** Since when it waits for a place among those that are answered. */
  queuedAt: number | null;
  takesPlace: boolean;
  /** Since when its answer is on its way, as far as it was seen. */
  answeredAt: number | null;
}

const MAX_SMALL = 10_000;
/** Whether the pieces of a body are so many and so small that taking them apart is expensive enough to be an attack. */
export const isTooSmall = (bytes: number, pieces: number, most = MAX_SMALL): boolean =>
  pieces > most && bytes / pieces < 64;

/** Counts a piece of a body. Answers whether there are too many small ones. */
export const countPiece = (visit: Visit): boolean => isTooSmall(visit.bytes, ++visit.pieces);

/** Whether a body follows the head of a request. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
