import type { Visit } from './visit';

/** The slots for requests that are answered at the same time, and the queue of those that wait for one. */
export class Places {
  readonly #queue = new Map<Visit, () => void>();
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
  take(visit: Visit, go: () => void): void {
    if (this.#taken < this.count) {
      this.#occupy(visit);
      go();
      return;
    }
    visit.queuedAt = this.now();
    this.#queue.set(visit, go);
  }

  /** Passes the slot of a visit to the next one. The visit must have a slot. */
  give(visit: Visit): void {
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
  leave(visit: Visit): void {
    visit.queuedAt = null;
    this.#queue.delete(visit);
  }

  /** Returns the earliest visit of the client with the fewest slots, so that a client with many requests does not hold up others. */
  #next(): Visit | null {
    let best: Visit | null = null;
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

  #occupy(visit: Visit): void {
    visit.takesPlace = true;
    this.#count(visit, 1);
  }

  #count({ sender }: Visit, by: 1 | -1): void {
    this.#taken += by;
    const own = (this.#bySender.get(sender) ?? 0) + by;
    if (own > 0) this.#bySender.set(sender, own);
    else this.#bySender.delete(sender);
  }
}

/** The larger bodies in transfer, limited in total and per client. */
export class Uploads {
  readonly #bySender = new Map<string, Set<Visit>>();

  constructor(
    readonly all: number,
    readonly each: number,
  ) {}

  /** Registers an upload. Returns false if there is no capacity for it. */
  take(visit: Visit): boolean {
    const own = this.#bySender.get(visit.sender) ?? new Set();
    const all = [...this.#bySender.values()].reduce((total, { size }) => total + size, 0);
    if (own.size >= this.each || all >= this.all) return false;
    this.#bySender.set(visit.sender, own.add(visit));
    return true;
  }

  /** Ends the upload of a visit, if it has one. */
  end(visit: Visit): void {
    const own = this.#bySender.get(visit.sender);
    own?.delete(visit);
    if (own?.size === 0) this.#bySender.delete(visit.sender);
  }
}
