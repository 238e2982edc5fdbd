import { Readable } from 'node:stream';
import { countPiece, type Visit } from './visit';

/** Pieces of a stream are gathered up to this size: a sender may send every byte in a chunk of its own. */
const GATHERED = 16 * 1024;

/** Counts a body that is passed on as it comes. `tooLarge` is called once it has passed its limit, and nothing more is passed on. */
export function countBody(visit: Visit, now: () => number, tooLarge: () => void): void {
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
    visit.heard = now();
    visit.bytes += chunk.byteLength;
    if (visit.bytes > visit.limit.bytes || countPiece(visit)) {
      gathered = [];
      size = 0;
      tooLarge();
      return true;
    }
    gathered.push(chunk);
    size += chunk.byteLength;
    if (size >= GATHERED) return flush();
    if (!flushing) {
      flushing = true;
      setImmediate(flush);
    }
    // What an earlier flush was told counts here: no more is read from the sender while the reader has enough.
    return request.readableLength < request.readableHighWaterMark;
  }) as typeof request.push;
}
