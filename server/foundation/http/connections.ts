import type { Socket } from 'node:net';
import { isOwnConnection } from './node-channels';
import type { Connection } from './visit';

export interface ConnectionLimits {
  /** Connections at once, in all. */
  connections: number;
  /** Connections at once from one sender. */
  connectionsEach: number;
  /** Whose share a connection from this address takes, or null when it has none of its own: a proxy that many people come through. */
  senderAt: (address: string | undefined) => string | null;
  now: () => number;
  /** Told of each connection that was refused because its sender's share was taken, or all were. */
  onRefused?: (address: string | undefined, status: 429 | 503) => void;
}

/** Room over the limit, for this process's own connections and for those that are being told that there is none. */
export const RESERVE = 128;
/** Of the reserve, this much goes to telling why; beyond that connections are closed without a word. */
const MAX_REFUSED_AT_ONCE = 64;

/**
 * The connections to one server. Each sender has a share of them, and a new one takes the place of the same sender's oldest on which
 * nothing is under way. Where all are taken, the sender who has the most of them gives one up.
 */
export class Connections {
  readonly #all = new Map<Socket, Connection>();
  readonly #shares = new Map<string, Set<Connection>>();
  /** Those without a share of their own. */
  readonly #unshared = new Set<Connection>();
  /** Over the limit, and told so at the end of this turn unless they turn out to be our own. */
  readonly #surplus = new Set<Connection>();
  #refusing = 0;
  #own = 0;

  /** @param turnAway tells a connection that there is no room for it, and closes it */
  constructor(
    readonly limits: ConnectionLimits,
    readonly turnAway: (connection: Connection, status: 429 | 503) => void,
  ) {}

  get size(): number {
    return this.#all.size;
  }
  /** What has arrived on all connections that are open. */
  get heardBytes(): number {
    return [...this.#all.keys()].reduce((total, socket) => total + socket.bytesRead, 0);
  }
  /** What waits for readers on all connections that are open. */
  get unreadBytes(): number {
    return [...this.#all.values()].reduce((total, { unread }) => total + unread, 0);
  }
  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#all.values();
  }

  /** The connection of a socket, which is met when it is not known yet. */
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

  /** Whether this very process is at the other end of a connection. Such a one takes nobody's share and is never closed for others. */
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
    const { connections, connectionsEach } = this.limits;
    const overShare = () => connection.sender !== null && share.size > connectionsEach;
    const overAll = () => this.#all.size - this.#own - this.#refusing > connections;
    const stillOver = (): boolean => {
      while (overShare()) if (!this.#closeIdleOf(share)) return true;
      while (overAll()) {
        if (this.#bySize().some((one) => this.#closeIdleOf(one))) continue;
        // Nobody keeps others out by sending slowly: who has more gives up what has not arrived whole.
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
    // Not before the end of the turn is it known whether a connection is our own.
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

  /** Those of proxies stand for many people, so they come last. */
  #bySize(): Set<Connection>[] {
    return [...[...this.#shares.values()].sort((a, b) => b.size - a.size), this.#unshared];
  }

  /** Closes one connection on which no request is under way: one that is being closed anyway, or the oldest. False when there is none. */
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

/** Whether a request is on its way that nobody has begun to answer. */
const isArriving = ({ active }: Connection): boolean => active !== null && !active.passed;

const rank = ({ closing, idleSince }: Connection): number => (closing ? Number.NEGATIVE_INFINITY : idleSince);
