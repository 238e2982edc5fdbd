import { deflateSync } from 'node:zlib';

/** Small files of each kind, whole enough to be shown by a browser where that is said. For tests and the demo. */

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc32 = (bytes: Uint8Array): number =>
  (bytes.reduce((c, byte) => (CRC[(c ^ byte) & 255] ?? 0) ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

function chunk(type: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(body.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc32(named), named.length + 4);
  return out;
}

/** A PNG of one colour that browsers show. `said` puts another size into its header than it has. */
export function samplePng(
  width: number,
  height: number,
  colour: readonly [number, number, number] = [13, 120, 120],
  said?: { width: number; height: number },
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(said?.width ?? width, 0);
  header.writeUInt32BE(said?.height ?? height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([
    Buffer.from([0]),
    Buffer.concat(Array.from({ length: width }, () => Buffer.from(colour))),
  ]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A JPEG's header, with a comment of `padding` bytes before its frame. */
export function sampleJpeg(width: number, height: number, padding = 0): Buffer {
  const comments: Buffer[] = [];
  for (let left = padding; left > 0; left -= 65_000) {
    const length = Math.min(65_000, left);
    const comment = Buffer.alloc(length + 4);
    comment.set([0xff, 0xfe]);
    comment.writeUInt16BE(length + 2, 2);
    comments.push(comment);
  }
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
    Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1'),
    ...comments,
    frame,
    Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0xff, 0xd9]),
  ]);
}

/** A GIF of so many frames of one dot, a tenth of a second each, that browsers show. */
export function sampleGif(frames: number, width = 1, height = 1): Buffer {
  const head = Buffer.from('GIF89a\0\0\0\0\x80\0\0\x0d\x78\x78\xff\xff\xff', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  const frame = Buffer.from([
    0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0,
  ]);
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

/** A lossless WebP's header. */
export function sampleWebp(width: number, height: number): Buffer {
  const out = Buffer.alloc(40);
  out.write('RIFF', 0, 'latin1');
  out.writeUInt32LE(32, 4);
  out.write('WEBPVP8L', 8, 'latin1');
  out.writeUInt32LE(20, 16);
  out[20] = 0x2f;
  out.writeUInt32LE(((width - 1) & 0x3fff) | (((height - 1) & 0x3fff) << 14), 21);
  return out;
}

const box = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};

/** The boxes of an MP4 that say how long and how large it is, with `padding` bytes of what would be the film before them. */
export function sampleMp4({
  seconds,
  width,
  height,
  padding = 16,
  brand = 'isom',
}: {
  seconds: number;
  width: number;
  height: number;
  padding?: number;
  brand?: string;
}): Buffer {
  const movie = Buffer.alloc(100);
  movie.writeUInt32BE(1000, 12);
  movie.writeUInt32BE(Math.round(seconds * 1000), 16);
  const track = Buffer.alloc(84);
  track.writeUInt32BE(width * 65_536, 76);
  track.writeUInt32BE(height * 65_536, 80);
  const handler = (kind: string) => {
    const body = Buffer.alloc(24);
    body.write(kind, 8, 'latin1');
    return box('mdia', box('hdlr', body));
  };
  return Buffer.concat([
    box('ftyp', Buffer.from(`${brand}\0\0\x02\0isommp41`, 'latin1')),
    box('mdat', Buffer.alloc(padding)),
    box(
      'moov',
      box('mvhd', movie),
      box('trak', box('tkhd', Buffer.alloc(84)), handler('soun')),
      box('trak', box('tkhd', track), handler('vide')),
    ),
  ]);
}

/** As an upload comes. */
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
