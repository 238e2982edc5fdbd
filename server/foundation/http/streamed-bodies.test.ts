import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import type { Exchange } from './exchange';
import { countBody } from './streamed-bodies';

function uploading() {
  const request = new IncomingMessage(new Socket());
  const tooLarge = vi.fn();
  const visit = { request, bytes: 0, pieces: 0, heard: 0, whole: false, limit: { bytes: 50_000_000 } };
  countBody(visit as unknown as Exchange, () => 0, tooLarge);
  return { request, tooLarge };
}
const turn = () => new Promise(setImmediate);

test.each([100, 1_500, 8_192, 65_536])(
  'a body in pieces of %i bytes is not read further while its reader has enough, and then continues',
  async (size) => {
    const { request, tooLarge } = uploading();
    const most = 8 * request.readableHighWaterMark + size;
    let sent = 0;
    let more = true;
    // Pieces arrive one packet at a time.
    while (more && sent <= most) {
      more = request.push(Buffer.alloc(size));
      sent += size;
      await turn();
    }
    expect(more).toBe(false);
    let read = 0;
    request._read = () => {
      more = true;
    };
    request.on('data', (piece: Buffer) => {
      read += piece.byteLength;
    });
    while (read < sent) await turn();
    expect(more).toBe(true);
    expect(tooLarge).not.toHaveBeenCalled();
  },
);
