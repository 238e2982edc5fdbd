import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { networkOf } from '../proxies';
import { isReadableBody } from './body';
import { BufferedBodies } from './buffered-bodies';
import { type ConnectionLimits, Connections, RESERVE } from './connections';
import { type Connection, type Exchange, hasBody, type Listener } from './exchange';
import { refusalStatus } from './head';
import {
  type BodyLimit,
  carriesCredential,
  DEFAULT_LIMIT,
  isHeldOpen,
  type LargeBody,
  largeBodyFor,
} from './limits';
import { onConnection, onRequest, watchOwnConnections } from './node-channels';
import { discard, type RefusalSettings, Refusals } from './refusals';
import { Slots, Uploads } from './slots';
import { countBody } from './streamed-bodies';
import { exceededTimeout, type Times } from './times';

/** Settings of the request guard. Times are in milliseconds, sizes in bytes. */
export interface GuardSettings extends ConnectionLimits, Times, RefusalSettings {
  /** Address of this app. Its origin counts as our own. */
  appUrl: string;
  /** Interval at which the time limits are checked. */
  sweepMs: number;
  /** Maximum number of requests that are answered at the same time; more wait. Requests from this process itself do not count. */
  answering: number;
  /** Maximum number of larger bodies in transfer at the same time, in total and per client. They do not take a slot of `answering`. */
  uploads: number;
  uploadsEach: number;
  /** Maximum number of requests that wait behind another one on the same connection. */
  pipelined: number;
  /** Maximum memory of buffered bodies, in total and per client, beyond what each body is guaranteed (`alwaysKept`). */
  kept: number;
  keptEach: number;
  alwaysKept: number;
  /** The same for larger bodies that are buffered (`LargeBody.kept`). */
  keptLarge: number;
  keptLargeEach: number;
  /** Whether sockets may switch to other protocols (hot reload in development). */
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
  connectionsPerClient: 250,
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
 * Puts the request guard in front of every HTTP server of this process, existing and future ones. Next creates its own server, so servers
 * are found through Node's diagnostics channels: at their first connection, or at their first request if the connection was opened before
 * this ran.
 */
export function guardAllServers(settings: GuardSettings): void {
  if (shared.__tributaryGuard) return;
  shared.__tributaryGuard = true;
  watchOwnConnections();
  onConnection((server, socket) => guardServer(server, settings).meet(socket));
  onRequest(({ server }) => guardServer(server, settings));
}

const guarded = new WeakMap<Server, Guard>();

/** Puts the request guard in front of one server. Returns the existing guard if it has one. */
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
  /** Whether the client waits for a 100 Continue (Expect: 100-continue). */
  continues: boolean;
  /** The parts of the body that arrived before the request's turn. */
  early: readonly (Buffer | null)[];
}

/**
 * HTTP guard of one server. Counts the body of an ordinary request and buffers it until it is complete. Only then does the handler receive
 * the request, so it never sees part of a body. A larger body (limits.ts) is passed on as it arrives, and counted as well. If it exceeds
 * its limit, its reader sees a broken connection instead of an end.
 */
export class Guard {
  readonly #connections: Connections;
  readonly #bodies: BufferedBodies;
  readonly #largeBodies: BufferedBodies;
  readonly #places: Slots;
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
    this.#bodies = new BufferedBodies({ total: settings.kept, each: settings.keptEach, always }, now);
    const large = { total: settings.keptLarge, each: settings.keptLargeEach, always };
    this.#largeBodies = new BufferedBodies(large, now);
    this.#places = new Slots(settings.answering, now);
    this.#uploads = new Uploads(settings.uploads, settings.uploadsEach);
    this.#stand();
    const sweeper = setInterval(() => this.sweep(), settings.sweepMs);
    sweeper.unref();
    server.once('close', () => clearInterval(sweeper));
  }

  /** Replaces the server's own listeners, which receive a request once it is admitted. */
  #stand(): void {
    const { server, settings } = this;
    server.headersTimeout = settings.headMs;
    // Each body has its own time limit. Node has only one for all of them, which would have to fit the slowest upload.
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
    // Without a listener, Node treats an upgrade as an ordinary request. Nothing here speaks another protocol.
    if (!settings.upgrades) server.removeAllListeners('upgrade');
  }

  /** Memory used by bodies until their requests are answered, in bytes. */
  get keptBytes(): number {
    return this.#bodies.bytes + this.#largeBodies.bytes;
  }
  /** Number of requests that wait for a slot. */
  get queued(): number {
    return this.#places.queued;
  }
  get connected(): number {
    return this.#connections.size;
  }
  /** Number of bytes received on all open connections. */
  get heardBytes(): number {
    return this.#connections.heardBytes;
  }
  /** Number of bytes that clients have not read yet on all open connections. */
  get unreadBytes(): number {
    return this.#connections.unreadBytes;
  }

  /** Registers a new connection. */
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
    // Sent before the previous request was answered. Requests are handled one at a time, however many a client has ready.
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
    // HTTP/1.0 requests (probes of some load balancers) have no host, and code that builds its own address would fail without one.
    request.headers.host ??= new URL(this.settings.appUrl).host;
    const problem = refusalStatus(request, visit.path, this.settings.appUrl);
    if (problem) {
      this.#refuse(visit, problem);
      return;
    }
    const tooLarge = large && !visit.large ? 401 : 413;
    if (Number(request.headers['content-length'] ?? 0) > visit.limit.bytes) {
      this.#refuse(visit, tooLarge);
      return;
    }
    // Uploads of this app's own connectors to the sandbox do not count toward the limits per client.
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
    // The parts that arrived early have paused the reading.
    if (early.length > 0 && !visit.whole) request._read(0);
  }

  /**
   * Collects what the head tells about a request. Also returns the larger limit of its route, whether or not the request qualifies for it.
   */
  #visitOf({ request, response, connection }: Arrival): { visit: Exchange; large: LargeBody | null } {
    const { settings } = this;
    const now = settings.now();
    const path = (request.url ?? '').split(/[?#]/, 1)[0] ?? '';
    const large = (settings.limitFor ?? largeBodyFor)(request.method, path);
    const admitted = large && carriesCredential(request.headers, large.credential) ? large : null;
    const visit: Exchange = {
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

  #bodiesOf(visit: Exchange): BufferedBodies {
    return visit.large ? this.#largeBodies : this.#bodies;
  }

  /** Continues with a complete body if it matches its head; otherwise refuses the request. */
  async #check(visit: Exchange, body: Buffer, done: () => void): Promise<void> {
    const { request } = visit;
    // A body whose signature covers all of it is checked by the code that knows the key.
    if (!visit.large && !(await isReadableBody(request.headers, body))) {
      this.#refuse(visit, 400);
      return;
    }
    if (request.destroyed) return;
    // The response may take long, so the memory of the body is freed once it has been read. The reader of a complete signed body can tell
    // whether it is genuine.
    if (visit.large || isHeldOpen(visit.path))
      request.once('end', () => this.#bodiesOf(visit).release(visit));
    if (body.byteLength > 0) request.push(body);
    request.push(null);
    done();
  }

  /** Passes a request to the handler as soon as a slot is free. */
  #admit(visit: Exchange, pass: Listener): void {
    if (visit.connection.closing || visit.connection.socket.destroyed) return;
    const go = () => {
      visit.passed = true;
      pass(visit.request, visit.response);
    };
    // A request with a slot may be waiting for a request of this process to itself, which must therefore not wait for a slot.
    const own = this.#connections.isOwn(visit.connection);
    if (own || isHeldOpen(visit.path) || visit.large !== null) go();
    else this.#places.take(visit, go);
  }

  /** Frees the slot of a request for the next one. */
  #givePlace(visit: Exchange): void {
    if (!visit.takesPlace) return;
    visit.takesPlace = false;
    this.#places.give(visit);
  }

  /** Frees slot and memory when a response has ended, whether it succeeded or not. */
  #left(visit: Exchange): void {
    this.#release(visit);
    this.#givePlace(visit);
    this.#uploads.end(visit);
    const { connection, request } = visit;
    if (connection.active !== visit) return;
    connection.active = null;
    if (connection.socket.destroyed || connection.closing) return;
    // The response ended before the body did, so whatever still arrives is not a request.
    if (hasBody(request) && !request.complete) {
      this.#refusals.linger(connection, request);
      return;
    }
    connection.readBefore = connection.socket.bytesRead;
    connection.idleSince = this.settings.now();
    connection.waiting.shift()?.();
  }

  /** Removes a visit from the queue and frees its buffered body. */
  #release(visit: Exchange): void {
    this.#places.leave(visit);
    this.#bodiesOf(visit).release(visit);
  }

  #refuse(visit: Exchange, status: number): void {
    if (visit.connection.closing) return;
    this.#release(visit);
    this.#refusals.refuse(visit, status);
  }

  /** Checks the time limits of every connection. */
  sweep(): void {
    const now = this.settings.now();
    this.#bodies.feed();
    this.#largeBodies.feed();
    for (const connection of this.#connections) if (!connection.closing) this.#sweepOne(connection, now);
  }

  #sweepOne(connection: Connection, now: number): void {
    const { active, socket } = connection;
    switch (exceededTimeout(connection, now, this.settings)) {
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

  /** Adds the common headers to a response just before its head is written. */
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
