import type { Visit } from './visit';

/** Requests that are answered at once, and the queue of those that wait for it. */
export class Places {
  readonly #queue = new Map<Visit, () => void>();
  readonly #bySender = new Map<string, number>();
  #taken = 0;

  constructor(
    readonly count: number,
    readonly now: () => number,
  ) {}

  /** Requests that wait for a place. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Calls back as soon as there is a place, at once when there is one now. */
  take(visit: Visit, go: () => void): void {
    if (this.#taken < this.count) {
      this.#occupy(visit);
      go();
      return;
    }
    visit.queuedAt = this.now();
    this.#queue.set(visit, go);
  }

  /** Gives a place to the next one. Only for a visit that has one. */
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

  /** Whoever has gone, or was refused, waits no more; with the visit goes the body that its request holds. */
  leave(visit: Visit): void {
    visit.queuedAt = null;
    this.#queue.delete(visit);
  }

  /** The sender who has the fewest places comes first, so that nobody waits for another's many; among those, who came first. */
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

/** Larger bodies on their way at once, in all and from one sender. */
export class Uploads {
  readonly #bySender = new Map<string, Set<Visit>>();

  constructor(
    readonly all: number,
    readonly each: number,
  ) {}

  /** Whether there was room for one more. */
  take(visit: Visit): boolean {
    const own = this.#bySender.get(visit.sender) ?? new Set();
    const all = [...this.#bySender.values()].reduce((total, { size }) => total + size, 0);
    if (own.size >= this.each || all >= this.all) return false;
    this.#bySender.set(visit.sender, own.add(visit));
    return true;
  }

  /** The upload of a visit is over, if it was one. */
  end(visit: Visit): void {
    const own = this.#bySender.get(visit.sender);
    own?.delete(visit);
    if (own?.size === 0) this.#bySender.delete(visit.sender);
  }
}
