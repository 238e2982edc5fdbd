// @alone: a film is read by a process.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import type { Fact } from '@/server/foundation/facts';
import { readMediaFacts } from './media-facts';
import { readPdf } from './pdf-facts';
import { MAX_GIF_BYTES } from './picture-facts';
import { sampleApng, sampleGif, sampleJpeg, sampleMp4, samplePdf, samplePng } from './testing';

const folder = mkdtempSync(path.join(tmpdir(), 'tributary-facts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;
const facts = (bytes: Uint8Array) => {
  const file = path.join(folder, `upload-${++written}`);
  writeFileSync(file, bytes);
  return readMediaFacts(file, bytes.length).finally(() => rmSync(file));
};
const refused = async (bytes: Uint8Array) => (await facts(bytes)) as { refused?: Fact };
const still = async (bytes: Uint8Array) => {
  const found = await facts(bytes);
  return 'still' in found && found.still ? sharp(found.still).metadata() : null;
};
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#1c7878' } });
/** Frames of noise, so that every byte of the file matters. */
const moving = async (count: number) => {
  const frames = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      sharp(Buffer.from(Array.from({ length: 48 * 48 * 3 }, (_v, at) => (at * 7919 + i * 104729) % 256)), {
        raw: { width: 48, height: 48, channels: 3 },
      })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(frames, { join: { animated: true } });
};

describe('pictures', () => {
  it('reports kind and size of each format, and creates a small still picture', async () => {
    expect(await facts(samplePng(3, 2))).toMatchObject({
      kind: 'picture',
      mime: 'image/png',
      width: 3,
      height: 2,
      durationMs: null,
    });
    expect(await facts(sampleJpeg(4000, 3000))).toMatchObject({ mime: 'image/jpeg', width: 4000 });
    const large = await plain(2000, 500).webp().toBuffer();
    expect(await facts(large)).toMatchObject({ mime: 'image/webp', extension: 'webp', height: 500 });
    expect(await still(large)).toMatchObject({ format: 'webp', width: 480, height: 120 });
    expect(await still(samplePng(3, 2))).toMatchObject({ width: 3, height: 2 });
  });

  it('applies the camera’s orientation, and removes the location', async () => {
    const turned = await plain(640, 400)
      .withExif({ IFD0: { Copyright: 'Mira' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await facts(turned)).toMatchObject({ width: 400, height: 640 });
    const small = await still(turned);
    expect(small).toMatchObject({ width: 300, height: 480 });
    expect(small?.exif).toBeUndefined();
  });

  it('finds the frame header of a JPEG behind large segments', async () => {
    expect(await facts(sampleJpeg(10, 20, 300_000))).toMatchObject({ width: 10, height: 20 });
  });

  it('distinguishes an animated GIF from a still one', async () => {
    expect(await facts(sampleGif(1))).toMatchObject({ kind: 'picture', mime: 'image/gif', frames: 1 });
    expect(await facts(sampleGif(12, 320, 200))).toMatchObject({
      kind: 'gif',
      width: 320,
      height: 200,
      durationMs: 1200,
      frames: 12,
    });
    const small = await still(await (await moving(4)).gif().toBuffer());
    expect(small).toMatchObject({ format: 'webp', width: 48 });
    expect(small?.pages ?? 1).toBe(1);
  });

  it('rejects truncated files, wherever they are cut', async () => {
    const noise = Buffer.from(Array.from({ length: 90 * 60 * 3 }, (_, i) => (i * 2654435761) % 251));
    const raw = sharp(noise, { raw: { width: 90, height: 60, channels: 3 } });
    const whole: Record<string, Buffer> = {
      png: await raw.clone().png().toBuffer(),
      jpeg: await raw.clone().jpeg().toBuffer(),
      progressive: await raw.clone().jpeg({ progressive: true }).toBuffer(),
      webp: await raw.clone().webp().toBuffer(),
      lossless: await raw.clone().webp({ lossless: true }).toBuffer(),
      gif: await (await moving(6)).gif().toBuffer(),
    };
    for (const [name, bytes] of Object.entries(whole)) {
      expect(await facts(bytes), name).toMatchObject({ width: expect.any(Number) });
      for (const part of [0.3, 0.6, 0.9])
        expect((await refused(bytes.subarray(0, bytes.length * part))).refused, `${name} ${part}`).toSay(
          /^This file is damaged\./,
        );
    }
    // Some programs pad with zeros.
    expect(await facts(Buffer.concat([whole.gif ?? Buffer.alloc(0), Buffer.alloc(9)]))).toMatchObject({
      kind: 'gif',
    });
  });

  it('rejects dimensions that would exhaust memory when decoded', async () => {
    const bomb = samplePng(1, 1, [0, 0, 0], { width: 60_000, height: 60_000 });
    expect(bomb.length).toBeLessThan(100);
    expect((await refused(bomb)).refused).toSay(/too many pixels/);
    expect((await refused(sampleJpeg(65_000, 10))).refused).toSay(/too many pixels/);
    expect((await refused(sampleJpeg(12_000, 11_000))).refused).toSay(/too many pixels/);
    // The limit is lower for formats that are decoded in memory as a whole.
    const interlaced = samplePng(1, 1, [0, 0, 0], { width: 9000, height: 9000 });
    interlaced[28] = 1;
    expect((await refused(interlaced)).refused).toSay(/too many pixels/);
    expect(await facts(samplePng(1, 1, [0, 0, 0], { width: 0, height: 5 }))).toMatchObject({
      refused: expect.toSay(/\w/),
    });
  });

  it('names the limit and what the picture has', async () => {
    const progressive = samplePng(1, 1, [0, 0, 0], { width: 8000, height: 6000 });
    progressive[28] = 1;
    expect((await refused(progressive)).refused).toSay(
      'This has too many pixels: 8,000 × 6,000 is 48 million, and we accept up to 40 million in a GIF, a WebP or a picture saved as progressive or interlaced. Make it smaller and upload it again.',
    );
    expect((await refused(sampleJpeg(12_000, 10_001))).refused).toSay(
      'This has too many pixels: 12,000 × 10,001 is 120.1 million, and we accept up to 120 million. Make it smaller and upload it again.',
    );
    expect((await refused(sampleJpeg(30_001, 10))).refused).toSay(
      /one side: it is 30,001 × 10, and we accept up to 30,000 on each side/,
    );
  });

  it('rejects a GIF too large for any platform without decoding it', async () => {
    const long = Buffer.concat([sampleGif(2), Buffer.alloc(MAX_GIF_BYTES)]);
    expect((await refused(long)).refused).toSay(/larger than 20 MB: it has 20.1 MB/);
  });
});

describe('videos', () => {
  it('takes size and length from the data and not from the header', async () => {
    expect(await facts(sampleMp4({ seconds: 12.5, width: 1280, height: 720 }))).toMatchObject({
      kind: 'video',
      mime: 'video/mp4',
      width: 1280,
      height: 720,
      durationMs: 12_500,
      still: null,
    });
    expect(
      await facts(sampleMp4({ seconds: 2, width: 1080, height: 1920, padding: 5_000_001, said: 0xffffffff })),
    ).toMatchObject({ height: 1920, durationMs: 2000 });
  });

  it('adds up a fragmented video, whose header states no length', async () => {
    const { BufferTarget, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, Output } = await import(
      'mediabunny'
    );
    const target = new BufferTarget();
    const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'fragmented' }), target });
    const source = new EncodedVideoPacketSource('avc');
    output.addVideoTrack(source);
    await output.start();
    const config = {
      codec: 'avc1.42c01e',
      codedWidth: 640,
      codedHeight: 360,
      description: Buffer.from('0142c01effe1000a6742c01ed900a047fec801000468ce3c80', 'hex'),
    };
    for (let i = 0; i < 30; i++)
      await source.add(
        new EncodedPacket(new Uint8Array([0, 0, 0, 4, 0x65, 1, 2, 3]), i % 10 ? 'delta' : 'key', i / 2, 0.5),
        { decoderConfig: config },
      );
    await output.finalize();
    expect(await facts(Buffer.from(target.buffer ?? new ArrayBuffer(0)))).toMatchObject({
      width: 640,
      height: 360,
      durationMs: 15_000,
    });
  });

  it('rejects false lengths, tables and offsets, and survives those that would exhaust memory', async () => {
    const film = (more: Partial<Parameters<typeof sampleMp4>[0]>) =>
      refused(sampleMp4({ seconds: 1, width: 64, height: 64, ...more }));
    expect((await film({ times: [1, 0xffffffff] })).refused).toSay(/longer than a day/);
    expect((await film({ times: [1, 0] })).refused).toSay(/damaged/);
    // The data lies beyond the end of the file, as if it were truncated.
    expect((await film({ begins: 50_000_000 })).refused).toSay(/damaged/);
    expect((await film({ width: 0, height: 0 })).refused).toBeDefined();
    // A kilobyte that claims four billion frames.
    expect((await film({ times: [0xffffffff, 1], shifts: [1, 1] })).refused).toSay(/damaged/);
    const cut = sampleMp4({ seconds: 5, width: 10, height: 10 });
    expect((await refused(cut.subarray(0, cut.length - 60))).refused).toBeDefined();
  }, 240_000);

  it('returns a result for damage anywhere in the file', async () => {
    const sample = sampleMp4({ seconds: 2, width: 16, height: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        async (damage) => {
          const bytes = Buffer.from(sample);
          for (const [at, value] of damage) bytes[at] = value;
          expect(await facts(bytes)).toBeTypeOf('object');
        },
      ),
      { numRuns: 12 },
    );
  }, 240_000);
});

describe('a document', () => {
  it('has pages but no size in pixels, and has to be complete', async () => {
    const pdf = samplePdf(3, { length: 5000 });
    expect(await facts(pdf)).toMatchObject({
      kind: 'document',
      mime: 'application/pdf',
      extension: 'pdf',
      width: 0,
      height: 0,
      pages: 3,
      still: null,
    });
    expect((await refused(pdf.subarray(0, 4000))).refused).toSay(/damaged/);
    expect((await refused(Buffer.from('%PDF-1.7'))).refused).toSay(/damaged/);
    expect((await refused(Buffer.from('%PDF-1.7\n%%EOF\n'))).refused).toSay(/damaged/);
  });

  it('is counted by its pages, not by what it says of itself', async () => {
    expect(await facts(samplePdf(301))).toMatchObject({ pages: 301 });
    expect(await facts(samplePdf(2, { said: 1_000_000_000 }))).toMatchObject({ pages: 2 });
  });

  it('with a password is refused with what to do', async () => {
    expect((await refused(await lockedPdf())).refused).toSay(/password/);
  });

  it('that refers to itself, or inflates without end, holds nothing up', async () => {
    const circle = '<< /Type /Pages /Count 5 /Kids [2 0 R 2 0 R 2 0 R] >>';
    const deep = '<< /Type /Pages /Count 5 /Kids '.concat('['.repeat(20_000), ']'.repeat(20_000), ' >>');
    for (const root of [circle, deep, '2 0 R'])
      expect(await facts(samplePdf(1, { root })).catch((error: unknown) => error)).toHaveProperty('refused');
  });

  it('that takes too long is refused, and its process ends', async () => {
    const file = path.join(folder, 'slow.pdf');
    writeFileSync(file, samplePdf(1));
    expect(await readPdf(file, 1)).toMatchObject({ refused: expect.toSay(/too much time/) });
  });

  it('damaged in any way is counted or refused', async () => {
    const pdf = samplePdf(3);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(pdf.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (damage) => {
          const bytes = Buffer.from(pdf);
          for (const [at, value] of damage) bytes[at] = value;
          expect(await facts(bytes)).toBeTypeOf('object');
        },
      ),
      { numRuns: 8 },
    );
  }, 240_000);
});

/** Returns a PDF that opens only with a password. */
function lockedPdf(): Promise<Buffer> {
  const pdf = new PDFDocument({ userPassword: 'secret', pdfVersion: '1.7ext3' });
  const pieces: Buffer[] = [];
  pdf.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<Buffer>((resolve) => pdf.on('end', () => resolve(Buffer.concat(pieces))));
  pdf.end();
  return ended;
}

describe('files that no post accepts', () => {
  it('are rejected with a message, based on their content', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const zip = Buffer.from('PK\u0003\u0004');
    for (const bytes of [svg, zip, Buffer.from('MZ program'), Buffer.alloc(0)])
      expect((await refused(bytes)).refused).toSay(/Use one of these: JPEG, PNG, WebP, GIF, MP4, PDF/);
    const branded = (brand: string) => refused(sampleMp4({ seconds: 1, width: 1, height: 1, brand }));
    expect((await branded('qt  ')).refused).toSay(/QuickTime/);
    expect((await branded('heic')).refused).toSay(/HEIC/);
    expect((await branded('avif')).refused).toSay(/Use one of these/);
    for (const [label, bytes] of [
      ['WebP', await (await moving(2)).webp().toBuffer()],
      ['PNG', sampleApng(2)],
      ['PNG', sampleApng(30)],
    ] as const)
      expect((await refused(bytes)).refused).toEqual(
        `This ${label} is animated, and platforms do not accept that. Save it as a GIF or an MP4.`,
      );
    // A single frame is not an animation.
    expect(await facts(sampleApng(1))).toMatchObject({ kind: 'picture', mime: 'image/png', width: 16 });
    // Starts as one kind and continues as another.
    const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect((await refused(Buffer.concat([start, svg]))).refused).toSay(/damaged/);
    expect((await refused(Buffer.concat([Buffer.from('GIF89a'), svg]))).refused).toSay(/damaged/);
  });

  it('yield a result even when truncated or damaged anywhere', async () => {
    const samples = [
      samplePng(3, 2),
      sampleJpeg(9, 9, 100),
      sampleGif(3),
      await plain(5, 5).webp().toBuffer(),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        async (sample, cut, damage) => {
          const bytes = Buffer.from(sample.subarray(0, cut % (sample.length + 1)));
          for (const [at, value] of damage) if (bytes.length > 0) bytes[at % bytes.length] = value;
          // Damage that makes it look like a video is covered by the test for videos.
          if (bytes.toString('latin1', 4, 8) === 'ftyp') return;
          const answer = await facts(bytes);
          if (!('refused' in answer)) {
            expect(answer.width * answer.height).toBeGreaterThan(0);
            expect(answer.width * answer.height).toBeLessThanOrEqual(120_000_000);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('still allows product covers to be drawn', async () => {
  expect(await facts(samplePng(4, 3))).toMatchObject({ kind: 'picture' });
  const { coverImage } = await import('../listings/cover');
  const cover = await coverImage({ title: 'Weekly planner', kind: 'digital', locale: 'en' });
  expect(cover.bytes.byteLength).toBeGreaterThan(1000);
});
