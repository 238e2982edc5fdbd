import type { Socket } from 'node:net';
import type { Connection } from './exchange';
import { isOwnConnection } from './node-channels';

export interface ConnectionLimits {
  /** Maximum number of open connections in total. */
  connections: number;
  /** Maximum number of open connections per client. */
  connectionsPerClient: number;
  /**
   * Returns the client whose share a connection from this address counts toward, or null if it has none of its own, as for a proxy that
   * serves many users.
   */
  senderAt: (address: string | undefined) => string | null;
  now: () => number;
  /** Called for each connection that was refused because its client's share or the total was exhausted. */
  onRefused?: (address: string | undefined, status: 429 | 503) => void;
}

/** Capacity beyond the limit, for this process's own connections and for those that are being refused. */
export const RESERVE = 128;
/** Part of the reserve for connections that get a response with the reason. Beyond it, connections are closed without a response. */
const MAX_REFUSED_AT_ONCE = 64;

/**
 * The connections to one server. Each client has a share of them, and a new connection replaces the oldest idle one of the same client. If
 * all connections are in use, the client with the most of them gives one up.
 */
export class Connections {
  readonly #all = new Map<Socket, Connection>();
  readonly #shares = new Map<string, Set<Connection>>();
  /** Connections without a share of their own. */
  readonly #unshared = new Set<Connection>();
  /** Connections over the limit. They are refused at the end of this event-loop turn unless they turn out to be our own. */
  readonly #surplus = new Set<Connection>();
  #refusing = 0;
  #own = 0;

  /** @param turnAway responds that there is no capacity for a connection, and closes it */
  constructor(
    readonly limits: ConnectionLimits,
    readonly turnAway: (connection: Connection, status: 429 | 503) => void,
  ) {}

  get size(): number {
    return this.#all.size;
  }
  /** Number of bytes received on all open connections. */
  get heardBytes(): number {
    return [...this.#all.keys()].reduce((total, socket) => total + socket.bytesRead, 0);
  }
  /** Number of bytes that clients have not read yet on all open connections. */
  get unreadBytes(): number {
    return [...this.#all.values()].reduce((total, { unread }) => total + unread, 0);
  }
  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#all.values();
  }

  /** Returns the connection of a socket, and registers it if it is new. */
  meet(socket: Socket): Connection {
    const known = this.#all.get(socket);
    if (known) return known;
    const now = this.limits.now();
    const connection: Connection = {
      socket,
      sender: this.limits.senderAt(socket.remoteAddress),
      own: false,
      headSince: now,
      idleSince: now,
      readBefore: 0,
      active: null,
      waiting: [],
      unread: 0,
      unreadSince: now,
      closing: false,
    };
    this.#all.set(socket, connection);
    const share = this.#shareOf(connection);
    share.add(connection);
    socket.once('close', () => this.#forget(connection));
    this.#makeRoom(connection, share);
    return connection;
  }

  /**
   * Whether this process itself is at the other end of a connection. Such a connection counts toward no share and is never closed in favour
   * of others.
   */
  isOwn(connection: Connection): boolean {
    if (!connection.own && isOwnConnection(connection.socket) && this.#all.has(connection.socket)) {
      this.#leaveShare(connection);
      connection.own = true;
      connection.sender = null;
      this.#own++;
    }
    return connection.own;
  }

  #makeRoom(connection: Connection, share: Set<Connection>): void {
    const { connections, connectionsPerClient: connectionsEach } = this.limits;
    const overShare = () => connection.sender !== null && share.size > connectionsEach;
    const overAll = () => this.#all.size - this.#own - this.#refusing > connections;
    const stillOver = (): boolean => {
      while (overShare()) if (!this.#closeIdleOf(share)) return true;
      while (overAll()) {
        if (this.#bySize().some((one) => this.#closeIdleOf(one))) continue;
        // Slow senders must not keep others out: clients with more connections give up those whose requests have not fully arrived.
        const larger = this.#bySize().filter((one) => one !== this.#unshared && one.size > share.size + 1);
        if (!larger.some((one) => this.#closeOldestOf(one, isArriving))) return true;
      }
      return false;
    };
    this.#surplus.add(connection);
    if (!stillOver()) {
      this.#surplus.delete(connection);
      return;
    }
    // Whether a connection is our own is known only at the end of the event-loop turn.
    setImmediate(() => {
      const gone = !this.#all.has(connection.socket) || this.isOwn(connection) || !stillOver();
      this.#surplus.delete(connection);
      if (gone) return;
      const status = overShare() ? 429 : 503;
      this.limits.onRefused?.(connection.socket.remoteAddress, status);
      this.#leaveShare(connection);
      connection.socket.once('close', () => {
        this.#refusing--;
      });
      if (++this.#refusing > MAX_REFUSED_AT_ONCE) connection.socket.destroy();
      else this.turnAway(connection, status);
    });
  }

  /** The connections of proxies serve many users, so they come last. */
  #bySize(): Set<Connection>[] {
    return [...[...this.#shares.values()].sort((a, b) => b.size - a.size), this.#unshared];
  }

  /** Closes one connection without a request in progress: one that is already closing, or the oldest. Returns false if there is none. */
  #closeIdleOf(share: Set<Connection>): boolean {
    return this.#closeOldestOf(share, (one) => !one.active && one.waiting.length === 0);
  }

  #closeOldestOf(share: Set<Connection>, mayGo: (one: Connection) => boolean): boolean {
    let oldest: Connection | null = null;
    for (const one of share) {
      if (this.#surplus.has(one) || !mayGo(one) || this.isOwn(one)) continue;
      if (!oldest || rank(one) < rank(oldest)) oldest = one;
    }
    if (!oldest) return false;
    oldest.closing = true;
    oldest.socket.destroy();
    this.#forget(oldest);
    return true;
  }

  #shareOf({ sender }: Connection): Set<Connection> {
    if (sender === null) return this.#unshared;
    let share = this.#shares.get(sender);
    if (!share) {
      share = new Set();
      this.#shares.set(sender, share);
    }
    return share;
  }

  #leaveShare(connection: Connection): void {
    const share = this.#shareOf(connection);
    share.delete(connection);
    if (connection.sender !== null && share.size === 0) this.#shares.delete(connection.sender);
  }

  #forget(connection: Connection): void {
    if (!this.#all.delete(connection.socket)) return;
    if (connection.own) this.#own--;
    else this.#leaveShare(connection);
  }
}

/** Whether a request is still arriving, so that no handler has seen it yet. */
const isArriving = ({ active }: Connection): boolean => active !== null && !active.passed;

const rank = ({ closing, idleSince }: Connection): number => (closing ? Number.NEGATIVE_INFINITY : idleSince);
