import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { BodyLimit, LargeBody } from './limits';

/** A handler of requests. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** One connection to one server. Times are those of the guard's clock, in milliseconds. */
export interface Connection {
  socket: Socket;
  /**
   * The client whose share of the connections this one counts toward. Null for those without a share: configured proxies and this process
   * itself.
   */
  sender: string | null;
  /** Whether this process itself is at the other end. */
  own: boolean;
  /** When the current head began to arrive, or null while a request is answered or nothing arrives. */
  headSince: number | null;
  /** Time since which no request has been in progress. */
  idleSince: number;
  /** Number of bytes read when the last request ended. */
  readBefore: number;
  active: Exchange | null;
  waiting: (() => void)[];
  /** Number of bytes that the client has not read yet, and the time since which it has not decreased. */
  unread: number;
  unreadSince: number;
  closing: boolean;
}

/** A request that passes through the guard. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  connection: Connection;
  limit: BodyLimit;
  large: LargeBody | null;
  path: string;
  /** The client to which the request is attributed in all limits per client. */
  sender: string;
  began: number;
  heard: number;
  bytes: number;
  /** Number of pieces in which the bytes arrived. */
  pieces: number;
  /** Whether it waits for memory that all bodies share. */
  paused: boolean;
  whole: boolean;
  /** Whether it was passed to the handler. */
  passed: boolean;
  /** When it began to wait for a slot. */
  queuedAt: number | null;
  takesPlace: boolean;
  /** When its response was first seen to have started. */
  answeredAt: number | null;
}

const MAX_SMALL = 10_000;
/** Whether a body arrives in so many small pieces that parsing them is expensive enough to be an attack. */
export const isTooSmall = (bytes: number, pieces: number, most = MAX_SMALL): boolean =>
  pieces > most && bytes / pieces < 64;

/** Counts a piece of a body. Returns whether there are too many small ones. */
export const countPiece = (visit: Exchange): boolean => isTooSmall(visit.bytes, ++visit.pieces);

/** Whether a body follows the head of a request. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
