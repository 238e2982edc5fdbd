import type { MediaKind } from '@/db/schema';

/** What the header of a picture, GIF or video says of it. */
export interface MediaFacts {
  kind: MediaKind;
  mime: string;
  extension: string;
  label: string;
  width: number;
  height: number;
  /** Of a video, and of a GIF that moves. */
  durationMs: number | null;
}
/** Why a file is not taken, in words for a person. */
export interface NotTaken {
  refused: string;
}
/** Reads up to `length` bytes from `offset` on; fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>;

/** More pixels than any camera has. Nothing here is ever decoded; who shows it would be made to. */
const MOST_PIXELS = 120_000_000;
const MOST_SIDE = 30_000;
export const MEDIA_LABELS = 'JPEG, PNG, WebP, GIF, MP4';
const OTHER: NotTaken = { refused: `This file is not one of these kinds: ${MEDIA_LABELS}.` };
const BROKEN: NotTaken = { refused: 'This file is damaged. Export it again and upload the new file.' };

/**
 * Reads what a file is from its bytes, never from its name: kind, size in pixels, length. Nothing is decoded. Formats: PNG
 * (https://www.w3.org/TR/png-3/), JPEG (ITU-T T.81), GIF 89a, WebP (RFC 9649), MP4 (ISO/IEC 14496-12).
 */
export async function readMediaFacts(read: ReadAt, size: number): Promise<MediaFacts | NotTaken> {
  const head = await read(0, 64);
  const facts = await factsOf(head, read, size);
  if (!facts) return OTHER;
  if ('refused' in facts) return facts;
  if (facts.width < 1 || facts.height < 1) return BROKEN;
  if (facts.width > MOST_SIDE || facts.height > MOST_SIDE || facts.width * facts.height > MOST_PIXELS)
    return {
      refused: `This is ${facts.width.toLocaleString('en-US')} × ${facts.height.toLocaleString('en-US')} pixels, which is too large. Make it smaller and upload it again.`,
    };
  return facts;
}

const ascii = (bytes: Buffer, from: number, to: number) => bytes.toString('latin1', from, to);

async function factsOf(head: Buffer, read: ReadAt, size: number): Promise<MediaFacts | NotTaken | null> {
  if (head.length >= 8 && head.readUInt32BE(0) === 0x89504e47 && head.readUInt32BE(4) === 0x0d0a1a0a)
    return png(head);
  if (head.length >= 3 && head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return jpeg(read, size);
  if (/^GIF8[79]a/.test(ascii(head, 0, 6))) return gif(head, read, size);
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return webp(head);
  if (ascii(head, 4, 8) === 'ftyp') return mp4(head, read, size);
  return null;
}

const picture = (
  mime: string,
  extension: string,
  label: string,
  width: number,
  height: number,
): MediaFacts => ({
  kind: 'picture',
  mime,
  extension,
  label,
  width,
  height,
  durationMs: null,
});

function png(head: Buffer): MediaFacts | NotTaken {
  if (head.length < 24 || ascii(head, 12, 16) !== 'IHDR') return BROKEN;
  return picture('image/png', 'png', 'PNG', head.readUInt32BE(16), head.readUInt32BE(20));
}

/** The size stands in the frame header, behind segments of up to 64 KB each. */
async function jpeg(read: ReadAt, size: number): Promise<MediaFacts | NotTaken> {
  let at = 2;
  for (let segments = 0; segments < 500 && at + 4 <= size; segments++) {
    const segment = await read(at, 9);
    if (segment.length < 4 || segment[0] !== 0xff) return BROKEN;
    const marker = segment[1] ?? 0;
    // Fill bytes, and markers that stand alone.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) return BROKEN;
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame)
      return segment.length < 9
        ? BROKEN
        : picture('image/jpeg', 'jpg', 'JPEG', segment.readUInt16BE(7), segment.readUInt16BE(5));
    const length = segment.readUInt16BE(2);
    if (length < 2) return BROKEN;
    at += 2 + length;
  }
  return BROKEN;
}

/** Walks the blocks of a GIF: one frame is a picture, more of them move. */
async function gif(head: Buffer, read: ReadAt, size: number): Promise<MediaFacts | NotTaken> {
  if (head.length < 13) return BROKEN;
  const width = head.readUInt16LE(6);
  const height = head.readUInt16LE(8);
  const whole = await read(0, size);
  const packed = whole[10] ?? 0;
  let at = 13 + (packed & 0x80 ? 3 << ((packed & 7) + 1) : 0);
  let frames = 0;
  let hundredths = 0;
  const skipBlocks = () => {
    while (at < whole.length && whole[at] !== 0) at += (whole[at] ?? 0) + 1;
    at++;
  };
  while (at < whole.length) {
    const block = whole[at];
    if (block === 0x3b) break;
    if (block === 0x21) {
      if (whole[at + 1] === 0xf9 && at + 6 <= whole.length) hundredths += whole.readUInt16LE(at + 4);
      at += 2;
      skipBlocks();
    } else if (block === 0x2c && at + 10 <= whole.length) {
      frames++;
      const own = whole[at + 9] ?? 0;
      at += 10 + (own & 0x80 ? 3 << ((own & 7) + 1) : 0) + 1;
      skipBlocks();
    } else return BROKEN;
  }
  if (frames === 0) return BROKEN;
  if (frames === 1) return picture('image/gif', 'gif', 'GIF', width, height);
  return { ...picture('image/gif', 'gif', 'GIF', width, height), kind: 'gif', durationMs: hundredths * 10 };
}

function webp(head: Buffer): MediaFacts | NotTaken {
  const of = (width: number, height: number) => picture('image/webp', 'webp', 'WebP', width, height);
  const chunk = ascii(head, 12, 16);
  if (head.length < 30) return BROKEN;
  if (chunk === 'VP8X') {
    if ((head[20] ?? 0) & 0x02)
      return { refused: 'This WebP moves, and platforms do not take that. Save it as a GIF or an MP4.' };
    return of(head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1);
  }
  if (chunk === 'VP8L') {
    if (head[20] !== 0x2f) return BROKEN;
    const bits = head.readUInt32LE(21);
    return of((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  if (chunk === 'VP8 ') return of(head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff);
  return BROKEN;
}

interface Box {
  type: string;
  from: number;
  to: number;
}
const MOST_BOXES = 2_000;

/** The boxes between two places of the file, one after the other. */
async function* boxes(read: ReadAt, from: number, to: number, left: { boxes: number }): AsyncGenerator<Box> {
  let at = from;
  while (at + 8 <= to && left.boxes-- > 0) {
    const head = await read(at, 16);
    if (head.length < 8) return;
    let length = head.readUInt32BE(0);
    let start = 8;
    if (length === 1 && head.length === 16) {
      length = Number(head.readBigUInt64BE(8));
      start = 16;
    } else if (length === 0) length = to - at;
    if (length < start || at + length > to) return;
    yield { type: ascii(head, 4, 8), from: at + start, to: at + length };
    at += length;
  }
}

async function mp4(head: Buffer, read: ReadAt, size: number): Promise<MediaFacts | NotTaken> {
  const brand = ascii(head, 8, 12);
  if (/^(?:qt|hei|hev|mif|msf|avi|M4A)/.test(brand))
    return brand.startsWith('qt')
      ? { refused: 'This is a QuickTime film. Save it as an MP4 and upload that.' }
      : OTHER;
  const left = { boxes: MOST_BOXES };
  let length: number | null = null;
  let shown: { width: number; height: number } | null = null;
  for await (const top of boxes(read, 0, size, left)) {
    if (top.type !== 'moov') continue;
    for await (const box of boxes(read, top.from, top.to, left)) {
      if (box.type === 'mvhd') length = await lengthOf(read, box);
      if (box.type === 'trak') shown ??= await pictureTrack(read, box, left);
    }
  }
  if (!shown) return { refused: 'There is no picture in this film that we can find.' };
  if (length === null || !(length > 0)) return BROKEN;
  const { width, height } = shown;
  return {
    kind: 'video',
    mime: 'video/mp4',
    extension: 'mp4',
    label: 'MP4',
    width,
    height,
    durationMs: length,
  };
}

async function lengthOf(read: ReadAt, box: Box): Promise<number | null> {
  const body = await read(box.from, 32);
  const long = body[0] === 1;
  if (body.length < (long ? 32 : 20)) return null;
  const scale = body.readUInt32BE(long ? 20 : 12);
  const units = long ? Number(body.readBigUInt64BE(24)) : body.readUInt32BE(16);
  return scale === 0 ? null : Math.round((units / scale) * 1000);
}

async function pictureTrack(
  read: ReadAt,
  track: Box,
  left: { boxes: number },
): Promise<{ width: number; height: number } | null> {
  let size: { width: number; height: number } | null = null;
  let shows = false;
  for await (const box of boxes(read, track.from, track.to, left)) {
    if (box.type === 'tkhd') {
      // The last eight bytes: width and height as 16.16 numbers.
      const end = await read(box.to - 8, 8);
      if (end.length === 8) size = { width: end.readUInt32BE(0) >>> 16, height: end.readUInt32BE(4) >>> 16 };
    }
    if (box.type !== 'mdia') continue;
    for await (const inner of boxes(read, box.from, box.to, left))
      if (inner.type === 'hdlr') shows ||= ascii(await read(inner.from + 8, 4), 0, 4) === 'vide';
  }
  return shows && size && size.width > 0 && size.height > 0 ? size : null;
}
