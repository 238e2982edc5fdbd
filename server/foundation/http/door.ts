import { subscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { isReadableBody } from './body';
import { problemOf } from './head';
import {
  type BodyLimit,
  carriesCredential,
  DEFAULT_LIMIT,
  isHeldOpen,
  type LargeBody,
  largeBodyFor,
} from './limits';

/** What the door allows. Times are in milliseconds, sizes in bytes. */
export interface DoorSettings {
  /** The address of this app, whose origin is ours. */
  appUrl: string;
  /** For how long a head may be on its way, counted from the connection or from its first byte on a kept connection. */
  headMs: number;
  /** How often times are looked at. */
  sweepMs: number;
  /** For how long a reader may leave an answer untouched. */
  unreadMs: number;
  /** For how long a connection that was refused is still listened to, so that its sender can read why. */
  lingerMs: number;
  connections: number;
  /** Requests that are being answered at once; more wait. */
  answering: number;
  /** For how long an answer that has begun keeps its place: after that it waits for its reader, who may be slow. */
  placeMs: number;
  /** Larger bodies on their way at once, in all and from one sender. They take no place of those that are answered. */
  uploads: number;
  uploadsEach: number;
  /** For how long a request may wait for its turn. */
  queueMs: number;
  /** Requests that wait behind another one on the same connection. */
  pipelined: number;
  /** Bytes of bodies that are kept at once, over what each may always have (`alwaysKept`). */
  kept: number;
  alwaysKept: number;
  /** Headers for every answer that does not set them itself. */
  answerHeaders: Readonly<Record<string, string>>;
  /** Whether sockets are handed over to other protocols (hot reload in development). */
  upgrades: boolean;
  limitFor?: (method: string | undefined, path: string) => LargeBody | null;
  defaultLimit?: BodyLimit;
  now: () => number;
}

const MIB = 1024 * 1024;
export const DOOR_DEFAULTS: Omit<DoorSettings, 'appUrl'> = {
  headMs: 10_000,
  sweepMs: 500,
  unreadMs: 60_000,
  lingerMs: 2_000,
  connections: 1000,
  answering: 100,
  placeMs: 3_000,
  uploads: 48,
  uploadsEach: 16,
  queueMs: 30_000,
  pipelined: 20,
  kept: 32 * MIB,
  alwaysKept: 32 * 1024,
  answerHeaders: {},
  upgrades: false,
  now: () => performance.now(),
};

/** How much may come after a refusal before its connection is cut. */
const LINGER_BYTES = 4 * MIB;
/** Pieces of a stream are gathered up to this size: a sender may send every byte in a chunk of its own. */
const GATHERED = 16 * 1024;

const shared = globalThis as typeof globalThis & { __tributaryDoor?: true };

/**
 * Puts the door in front of every HTTP server of this process, those that exist and those to come. Next makes its server by itself, so each
 * is met on Node's own channels: at its first connection, or at its first request when that was made before this ran.
 */
export function openDoor(settings: DoorSettings): void {
  if (shared.__tributaryDoor) return;
  shared.__tributaryDoor = true;
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket & { server?: unknown } };
    if (socket.server instanceof Server) guard(socket.server, settings).meet(socket);
  });
  subscribe('http.server.request.start', (message) => {
    guard((message as { server: Server }).server, settings);
  });
}

const guarded = new WeakMap<Server, Guard>();

/** Puts the door in front of one server, once. */
export function guard(server: Server, settings: DoorSettings): Guard {
  let made = guarded.get(server);
  if (!made) {
    made = new Guard(server, settings);
    guarded.set(server, made);
  }
  return made;
}

const NOTHING = Buffer.alloc(0);

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

interface Connection {
  socket: Socket;
  /** When the head that is on its way began, or null while a request is answered or nothing comes. */
  headSince: number | null;
  /** Bytes read when the last request was over. */
  readBefore: number;
  active: Visit | null;
  waiting: (() => void)[];
  /** Bytes that wait for the reader, and since when they have not become fewer. */
  unread: number;
  unreadSince: number;
  closing: boolean;
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

/** One request on its way through the door. */
interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  connection: Connection;
  limit: BodyLimit;
  large: LargeBody | null;
  path: string;
  began: number;
  heard: number;
  bytes: number;
  /** In how many pieces they came. */
  pieces: number;
  /** What has arrived of a body that is kept until it is whole, with room for more. */
  store: Buffer;
  /** Waits for room in what all bodies together may take. */
  paused: boolean;
  whole: boolean;
  /** Handed to whoever answers. */
  passed: boolean;
  queuedAt: number | null;
  takesPlace: boolean;
  /** Since when its answer is on its way, as far as it was seen. */
  answeredAt: number | null;
  /** Whose larger body this is, while it is on its way. */
  uploader: string | null;
}

/**
 * What stands in front of one server. The body of an ordinary request is counted and kept here until it is whole; only then does whoever
 * answers hear of the request, so nobody ever sees a part of a body. A larger one (limits.ts) is passed on as it comes, counted too; when
 * it breaks its limit, its reader sees a connection that was cut, and never an end.
 */
export class Guard {
  readonly #connections = new Map<Socket, Connection>();
  readonly #queue: Visit[] = [];
  readonly #starved = new Set<Visit>();
  #answering = 0;
  /** How many larger bodies of each sender are on their way. */
  readonly #uploads = new Map<string, number>();
  #kept = 0;
  readonly #sweeper: NodeJS.Timeout;

  constructor(
    readonly server: Server,
    readonly settings: DoorSettings,
  ) {
    server.headersTimeout = settings.headMs;
    // Each body has a time of its own. Node's one time for all of them would have to be that of the slowest upload.
    server.requestTimeout = 0;
    server.maxConnections = settings.connections;
    const listeners = server.listeners('request') as Listener[];
    const pass: Listener = (request, response) => {
      for (const listener of listeners) listener.call(server, request, response);
    };
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#arrive(request, response, pass, false),
    );
    server.removeAllListeners('checkContinue');
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
      this.#arrive(request, response, pass, true),
    );
    // Without a listener Node treats such a request as an ordinary one. Nothing here speaks another protocol.
    if (!settings.upgrades) server.removeAllListeners('upgrade');
    this.#sweeper = setInterval(() => this.sweep(), settings.sweepMs);
    this.#sweeper.unref();
    server.once('close', () => clearInterval(this.#sweeper));
  }

  /** Memory that bodies take until they are whole. */
  get keptBytes(): number {
    return this.#kept;
  }
  /** Requests that wait for a place. */
  get queued(): number {
    return this.#queue.length;
  }
  get connected(): number {
    return this.#connections.size;
  }
  /** What has arrived on all connections that are open. */
  get heardBytes(): number {
    return [...this.#connections.keys()].reduce((total, socket) => total + socket.bytesRead, 0);
  }
  /** What waits for readers on all connections that are open. */
  get unreadBytes(): number {
    return [...this.#connections.values()].reduce((total, { unread }) => total + unread, 0);
  }

  /** A connection was made. */
  meet(socket: Socket): Connection {
    const known = this.#connections.get(socket);
    if (known) return known;
    const now = this.settings.now();
    const connection: Connection = {
      socket,
      headSince: now,
      readBefore: 0,
      active: null,
      waiting: [],
      unread: 0,
      unreadSince: now,
      closing: false,
    };
    this.#connections.set(socket, connection);
    socket.once('close', () => this.#connections.delete(socket));
    return connection;
  }

  #arrive(request: IncomingMessage, response: ServerResponse, pass: Listener, continues: boolean): void {
    const connection = this.meet(request.socket);
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
    const now = this.settings.now();
    const path = (request.url ?? '').split(/[?#]/, 1)[0] ?? '';
    const large = (this.settings.limitFor ?? largeBodyFor)(request.method, path);
    const admitted = large && carriesCredential(request.headers, large.credential) ? large : null;
    const visit: Visit = {
      request,
      response,
      connection,
      limit: admitted ?? this.settings.defaultLimit ?? DEFAULT_LIMIT,
      large: admitted,
      path,
      began: now,
      heard: now,
      bytes: 0,
      pieces: 0,
      store: NOTHING,
      paused: false,
      whole: false,
      passed: false,
      queuedAt: null,
      takesPlace: false,
      answeredAt: null,
      uploader: null,
    };
    connection.active = visit;
    response.once('close', () => this.#left(visit));
    this.#dress(response);
    // HTTP/1.0 (the probes of some balancers) names no host; what builds an address of its own would fail without one.
    request.headers.host ??= new URL(this.settings.appUrl).host;
    const problem = problemOf(request, path, this.settings.appUrl);
    if (problem) {
      this.#refuse(visit, problem);
      return;
    }
    if (Number(request.headers['content-length'] ?? 0) > visit.limit.bytes) {
      this.#refuse(visit, large && !admitted ? 401 : 413);
      return;
    }
    // What this app's own connectors bring to the sandbox is not counted by sender.
    if (admitted?.credential === 'session' && !this.#takeUpload(visit)) {
      this.#refuse(visit, 503);
      return;
    }
    if (continues) response.writeContinue();
    const done = () => this.#admit(visit, pass);
    if (!hasBody(request)) {
      request.push = Readable.prototype.push;
      for (const chunk of early) request.push(chunk);
      done();
      return;
    }
    if (admitted) {
      this.#count(visit);
      done();
    } else this.#keep(visit, large !== null, done);
    for (const chunk of early) request.push(chunk);
    // What came before its turn has stopped the reading.
    if (early.length > 0 && !visit.whole) request._read(0);
  }

  /** Keeps a body until it is whole, and only then goes on. */
  #keep(visit: Visit, wantsCredential: boolean, done: () => void): void {
    const { request } = visit;
    const push = Readable.prototype.push.bind(request);
    request.push = ((chunk: Buffer | null): boolean => {
      if (chunk === null) {
        visit.whole = true;
        request.push = Readable.prototype.push;
        if (this.#favoured === visit) this.#favoured = null;
        const body = visit.store.subarray(0, visit.bytes);
        void isReadableBody(request.headers, body).then((readable) => {
          if (!readable) {
            this.#refuse(visit, 400);
            return;
          }
          if (request.destroyed) return;
          if (body.byteLength > 0) push(body);
          push(null);
          done();
        });
        this.#feed();
        return false;
      }
      visit.heard = this.settings.now();
      if (visit.bytes + chunk.byteLength > visit.limit.bytes || isCrumbled(visit)) {
        this.#refuse(visit, wantsCredential ? 401 : 413);
        return true;
      }
      this.#store(visit, chunk);
      visit.paused =
        this.#kept > this.settings.kept &&
        visit.store.byteLength > this.settings.alwaysKept &&
        visit !== this.#favoured;
      if (visit.paused) this.#starved.add(visit);
      return !visit.paused;
    }) as typeof request.push;
  }

  /** Adds a piece to a kept body: a thousand pieces of one byte take no more than one of a thousand. */
  #store(visit: Visit, chunk: Buffer): void {
    const bytes = visit.bytes + chunk.byteLength;
    if (bytes > visit.store.byteLength) {
      const grown = Buffer.allocUnsafeSlow(Math.min(visit.limit.bytes, Math.max(1024, 2 * bytes)));
      visit.store.copy(grown, 0, 0, visit.bytes);
      this.#kept += grown.byteLength - visit.store.byteLength;
      visit.store = grown;
    }
    chunk.copy(visit.store, visit.bytes);
    visit.bytes = bytes;
  }

  /** Counts a body that is passed on as it comes. */
  #count(visit: Visit): void {
    const { request } = visit;
    const push = Readable.prototype.push.bind(request);
    let gathered: Buffer[] = [];
    let size = 0;
    let flushing = false;
    const flush = (): boolean => {
      flushing = false;
      if (size === 0 || request.destroyed) return true;
      const piece = gathered.length === 1 && gathered[0] ? gathered[0] : Buffer.concat(gathered, size);
      gathered = [];
      size = 0;
      return push(piece);
    };
    request.push = ((chunk: Buffer | null): boolean => {
      if (chunk === null) {
        visit.whole = true;
        flush();
        return push(null);
      }
      visit.heard = this.settings.now();
      visit.bytes += chunk.byteLength;
      if (visit.bytes > visit.limit.bytes || isCrumbled(visit)) {
        gathered = [];
        size = 0;
        this.#cut(visit, 413);
        return true;
      }
      gathered.push(chunk);
      size += chunk.byteLength;
      if (size >= GATHERED) return flush();
      if (!flushing) {
        flushing = true;
        setImmediate(flush);
      }
      return true;
    }) as typeof request.push;
  }

  /** Hands a request to whoever answers it, as soon as there is a place. */
  #admit(visit: Visit, pass: Listener): void {
    if (visit.connection.closing || visit.connection.socket.destroyed) return;
    visit.takesPlace = !isHeldOpen(visit.path) && visit.large === null;
    const go = () => {
      visit.queuedAt = null;
      visit.passed = true;
      if (visit.takesPlace) this.#answering++;
      pass(visit.request, visit.response);
    };
    if (!visit.takesPlace || this.#answering < this.settings.answering) {
      go();
      return;
    }
    visit.queuedAt = this.settings.now();
    this.#goes.set(visit, go);
    this.#queue.push(visit);
  }
  readonly #goes = new WeakMap<Visit, () => void>();

  /** An answer has ended, well or not: its place and its memory are free. */
  #left(visit: Visit): void {
    this.#unqueue(visit);
    this.#free(visit);
    this.#starved.delete(visit);
    this.#givePlace(visit);
    this.#endUpload(visit);
    const { connection } = visit;
    if (connection.active !== visit) return;
    connection.active = null;
    if (connection.socket.destroyed || connection.closing) return;
    // Answered before its body had come to its end: nothing that still comes is a request.
    if (hasBody(visit.request) && !visit.request.complete) {
      this.#linger(visit);
      return;
    }
    connection.readBefore = connection.socket.bytesRead;
    connection.waiting.shift()?.();
  }

  /** Frees the place of a request for the next one. */
  #givePlace(visit: Visit): void {
    if (!visit.passed || !visit.takesPlace) return;
    visit.takesPlace = false;
    this.#answering--;
    while (this.#answering < this.settings.answering) {
      const next = this.#queue.shift();
      if (!next) break;
      if (!next.connection.closing && !next.connection.socket.destroyed) this.#goes.get(next)?.();
    }
  }

  #takeUpload(visit: Visit): boolean {
    const { headers, socket } = visit.request;
    const sender = String(headers['x-tributary-client'] ?? socket.remoteAddress ?? '');
    const own = this.#uploads.get(sender) ?? 0;
    const all = [...this.#uploads.values()].reduce((total, count) => total + count, 0);
    if (own >= this.settings.uploadsEach || all >= this.settings.uploads) return false;
    this.#uploads.set(sender, own + 1);
    visit.uploader = sender;
    return true;
  }

  #endUpload(visit: Visit): void {
    if (visit.uploader === null) return;
    const left = (this.#uploads.get(visit.uploader) ?? 1) - 1;
    if (left > 0) this.#uploads.set(visit.uploader, left);
    else this.#uploads.delete(visit.uploader);
    visit.uploader = null;
  }

  /** Whoever has gone, or was refused, waits for no place any more; with the visit goes the body that its request holds. */
  #unqueue(visit: Visit): void {
    visit.queuedAt = null;
    const at = this.#queue.indexOf(visit);
    if (at >= 0) this.#queue.splice(at, 1);
  }

  #free(visit: Visit): void {
    this.#kept -= visit.store.byteLength;
    visit.store = NOTHING;
    if (this.#favoured === visit) this.#favoured = null;
    this.#feed();
  }

  /** Lets bodies that wait for room go on: one in any case and to its end, so that they never all wait for each other. */
  #feed(): void {
    for (const starved of this.#starved) {
      if (this.#kept > this.settings.kept && this.#favoured) break;
      this.#favoured ??= starved;
      this.#starved.delete(starved);
      starved.paused = false;
      starved.heard = this.settings.now();
      starved.request._read(0);
    }
  }
  #favoured: Visit | null = null;

  /** Refuses a request of which nobody has heard yet, and closes its connection. */
  #refuse(visit: Visit, status: number): void {
    const { socket } = visit.connection;
    if (visit.connection.closing) return;
    this.#free(visit);
    this.#starved.delete(visit);
    if (!socket.destroyed) socket.write(plainAnswer(status, this.settings.answerHeaders));
    this.#linger(visit);
  }

  /** Ends a request in the middle of its body. Who reads it sees that its sender has gone. */
  #cut(visit: Visit, status: number): void {
    const { request, response, connection } = visit;
    const { socket } = connection;
    if (connection.closing) return;
    if (!response.headersSent && !socket.destroyed)
      socket.write(plainAnswer(status, this.settings.answerHeaders));
    // What is still written to the answer goes nowhere; the socket stays for as long as the sender reads.
    if (response.socket === socket) response.detachSocket(socket);
    response.destroy();
    response.emit('close');
    this.#linger(visit);
    request.socket = Object.create(socket, { destroyed: { value: true } }) as Socket;
    request.destroy(new Error('The body of the request was refused'));
  }

  /** Closes a connection so that its sender can still read the last answer: what else comes is thrown away, for a while. */
  #linger(visit: Visit): void {
    const { connection, request } = visit;
    const { socket } = connection;
    connection.closing = true;
    connection.active = null;
    connection.waiting = [];
    discard(request, LINGER_BYTES, () => socket.destroy());
    if (socket.destroyed) return;
    socket.end();
    const timer = setTimeout(() => socket.destroy(), this.settings.lingerMs);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  }

  /** Looks at every connection's times. */
  sweep(): void {
    const now = this.settings.now();
    this.#feed();
    for (const connection of this.#connections.values()) {
      if (connection.closing) continue;
      if (this.#isUnread(connection, now)) connection.socket.destroy();
      else if (connection.active) this.#sweepBody(connection.active, now);
      else this.#sweepHead(connection, now);
    }
  }

  #sweepHead(connection: Connection, now: number): void {
    const { socket } = connection;
    // On a kept connection the time begins with the first byte; how long it may be silent, the server itself knows.
    if (connection.headSince === null && socket.bytesRead > connection.readBefore) connection.headSince = now;
    if (connection.headSince === null || now - connection.headSince < this.settings.headMs) return;
    connection.closing = true;
    if (socket.bytesRead > connection.readBefore)
      socket.end(plainAnswer(408, this.settings.answerHeaders), () => socket.destroy());
    else socket.destroy();
  }

  #sweepBody(visit: Visit, now: number): void {
    if (visit.queuedAt !== null && now - visit.queuedAt > this.settings.queueMs) {
      this.#unqueue(visit);
      this.#refuse(visit, 503);
      return;
    }
    if (visit.takesPlace && visit.passed && visit.response.headersSent) {
      visit.answeredAt ??= now;
      if (now - visit.answeredAt >= this.settings.placeMs) this.#givePlace(visit);
    }
    if (visit.whole || !hasBody(visit.request) || visit.request.complete) return;
    // Where the reader of a stream is slower than its sender, silence is not the sender's.
    if (visit.paused || (visit.large && visit.request.readableLength >= visit.request.readableHighWaterMark))
      visit.heard = now;
    const late =
      now - visit.began > visit.limit.seconds * 1000 || now - visit.heard > visit.limit.idleSeconds * 1000;
    if (!late) return;
    if (visit.passed) this.#cut(visit, 408);
    else this.#refuse(visit, 408);
  }

  #isUnread(connection: Connection, now: number): boolean {
    const { socket } = connection;
    // A large piece leaves the buffer as a whole; how much of it the system has taken, its handle knows (as for Node's own time-outs).
    const handle = (socket as { _handle?: { writeQueueSize?: number } | null })._handle;
    const waiting = socket.writableLength + (handle?.writeQueueSize ?? 0);
    if (waiting === 0 || waiting < connection.unread || connection.unread === 0) connection.unreadSince = now;
    connection.unread = waiting;
    return now - connection.unreadSince > this.settings.unreadMs;
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

/** Whether a body comes in so many small pieces that counting them is the work that its sender is after. Counts this one, too. */
const isCrumbled = (visit: Visit): boolean => ++visit.pieces > 10_000 && visit.bytes / visit.pieces < 64;

/** Whether a body follows the head of a request. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** From now on nothing of a request's body is kept. */
function discard(request: IncomingMessage, most = Number.POSITIVE_INFINITY, over?: () => void): void {
  let bytes = 0;
  request.push = ((chunk: Buffer | null) => {
    bytes += chunk?.byteLength ?? 0;
    if (bytes > most) over?.();
    return chunk !== null;
  }) as typeof request.push;
  if (!request.destroyed) request._read(0);
}

/** An answer as bytes, for a connection that ends with it. */
function plainAnswer(status: number, headers: Readonly<Record<string, string>>): string {
  const reason = STATUS_CODES[status] ?? 'Refused';
  const lines = {
    ...headers,
    Connection: 'close',
    'Cache-Control': 'no-store',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(reason)),
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${head.join('')}\r\n${reason}`;
}
