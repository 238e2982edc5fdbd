// Reads the properties of a video in a separate process (see film-facts.ts): `node film-reader.mjs FILE` prints one line of JSON. The
// tables of an MP4 may claim billions of entries in a few bytes, and a reader that trusts them runs out of memory.
import { fstatSync, openSync, readSync } from 'node:fs';
import { CustomSource, EncodedPacketSink, Input, MP4, QTFF } from 'mediabunny';

/** Maximum bytes per read; no table and no packet of a 100 MB video is larger. */
const MAX_AT_ONCE = 16 * 1024 * 1024;

const file = openSync(process.argv[2], 'r');
const { size } = fstatSync(file);
const input = new Input({
  formats: [MP4, QTFF],
  source: new CustomSource({
    getSize: () => size,
    read(start, end) {
      if (end - start > MAX_AT_ONCE) throw new Error('The read is larger than any part of a video');
      const bytes = new Uint8Array(end - start);
      let at = 0;
      while (at < bytes.length) {
        const got = readSync(file, bytes, at, bytes.length - at, start + at);
        if (got === 0) throw new Error('Unexpected end of file');
        at += got;
      }
      return bytes;
    },
  }),
});

async function facts() {
  if ((await input.getFormat()) === QTFF) return { refused: 'quicktime' };
  const track = await input.getPrimaryVideoTrack();
  if (!track) return { refused: 'no picture' };
  const width = await track.getDisplayWidth();
  const height = await track.getDisplayHeight();
  // Based on the last packet that exists, not on the header. The header of a fragmented video states no length.
  const seconds = await input.computeDuration();
  // A truncated video lacks its last packet.
  const last = await new EncodedPacketSink(track).getPacket(Number.POSITIVE_INFINITY);
  if (!last || last.byteLength === 0 || ![width, height, seconds].every(Number.isFinite))
    return { refused: 'damaged' };
  return { width, height, seconds };
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
facts().then(say, (error) => say({ refused: 'damaged', why: error?.message }));
