import { Readable } from 'node:stream';
import { countPiece, type Exchange } from './exchange';

/** Size up to which pieces of a stream are combined, because a client may send every byte in its own chunk. */
const GATHERED = 16 * 1024;

/** Counts a body that is passed on as it arrives. Once it exceeds its limit, calls `tooLarge` and passes nothing more on. */
export function countBody(visit: Exchange, now: () => number, tooLarge: () => void): void {
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
    // Takes the result of earlier flushes into account: nothing more is read from the client while the reader has enough.
    return request.readableLength < request.readableHighWaterMark;
  }) as typeof request.push;
}
