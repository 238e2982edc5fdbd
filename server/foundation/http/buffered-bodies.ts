import { Readable } from 'node:stream';
import { countPiece, type Exchange } from './exchange';

/** Limits for the memory of buffered bodies, in bytes. */
export interface KeptLimits {
  /** For all of them together, beyond what each is guaranteed. */
  total: number;
  /** For those of one client. */
  each: number;
  /** Guaranteed to each body. */
  always: number;
}

interface Kept {
  visit: Exchange;
  /** The bytes received so far, with spare capacity. */
  store: Buffer;
}

/** A buffer grows to twice its content, but by at most `LARGE_ROOM`, or `SMALL_ROOM` when memory is short. In bytes. */
const LARGE_ROOM = 256 * 1024;
const SMALL_ROOM = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Buffers bodies until they are complete. Beyond the limits their senders have to wait, but one body can always continue to its end, so
 * that they never all wait for each other: one per client while the total permits, otherwise one overall. The next one continues when that
 * one is released, not when it is complete, because a complete body still occupies its memory.
 */
export class BufferedBodies {
  readonly #bodies = new Map<Exchange, Kept>();
  readonly #bySender = new Map<string, number>();
  readonly #starved = new Set<Exchange>();
  #bytes = 0;
  #favoured: Exchange | null = null;
  readonly #favouredOf = new Map<string, Exchange>();

  constructor(
    readonly limits: KeptLimits,
    readonly now: () => number,
  ) {}

  /** Memory that bodies occupy until they are answered, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Buffers the body of a request. The handler does not receive the request before `whole` is called with the complete body. `release`
   * frees its memory.
   * @param tooLarge is called as soon as more than the limit, or too many pieces, have arrived
   */
  keep(visit: Exchange, then: { whole: (body: Buffer) => void; tooLarge: () => void }): void {
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

  /** Frees the memory of a request's body. Further calls have no effect. */
  release(visit: Exchange): void {
    const kept = this.#bodies.get(visit);
    if (!kept) return;
    this.#bodies.delete(visit);
    this.#starved.delete(visit);
    this.#unfavour(visit);
    this.#grow(visit, -kept.store.byteLength);
    kept.store = NOTHING;
    this.feed();
  }

  /** Resumes bodies that wait for memory, as far as there is some. */
  feed(): void {
    for (const visit of this.#starved) {
      if (!this.#letGoOn(visit)) continue;
      this.#starved.delete(visit);
      visit.paused = false;
      visit.heard = this.now();
      visit.request._read(0);
    }
  }

  /** Whether a body may grow: there is memory for it, or it is the one that may continue when there is none. */
  #letGoOn(visit: Exchange): boolean {
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

  #unfavour(visit: Exchange): void {
    if (this.#favoured === visit) this.#favoured = null;
    if (this.#favouredOf.get(visit.sender) === visit) this.#favouredOf.delete(visit.sender);
  }

  /** Adds a piece. A thousand pieces of one byte take no more memory than one of a thousand. */
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

  #grow({ sender }: Exchange, bytes: number): void {
    this.#bytes += bytes;
    const own = (this.#bySender.get(sender) ?? 0) + bytes;
    if (own > 0) this.#bySender.set(sender, own);
    else this.#bySender.delete(sender);
  }
}
