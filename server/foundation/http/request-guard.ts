import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { networkOf } from '../proxies';
import { isReadableBody } from './body';
import { type ConnectionLimits, Connections, RESERVE } from './connections';
import { problemOf } from './head';
import { KeptBodies } from './kept-bodies';
import {
  type BodyLimit,
  carriesCredential,
  DEFAULT_LIMIT,
  isHeldOpen,
  type LargeBody,
  largeBodyFor,
} from './limits';
import { onConnection, onRequest, watchOwnConnections } from './node-channels';
import { Places, Uploads } from './places';
import { discard, type RefusalSettings, Refusals } from './refusals';
import { countBody } from './streamed-bodies';
import { latenessOf, type Times } from './times';
import { type Connection, hasBody, type Listener, type Visit } from './visit';

/** What the request guard allows. Times are in milliseconds, sizes in bytes. */
export interface GuardSettings extends ConnectionLimits, Times, RefusalSettings {
  /** The address of this app, whose origin is ours. */
  appUrl: string;
  /** How often times are looked at. */
  sweepMs: number;
  /** Requests that are answered at once; more wait. Those of this process itself are not counted. */
  answering: number;
  /** Larger bodies on their way at once, in all and from one sender. They take no place of those that are answered. */
  uploads: number;
  uploadsEach: number;
  /** Requests that wait behind another one on the same connection. */
  pipelined: number;
  /** Bytes of bodies that are kept at once, in all and from one sender, over what each may always have (`alwaysKept`). */
  kept: number;
  keptEach: number;
  alwaysKept: number;
  /** The same of larger bodies that are kept whole (`LargeBody.kept`). */
  keptLarge: number;
  keptLargeEach: number;
  /** Whether sockets are handed over to other protocols (hot reload in development). */
  upgrades: boolean;
  limitFor?: (method: string | undefined, path: string) => LargeBody | null;
  defaultLimit?: BodyLimit;
}

const MIB = 1024 * 1024;
export const GUARD_DEFAULTS: Omit<GuardSettings, 'appUrl'> = {
  headMs: 10_000,
  sweepMs: 500,
  unreadMs: 60_000,
  lingerMs: 2_000,
  connections: 1000,
  connectionsEach: 250,
  senderAt: (address) => (address === undefined ? null : networkOf(address)),
  answering: 100,
  placeMs: 3_000,
  uploads: 48,
  uploadsEach: 16,
  queueMs: 30_000,
  pipelined: 20,
  kept: 32 * MIB,
  keptEach: 8 * MIB,
  alwaysKept: 32 * 1024,
  keptLarge: 24 * MIB,
  keptLargeEach: 12 * MIB,
  answerHeaders: {},
  upgrades: false,
  now: () => performance.now(),
};

const shared = globalThis as typeof globalThis & { __tributaryGuard?: true };

/**
 * Puts the request guard in front of every HTTP server of this process, those that exist and those to come. Next makes its server by itself, so each
 * is met on Node's own channels: at its first connection, or at its first request when that was made before this ran.
 */
export function guardAllServers(settings: GuardSettings): void {
  if (shared.__tributaryGuard) return;
  shared.__tributaryGuard = true;
  watchOwnConnections();
  onConnection((server, socket) => guardServer(server, settings).meet(socket));
  onRequest(({ server }) => guardServer(server, settings));
}

const guarded = new WeakMap<Server, Guard>();

/** Puts the request guard in front of one server, once. */
export function guardServer(server: Server, settings: GuardSettings): Guard {
  let made = guarded.get(server);
  if (!made) {
    made = new Guard(server, settings);
    guarded.set(server, made);
  }
  return made;
}

interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  connection: Connection;
  pass: Listener;
  /** Whether the sender waits to be told to go on (Expect: 100-continue). */
  continues: boolean;
  /** What came of the body before its turn. */
  early: readonly (Buffer | null)[];
}

/**
 * What stands in front of one server. The body of an ordinary request is counted and kept here until it is whole; only then does whoever
 * answers hear of the request, so nobody ever sees a part of a body. A larger one (limits.ts) is passed on as it comes, counted too; when
 * it breaks its limit, its reader sees a connection that was cut, and never an end.
 */
export class Guard {
  readonly #connections: Connections;
  readonly #bodies: KeptBodies;
  readonly #largeBodies: KeptBodies;
  readonly #places: Places;
  readonly #uploads: Uploads;
  readonly #refusals: Refusals;

  constructor(
    readonly server: Server,
    readonly settings: GuardSettings,
  ) {
    const { now, alwaysKept: always } = settings;
    this.#refusals = new Refusals(settings);
    this.#connections = new Connections(settings, (connection, status) =>
      this.#refusals.turnAway(connection, status),
    );
    this.#bodies = new KeptBodies({ total: settings.kept, each: settings.keptEach, always }, now);
    const large = { total: settings.keptLarge, each: settings.keptLargeEach, always };
    this.#largeBodies = new KeptBodies(large, now);
    this.#places = new Places(settings.answering, now);
    this.#uploads = new Uploads(settings.uploads, settings.uploadsEach);
    this.#stand();
    const sweeper = setInterval(() => this.sweep(), settings.sweepMs);
    sweeper.unref();
    server.once('close', () => clearInterval(sweeper));
  }

  /** Takes the place of the server's own listeners, which hear of a request when it is let in. */
  #stand(): void {
    const { server, settings } = this;
    server.headersTimeout = settings.headMs;
    // Each body has a time of its own. Node's one time for all of them would have to be that of the slowest upload.
    server.requestTimeout = 0;
    server.maxConnections = settings.connections + RESERVE;
    const listeners = server.listeners('request') as Listener[];
    const pass: Listener = (request, response) => {
      for (const listener of listeners) listener.call(server, request, response);
    };
    for (const event of ['request', 'checkContinue'] as const) {
      server.removeAllListeners(event);
      server.on(event, (request: IncomingMessage, response: ServerResponse) =>
        this.#arrive(request, response, pass, event === 'checkContinue'),
      );
    }
    // Without a listener Node treats such a request as an ordinary one. Nothing here speaks another protocol.
    if (!settings.upgrades) server.removeAllListeners('upgrade');
  }

  /** Memory that bodies take until they are answered. */
  get keptBytes(): number {
    return this.#bodies.bytes + this.#largeBodies.bytes;
  }
  /** Requests that wait for a place. */
  get queued(): number {
    return this.#places.queued;
  }
  get connected(): number {
    return this.#connections.size;
  }
  /** What has arrived on all connections that are open. */
  get heardBytes(): number {
    return this.#connections.heardBytes;
  }
  /** What waits for readers on all connections that are open. */
  get unreadBytes(): number {
    return this.#connections.unreadBytes;
  }

  /** A connection was made. */
  meet(socket: Socket): void {
    this.#connections.meet(socket);
  }

  #arrive(request: IncomingMessage, response: ServerResponse, pass: Listener, continues: boolean): void {
    const connection = this.#connections.meet(request.socket);
    connection.headSince = null;
    if (connection.closing) {
      discard(request);
      return;
    }
    if (!connection.active) {
      this.#begin({ request, response, connection, pass, continues, early: [] });
      return;
    }
    // Sent before the one before it was answered: one at a time, however many a sender has ready.
    if (connection.waiting.length >= this.settings.pipelined) {
      request.socket.destroy();
      return;
    }
    const early: (Buffer | null)[] = [];
    request.push = ((chunk: Buffer | null) => {
      early.push(chunk);
      return false;
    }) as typeof request.push;
    connection.waiting.push(() => this.#begin({ request, response, connection, pass, continues, early }));
  }

  #begin(arrival: Arrival): void {
    const { request, response, connection, pass, continues, early } = arrival;
    const { large, visit } = this.#visitOf(arrival);
    connection.active = visit;
    response.once('close', () => this.#left(visit));
    this.#dress(response);
    // HTTP/1.0 (the probes of some balancers) names no host; what builds an address of its own would fail without one.
    request.headers.host ??= new URL(this.settings.appUrl).host;
    const problem = problemOf(request, visit.path, this.settings.appUrl);
    if (problem) {
      this.#refuse(visit, problem);
      return;
    }
    const tooLarge = large && !visit.large ? 401 : 413;
    if (Number(request.headers['content-length'] ?? 0) > visit.limit.bytes) {
      this.#refuse(visit, tooLarge);
      return;
    }
    // What this app's own connectors bring to the sandbox is not counted by sender.
    if (visit.large?.credential === 'session' && !this.#uploads.take(visit)) {
      this.#refuse(visit, 503);
      return;
    }
    if (continues && hasBody(request)) response.writeContinue();
    const done = () => this.#admit(visit, pass);
    if (!hasBody(request)) {
      request.push = Readable.prototype.push;
      for (const chunk of early) request.push(chunk);
      done();
      return;
    }
    if (visit.large && !visit.large.kept) {
      countBody(visit, this.settings.now, () => this.#refusals.cut(visit, 413));
      done();
    } else
      this.#bodiesOf(visit).keep(visit, {
        whole: (body) => void this.#check(visit, body, done),
        tooLarge: () => this.#refuse(visit, tooLarge),
      });
    for (const chunk of early) request.push(chunk);
    // What came before its turn has stopped the reading.
    if (early.length > 0 && !visit.whole) request._read(0);
  }

  /** What is known of a request when its head has come, and the larger limit of its route, whether it may have it or not. */
  #visitOf({ request, response, connection }: Arrival): { visit: Visit; large: LargeBody | null } {
    const { settings } = this;
    const now = settings.now();
    const path = (request.url ?? '').split(/[?#]/, 1)[0] ?? '';
    const large = (settings.limitFor ?? largeBodyFor)(request.method, path);
    const admitted = large && carriesCredential(request.headers, large.credential) ? large : null;
    const visit: Visit = {
      request,
      response,
      connection,
      limit: admitted ?? settings.defaultLimit ?? DEFAULT_LIMIT,
      large: admitted,
      path,
      sender: this.#senderOf(request, connection),
      began: now,
      heard: now,
      bytes: 0,
      pieces: 0,
      paused: false,
      whole: false,
      passed: false,
      queuedAt: null,
      takesPlace: false,
      answeredAt: null,
    };
    return { visit, large };
  }

  #senderOf({ headers, socket }: IncomingMessage, connection: Connection): string {
    if (this.#connections.isOwn(connection)) return 'this process';
    return networkOf(String(headers['x-tributary-client'] ?? socket.remoteAddress ?? ''));
  }

  #bodiesOf(visit: Visit): KeptBodies {
    return visit.large ? this.#largeBodies : this.#bodies;
  }

  /** Goes on with a body that is whole, when it is what its head says. */
  async #check(visit: Visit, body: Buffer, done: () => void): Promise<void> {
    const { request } = visit;
    // What has a signature over all of it is looked at by whoever knows the key.
    if (!visit.large && !(await isReadableBody(request.headers, body))) {
      this.#refuse(visit, 400);
      return;
    }
    if (request.destroyed) return;
    // An answer that may take long does not hold what was read already: who has read all of a signed body knows whether it is genuine.
    if (visit.large || isHeldOpen(visit.path))
      request.once('end', () => this.#bodiesOf(visit).release(visit));
    if (body.byteLength > 0) request.push(body);
    request.push(null);
    done();
  }

  /** Hands a request to whoever answers it, as soon as there is a place. */
  #admit(visit: Visit, pass: Listener): void {
    if (visit.connection.closing || visit.connection.socket.destroyed) return;
    const go = () => {
      visit.passed = true;
      pass(visit.request, visit.response);
    };
    // Somebody who has a place may wait for what this process asks of itself: that must not wait for a place behind others.
    const own = this.#connections.isOwn(visit.connection);
    if (own || isHeldOpen(visit.path) || visit.large !== null) go();
    else this.#places.take(visit, go);
  }

  /** Frees the place of a request for the next one. */
  #givePlace(visit: Visit): void {
    if (!visit.takesPlace) return;
    visit.takesPlace = false;
    this.#places.give(visit);
  }

  /** An answer has ended, well or not: its place and its memory are free. */
  #left(visit: Visit): void {
    this.#release(visit);
    this.#givePlace(visit);
    this.#uploads.end(visit);
    const { connection, request } = visit;
    if (connection.active !== visit) return;
    connection.active = null;
    if (connection.socket.destroyed || connection.closing) return;
    // Answered before its body had come to its end: nothing that still comes is a request.
    if (hasBody(request) && !request.complete) {
      this.#refusals.linger(connection, request);
      return;
    }
    connection.readBefore = connection.socket.bytesRead;
    connection.idleSince = this.settings.now();
    connection.waiting.shift()?.();
  }

  /** Whoever has gone, or was refused, waits for nothing and keeps nothing any more. */
  #release(visit: Visit): void {
    this.#places.leave(visit);
    this.#bodiesOf(visit).release(visit);
  }

  #refuse(visit: Visit, status: number): void {
    if (visit.connection.closing) return;
    this.#release(visit);
    this.#refusals.refuse(visit, status);
  }

  /** Looks at every connection's times. */
  sweep(): void {
    const now = this.settings.now();
    this.#bodies.feed();
    this.#largeBodies.feed();
    for (const connection of this.#connections) if (!connection.closing) this.#sweepOne(connection, now);
  }

  #sweepOne(connection: Connection, now: number): void {
    const { active, socket } = connection;
    switch (latenessOf(connection, now, this.settings)) {
      case 'unread':
      case 'silent':
        connection.closing = true;
        socket.destroy();
        break;
      case 'head':
        this.#refusals.turnAway(connection, 408);
        break;
      case 'queue':
        if (active) this.#refuse(active, 503);
        break;
      case 'body':
        if (active?.passed) this.#refusals.cut(active, 408);
        else if (active) this.#refuse(active, 408);
        break;
      case 'place':
        if (active) this.#givePlace(active);
    }
  }

  /** Sets the headers that every answer has, just before its head is written. */
  #dress(response: ServerResponse): void {
    const { answerHeaders } = this.settings;
    const writeHead = response.writeHead;
    response.writeHead = ((...args: unknown[]) => {
      response.writeHead = writeHead;
      if (!response.headersSent)
        for (const [name, value] of Object.entries(answerHeaders))
          if (!response.hasHeader(name)) response.setHeader(name, value);
      return Reflect.apply(writeHead, response, args);
    }) as typeof response.writeHead;
  }
}
