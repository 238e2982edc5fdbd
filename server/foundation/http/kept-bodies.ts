import { Readable } from 'node:stream';
import { countPiece, type Visit } from './visit';

/** What bodies may take in memory until they are whole, in bytes. */
export interface KeptLimits {
  /** All of them together, over what each may always have. */
  total: number;
  /** Those of one sender. */
  each: number;
  /** What each body may always have. */
  always: number;
}

interface Kept {
  visit: Visit;
  /** What has arrived, with room for more. */
  store: Buffer;
}

/** A store grows to twice of what it holds, but never by more than this; where memory is short, by less. In bytes. */
const LARGE_ROOM = 256 * 1024;
const SMALL_ROOM = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Keeps bodies until they are whole. Beyond the limits their senders wait, and one of them always goes on to its end, so that they
 * never all wait for each other: one of each sender while there is room for all, else one in all. The next one goes on when that is
 * released, not when it is whole: what is whole still takes its memory.
 */
export class KeptBodies {
  readonly #bodies = new Map<Visit, Kept>();
  readonly #bySender = new Map<string, number>();
  readonly #starved = new Set<Visit>();
  #bytes = 0;
  #favoured: Visit | null = null;
  readonly #favouredOf = new Map<string, Visit>();

  constructor(
    readonly limits: KeptLimits,
    readonly now: () => number,
  ) {}

  /** Memory that bodies take until they are answered. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps the body of a request, of which nobody behind hears before `whole` is called with all of it. `release` gives its memory back.
   * @param tooLarge is called as soon as more than the limit, or too many pieces, have come
   */
  keep(visit: Visit, then: { whole: (body: Buffer) => void; tooLarge: () => void }): void {
    const { request } = visit;
    const kept: Kept = { visit, store: NOTHING };
    this.#bodies.set(visit, kept);
    request.push = ((chunk: Buffer | null): boolean => {
      if (chunk === null) {
        visit.whole = true;
        request.push = Readable.prototype.push;
        then.whole(kept.store.subarray(0, visit.bytes));
        return false;
      }
      visit.heard = this.now();
      if (visit.bytes + chunk.byteLength > visit.limit.bytes || countPiece(visit)) {
        then.tooLarge();
        return true;
      }
      this.#store(kept, chunk);
      visit.paused = kept.store.byteLength > this.limits.always && !this.#letGoOn(visit);
      if (visit.paused) this.#starved.add(visit);
      return !visit.paused;
    }) as typeof request.push;
  }

  /** Gives back what the body of a request takes. Once is enough, more does no harm. */
  release(visit: Visit): void {
    const kept = this.#bodies.get(visit);
    if (!kept) return;
    this.#bodies.delete(visit);
    this.#starved.delete(visit);
    this.#unfavour(visit);
    this.#grow(visit, -kept.store.byteLength);
    kept.store = NOTHING;
    this.feed();
  }

  /** Lets bodies that wait for room go on, as far as there is some. */
  feed(): void {
    for (const visit of this.#starved) {
      if (!this.#letGoOn(visit)) continue;
      this.#starved.delete(visit);
      visit.paused = false;
      visit.heard = this.now();
      visit.request._read(0);
    }
  }

  /** Whether a body may grow: there is room for it, or it is the one that goes on when there is none. */
  #letGoOn(visit: Visit): boolean {
    const { sender } = visit;
    if (visit === this.#favoured) return true;
    if (this.#bytes > this.limits.total) {
      if (this.#favoured) return false;
      this.#favoured = visit;
      return true;
    }
    if ((this.#bySender.get(sender) ?? 0) <= this.limits.each) return true;
    if (!this.#favouredOf.has(sender)) this.#favouredOf.set(sender, visit);
    return this.#favouredOf.get(sender) === visit;
  }

  #unfavour(visit: Visit): void {
    if (this.#favoured === visit) this.#favoured = null;
    if (this.#favouredOf.get(visit.sender) === visit) this.#favouredOf.delete(visit.sender);
  }

  /** Adds a piece: a thousand pieces of one byte take no more than one of a thousand. */
  #store(kept: Kept, chunk: Buffer): void {
    const { visit } = kept;
    const bytes = visit.bytes + chunk.byteLength;
    if (bytes > kept.store.byteLength) {
      const room = Math.min(bytes, this.#bytes > this.limits.total ? SMALL_ROOM : LARGE_ROOM);
      const grown = Buffer.allocUnsafeSlow(Math.min(visit.limit.bytes, Math.max(1024, bytes + room)));
      kept.store.copy(grown, 0, 0, visit.bytes);
      this.#grow(visit, grown.byteLength - kept.store.byteLength);
      kept.store = grown;
    }
    chunk.copy(kept.store, visit.bytes);
    visit.bytes = bytes;
  }

  #grow({ sender }: Visit, bytes: number): void {
    this.#bytes += bytes;
    const own = (this.#bySender.get(sender) ?? 0) + bytes;
    if (own > 0) this.#bySender.set(sender, own);
    else this.#bySender.delete(sender);
  }
}
