import { statSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { storeFolder } from './store';

/** Small complete files of each kind, for tests. Parameters introduce defects. */

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

/** Returns a PNG of one colour that browsers can show. `said` writes a false size into its header. */
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

/** Returns a grey JPEG (ITU-T T.81, baseline) with a comment of `padding` bytes before its frame. */
export function sampleJpeg(width: number, height: number, padding = 0): Buffer {
  const marker = (code: number, ...body: (number[] | Buffer)[]) => {
    const joined = Buffer.concat(body.map((part) => Buffer.from(part)));
    const head = Buffer.from([0xff, code, 0, 0]);
    head.writeUInt16BE(joined.length + 2, 2);
    return Buffer.concat([head, joined]);
  };
  const comments: Buffer[] = [];
  for (let left = padding; left > 0; left -= 65_000)
    comments.push(marker(0xfe, Buffer.alloc(Math.min(65_000, left))));
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  // Tables with one code each, the bit 0: "no difference" and "end of block". Two 0 bits therefore make a block.
  const oneCode = [1, ...Array.from({ length: 15 }, () => 0), 0];
  const bits = Math.ceil(width / 8) * Math.ceil(height / 8) * 2;
  const blocks = Buffer.alloc(Math.ceil(bits / 8));
  if (bits % 8) blocks[blocks.length - 1] = 0xff >> (bits % 8);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    marker(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...comments,
    marker(0xdb, [0], Buffer.alloc(64, 1)),
    marker(0xc0, [8, ...size, 1, 1, 0x11, 0]),
    marker(0xc4, [0x00, ...oneCode]),
    marker(0xc4, [0x10, ...oneCode]),
    marker(0xda, [1, 1, 0, 0, 0x3f, 0]),
    blocks,
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Returns a GIF with this many frames of one dot, a tenth of a second each, that browsers can show. */
export function sampleGif(frames: number, width = 1, height = 1): Buffer {
  const head = Buffer.from('GIF89a\0\0\0\0\x80\0\0\x0d\x78\x78\xff\xff\xff', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  const frame = Buffer.from([
    0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0,
  ]);
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

const box = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};

const u32 = (...values: number[]): Buffer => {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    out.writeUInt32BE(value, i * 4);
  });
  return out;
};
const MAX_SAMPLE = 1024 * 1024;
const AVC_SETTINGS = Buffer.from('0142c01effe1000a6742c01ed900a047fec801000468ce3c80', 'hex');

/**
 * Returns an MP4 (ISO/IEC 14496-12) with one H.264 track whose frames are `padding` zero bytes, and with all tables that readers require.
 * `times` (pairs of count and length) replaces the values in its table, and `said` the length in the header.
 */
export function sampleMp4({
  seconds,
  width,
  height,
  padding = 16,
  brand = 'isom',
  times,
  shifts,
  begins,
  said,
}: {
  seconds: number;
  width: number;
  height: number;
  padding?: number;
  brand?: string;
  times?: readonly number[];
  /** Pairs of count and offset, for frames that are shown in another order. */
  shifts?: readonly number[];
  /** Offset of the frames in the file. */
  begins?: number;
  said?: number;
}): Buffer {
  const length = Math.round(seconds * 1000);
  const count = Math.max(1, Math.ceil(padding / MAX_SAMPLE));
  const sizes = Array.from({ length: count }, (_, i) =>
    i < count - 1 ? MAX_SAMPLE : padding - (count - 1) * MAX_SAMPLE,
  );
  const each = Math.floor(length / count);
  const lengths = times ?? [...(count > 1 ? [count - 1, each] : []), 1, length - each * (count - 1)];
  const kind = box('ftyp', Buffer.from(`${brand}\0\0\x02\0isommp41`, 'latin1'));
  const straight = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  const entry = Buffer.alloc(78);
  for (const [at, value] of [
    [6, 1],
    [24, width],
    [26, height],
    [28, 0x48],
    [32, 0x48],
    [40, 1],
    [74, 24],
    [76, 0xffff],
  ] as const)
    entry.writeUInt16BE(value, at);
  const table = box(
    'stbl',
    box('stsd', u32(0, 1), box('avc1', entry, box('avcC', AVC_SETTINGS))),
    box('stts', u32(0, lengths.length / 2, ...lengths)),
    ...(shifts ? [box('ctts', u32(0, shifts.length / 2, ...shifts))] : []),
    box('stsc', u32(0, 1, 1, count, 1)),
    box('stsz', u32(0, 0, count, ...sizes)),
    box('stco', u32(0, 1, begins ?? kind.length + 8)),
  );
  const handler = Buffer.alloc(25);
  handler.write('vide', 8, 'latin1');
  return Buffer.concat([
    kind,
    box('mdat', Buffer.alloc(padding)),
    box(
      'moov',
      box('mvhd', u32(0, 0, 0, 1000, said ?? length, 0x10000, 0x1000000, 0, 0), straight, Buffer.alloc(28)),
      box(
        'trak',
        box('tkhd', u32(3, 0, 0, 1, 0, length, 0, 0, 0, 0), straight, u32(width * 65_536, height * 65_536)),
        box(
          'mdia',
          box('mdhd', u32(0, 0, 0, 1000, length, 0x55c40000)),
          box('hdlr', handler),
          box(
            'minf',
            box('vmhd', u32(1, 0, 0)),
            box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))),
            table,
          ),
        ),
      ),
    ),
  ]);
}

/**
 * Returns a PDF with this many empty pages. `said` is the number that it claims; `root` replaces the root of its pages, and `length` is how
 * long it is at least, in bytes.
 */
export function samplePdf(
  pages: number,
  { said = pages, root, length = 0 }: { said?: number; root?: string; length?: number } = {},
): Buffer {
  const kids = Array.from({ length: pages }, (_, i) => `${i + 3} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    root ?? `<< /Type /Pages /Count ${said} /Kids [${kids}] >>`,
    ...Array.from({ length: pages }, () => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>'),
  ];
  let text = `%PDF-1.7\n${'%'.repeat(length)}\n`;
  const places = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(
    `${text}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${trailer}`,
    'latin1',
  );
}

/** Yields the bytes in pieces, like an upload. */
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Returns an animated PNG (APNG) with this many frames of one colour. Plain PNG readers show the first. */
export function sampleApng(count: number): Buffer {
  const still = samplePng(16, 16);
  const ends = still.indexOf('IDAT') - 4;
  const data = still.subarray(ends + 8, ends + 8 + still.readUInt32BE(ends));
  let sequence = 0;
  const whole = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
    return bytes;
  };
  const control = () =>
    chunk('fcTL', Buffer.concat([whole(sequence++, 16, 16, 0, 0), Buffer.from([0, 1, 0, 5, 0, 0])]));
  const frames = [control(), chunk('IDAT', data)];
  for (let i = 1; i < count; i++)
    frames.push(control(), chunk('fdAT', Buffer.concat([whole(sequence++), data])));
  return Buffer.concat([
    still.subarray(0, ends),
    chunk('acTL', whole(count, 0)),
    ...frames,
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Whether the bytes under a key exist. */
export const isStored = (storageKey: string): boolean =>
  statSync(path.join(storeFolder(), storageKey), { throwIfNoEntry: false })?.isFile() === true;
