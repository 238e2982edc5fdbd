import type { Exchange } from './exchange';

/** The slots for requests that are answered at the same time, and the queue of those that wait for one. */
export class Slots {
  readonly #queue = new Map<Exchange, () => void>();
  readonly #bySender = new Map<string, number>();
  #taken = 0;

  constructor(
    readonly count: number,
    readonly now: () => number,
  ) {}

  /** Number of requests that wait for a slot. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Calls `go` as soon as a slot is free, immediately if there is one. */
  take(visit: Exchange, go: () => void): void {
    if (this.#taken < this.count) {
      this.#occupy(visit);
      go();
      return;
    }
    visit.queuedAt = this.now();
    this.#queue.set(visit, go);
  }

  /** Passes the slot of a visit to the next one. The visit must have a slot. */
  give(visit: Exchange): void {
    this.#count(visit, -1);
    while (this.#taken < this.count) {
      const next = this.#next();
      if (!next) return;
      const go = this.#queue.get(next);
      this.leave(next);
      if (next.connection.closing || next.connection.socket.destroyed) continue;
      this.#occupy(next);
      go?.();
    }
  }

  /** Removes a visit, and with it the body that its request holds, from the queue. */
  leave(visit: Exchange): void {
    visit.queuedAt = null;
    this.#queue.delete(visit);
  }

  /** Returns the earliest visit of the client with the fewest slots, so that a client with many requests does not hold up others. */
  #next(): Exchange | null {
    let best: Exchange | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const visit of this.#queue.keys()) {
      const own = this.#bySender.get(visit.sender) ?? 0;
      if (own < fewest) {
        best = visit;
        fewest = own;
        if (own === 0) break;
      }
    }
    return best;
  }

  #occupy(visit: Exchange): void {
    visit.takesPlace = true;
    this.#count(visit, 1);
  }

  #count({ sender }: Exchange, by: 1 | -1): void {
    this.#taken += by;
    const own = (this.#bySender.get(sender) ?? 0) + by;
    if (own > 0) this.#bySender.set(sender, own);
    else this.#bySender.delete(sender);
  }
}

/** The larger bodies in transfer, limited in total and per client. */
export class Uploads {
  readonly #bySender = new Map<string, Set<Exchange>>();

  constructor(
    readonly all: number,
    readonly each: number,
  ) {}

  /** Registers an upload. Returns false if there is no capacity for it. */
  take(visit: Exchange): boolean {
    const own = this.#bySender.get(visit.sender) ?? new Set();
    const all = [...this.#bySender.values()].reduce((total, { size }) => total + size, 0);
    if (own.size >= this.each || all >= this.all) return false;
    this.#bySender.set(visit.sender, own.add(visit));
    return true;
  }

  /** Ends the upload of a visit, if it has one. */
  end(visit: Exchange): void {
    const own = this.#bySender.get(visit.sender);
    own?.delete(visit);
    if (own?.size === 0) this.#bySender.delete(visit.sender);
  }
}
